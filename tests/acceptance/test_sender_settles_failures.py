"""A sender whose letter did not reach everybody finds another way, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_for_tests import DRAFT, PASSPHRASE, Browser, DemoOffice, open_demo_office

from engine import Clock, SystemClock
from handlers.sending import HandDeliveryChannel, OutboxChannel, Parcel, Receipt, Undeliverable
from webapp.bootstrap import Channels


def test_a_recipient_whom_mail_does_not_reach_gets_the_letter_by_hand(demo: DemoOffice) -> None:
    sender = at_the_sender(demo, "Undangan tertahan")

    sender.answer("Undangan tertahan")
    demo.work()
    failed = sender.open("Undangan tertahan")
    assert "Kotak surat penuh." in failed.text
    (choice,) = failed.page.xpath("//input[@name='by_hand']/@value")
    sender.submit(failed.path, by_hand=choice)
    demo.work()

    letter = sender.get(sender.path)
    assert "Diarsipkan" in letter.text
    assert "2 dari 2 tujuan terkirim" in letter.text
    assert "Diantar" in letter.text


def test_a_misspelt_address_is_refused_before_it_matters(demo: DemoOffice) -> None:
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")

    drafter.submit(
        drafter.path, **DRAFT, other_recipients="Yth. Ketua RT | di Tempat | ketua@@rt.example"
    )

    assert drafter.status == 422
    assert "ketua@@rt.example" in drafter.errors


class FullMailbox(OutboxChannel):
    """An outbox that one of the recipients cannot be reached by."""

    def deliver(self, parcel: Parcel) -> Receipt:
        if parcel.recipient.address.startswith("penuh@"):
            raise Undeliverable("Kotak surat penuh.")
        return super().deliver(parcel)


def at_the_sender(demo: DemoOffice, subject: str) -> Browser:
    """A signed letter to two recipients, at the desk of its sender."""
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    others = "Yth. Ketua RT | di Tempat | penuh@rt.example"
    drafter.submit(drafter.path, **{**DRAFT, "subject": subject, "other_recipients": others})
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer(subject, decision="approve")
    sender = demo.sign_in("pengelola_surat")
    sender.answer(subject, letter_date="2026-11-23")
    demo.work()
    signing = {"decision": "approve", "consent": "on", "passphrase": PASSPHRASE}
    demo.sign_in("kadis").answer(subject, **signing)
    return sender


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    home = Path(tmp_path_factory.mktemp("demo"))
    clock: Clock = SystemClock()
    channels = Channels(
        FullMailbox(home / "outbox", clock), HandDeliveryChannel(home / "hand", clock)
    )
    opened = open_demo_office(prepared_demo, home, channels)
    yield opened
    opened.office.database.close()
