"""A letter carried by hand: its tanda terima is printed, and comes back signed; its number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from staff_for_tests import DRAFT, PASSPHRASE, Browser, DemoOffice, open_demo_office

from handlers.sending.paper_receipts import paper_receipt
from webapp.languages import ZONE

SUBJECT = "Undangan yang diantar"
SECRET = "Hasil pemeriksaan khusus"


def test_the_tanda_terima_is_printed_by_those_who_may_read(
    demo: DemoOffice, carried: Browser
) -> None:
    (link,) = carried.page.xpath("//a[contains(@href, '/receipt')]/@href")

    page = carried.client.get(link)
    auditor = demo.sign_in("inspektorat")
    stranger = demo.sign_in("camat")

    assert "TANDA TERIMA SURAT" in page.get_data(as_text=True)
    assert "Ketua RT" in page.get_data(as_text=True)
    assert auditor.client.get(link).status_code == 200
    assert stranger.client.get(link).status_code == 404
    assert carried.client.get(link.replace("/receipt", "x/receipt")).status_code == 404


def test_the_sender_notes_who_took_the_letter_and_nothing_is_overwritten(
    demo: DemoOffice, carried: Browser
) -> None:
    letter = carried.path
    (form,) = carried.page.xpath("//form[contains(@action, '/receipt')]/@action")
    now = demo.office.clock.now().astimezone(ZONE)
    assert "Tanda terima belum kembali." in carried.text

    early = (now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    carried.submit(form, received_by="Pak Rekaan", received_at=early)
    assert carried.status == 422
    assert carried.page.xpath("//input[@name='received_by']/@value") == ["Pak Rekaan"]
    for name in ("Pak Rekaan", "Bu Rekaan"):
        carried.get(letter)
        carried.submit(form, received_by=name, received_at=now.strftime("%Y-%m-%dT%H:%M"))

    shown = carried.get(letter).text
    assert "Diterima oleh Pak Rekaan" in shown
    assert "Diterima oleh Bu Rekaan" in shown
    assert "Dicatat oleh" in shown
    with pytest.raises(DBAPIError), demo.office.database.transaction() as session:
        session.execute(delete(paper_receipt))


def test_who_did_not_send_the_letter_notes_nothing(demo: DemoOffice, carried: Browser) -> None:
    (form,) = carried.page.xpath("//form[contains(@action, '/receipt')]/@action")[:1]
    colleague = demo.sign_in("staf_pm").get(carried.path)

    answer = colleague.client.post(
        form,
        data={"csrf_token": colleague.token, "received_by": "X", "received_at": "2026-01-01T00:00"},
    )

    assert not colleague.page.xpath("//form[contains(@action, '/receipt')]")
    assert answer.status_code == 403


def test_the_state_of_a_number_is_shown(demo: DemoOffice, carried: Browser) -> None:
    assert "DPMPTSP/2026 Terpakai" in carried.text
    register = carried.get("/register")
    (link,) = register.page.xpath("//a[starts-with(@href, '/numbers')]/@href")

    numbers = carried.get(link)

    (row,) = [each for each in rows(numbers) if SUBJECT in each]
    assert "Terpakai" in row
    carried.client.set_cookie("language", "en")
    assert "Used" in carried.get(link).text
    carried.client.set_cookie("language", "id")


def test_a_void_number_gives_its_reason_and_a_secret_letter_only_its_number(
    demo: DemoOffice, carried: Browser
) -> None:
    numbered(demo, SECRET, sifat="rahasia")
    demo.sign_in("kadis").answer(SECRET, decision="cancel", reason="Dugaan tidak terbukti.")
    on_its_way = demo.sign_in("pengelola_surat").get("/numbers")
    stranger = demo.sign_in("staf_pm").get("/numbers")

    (known,) = [each for each in rows(on_its_way) if SECRET in each]
    assert "Batal" in known
    assert "Dugaan tidak terbukti." in known
    (masked,) = [each for each in rows(stranger) if "Batal" in each]
    assert "Rahasia: isi tidak ditampilkan" in masked
    assert SECRET not in stranger.text
    assert "Dugaan" not in stranger.text


def test_numbers_are_shown_to_those_who_read_the_register(demo: DemoOffice) -> None:
    assert demo.sign_in("staf_pm").client.get("/numbers?office=kec").status_code == 200
    assert "Undangan" not in demo.sign_in("camat").get("/numbers?office=dpmptsp").text


def rows(browser: Browser) -> list[str]:
    return [" ".join(each.text_content().split()) for each in browser.page.xpath("//tbody/tr")]


def numbered(demo: DemoOffice, subject: str, **more: str) -> Browser:
    """A letter with a number that waits for its signer; the mail officer's browser."""
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "subject": subject, **more})
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer(subject, decision="approve")
    officer = demo.sign_in("pengelola_surat")
    officer.answer(subject, letter_date="2026-11-23")
    demo.work()
    return officer


@pytest.fixture(scope="module")
def carried(demo: DemoOffice) -> Browser:
    """The sender at the page of a letter that one recipient gets by hand."""
    officer = numbered(demo, SUBJECT, other_recipients="Yth. Ketua RT | di Tempat")
    demo.sign_in("kadis").answer(SUBJECT, decision="approve", consent="on", passphrase=PASSPHRASE)
    officer.answer(SUBJECT)
    demo.work()
    return officer.get(officer.path)


@pytest.fixture(autouse=True)
def _back_at_the_letter(carried: Browser) -> Iterator[None]:
    """Each test begins at the page of the letter."""
    at = carried.path
    yield
    carried.get(at)


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("demo"))
    yield opened
    opened.office.database.close()
