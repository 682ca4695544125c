"""Whoever worked on a letter is told that it went back or ended; nobody else is."""

from __future__ import annotations

import pytest
from letters_for_tests import LetterOffice, play_named

from engine import Stop
from handlers.errors import ReasonMissing
from handlers.sending import Notice, Notices
from handlers.telling import tell_admins

#: The admins of both demo offices.
EVERY_ADMIN = {"staf_dasi", "kasubbag_umpeg"}


def told(office: LetterOffice, person: str) -> list[Notice]:
    return Notices(office.database).of(person)


def test_a_return_is_told_to_the_drafter_and_to_those_who_decided_before(
    office: LetterOffice,
) -> None:
    office.draft(play_named("S01"), "one")
    office.review("one", "kasi_usaha", "approve")

    office.review("one", "kabid_yan", "return", reason="Tanggal acara keliru.")

    for person in ("staf_yan", "kasi_usaha"):
        (notice,) = told(office, person)
        assert notice.title == f"Dikembalikan: {office.row('one').subject}"
        assert notice.text.endswith("Alasan: Tanggal acara keliru.")
        assert notice.letter_id == "one"
    assert told(office, "kabid_yan") == told(office, "pengelola_surat") == []


def test_the_return_of_a_secret_letter_is_told_without_naming_it(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")
    drafter = office.row("one").drafter

    office.review("one", "kasubbag_umpeg", "return", reason="Nama yang diperiksa keliru.")

    (notice,) = told(office, drafter)
    said = notice.title + notice.text
    assert notice.title == "Surat dikembalikan"
    assert office.row("one").subject not in said
    assert "diperiksa" not in said


def test_a_letter_that_becomes_secret_is_named_in_no_notice_of_before(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    subject = office.row("one").subject
    office.review("one", "kasi_usaha", "return", reason="Tanggal acara keliru.")
    drafter = office.actor("staf_yan")

    office.step("letter.draft", "one", drafter, {"decision": "resubmit", "sifat": "rahasia"})

    (notice,) = told(office, "staf_yan")
    said = notice.title + notice.text
    assert subject not in said
    assert "Tanggal acara" not in said
    assert "rahasia" in said
    assert notice.letter_id == "one"


def test_a_letter_that_was_secret_keeps_its_neutral_notices(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")
    drafter = office.row("one").drafter
    office.review("one", "kasubag_umum", "return", reason="Nama yang diperiksa keliru.")

    office.step("letter.draft", "one", office.actor(drafter), {"decision": "resubmit"})

    (notice,) = told(office, drafter)
    assert notice.title == "Surat dikembalikan"


def test_a_cancellation_is_told_with_its_reason(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    office.review("one", "kasi_usaha", "approve")
    drafter = office.actor("staf_yan")

    office.step("letter.draft", "one", drafter, {"decision": "cancel", "reason": "Rapat batal."})
    office.step("letter.cancel", "one", drafter)

    (notice,) = told(office, "kasi_usaha")
    assert notice.title.startswith("Dibatalkan: ")
    assert "Rapat batal." in notice.text
    assert told(office, "staf_yan") == []


def test_a_return_that_is_refused_tells_nobody(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")

    with pytest.raises(ReasonMissing):
        office.review("one", "kasi_usaha", "return")

    assert told(office, "staf_yan") == []


@pytest.mark.parametrize(
    ("scope", "admins"),
    [("dpmptsp", {"staf_dasi"}), ("", EVERY_ADMIN), ("nirwana", EVERY_ADMIN)],
    ids=["an office", "no office", "unknown office"],
)
def test_what_stops_is_told_to_the_admins_who_may_settle_it(
    office: LetterOffice, scope: str, admins: set[str]
) -> None:
    stop = Stop("surat-1", scope, "", "Pesan reply", "message-1", office.clock.moment)

    with office.database.transaction() as session:
        tell_admins(stop, session)

    people = {each.id for each in office.organisation.people()}
    assert {each for each in people if told(office, each)} == admins
