"""Who may read a letter: those on its way, the office, the auditor, the public."""

from __future__ import annotations

import pytest
from letters_for_tests import LetterOffice, play_named, reader_of
from sqlalchemy import insert, select, update

from engine import RouteRequest
from handlers.errors import DraftIncomplete, UnknownLetter
from handlers.letters import Letters
from handlers.letters.tables import letter, letter_version
from handlers.organisation import Reader
from handlers.routing import OrganisationRouting


def letters(office: LetterOffice) -> Letters:
    return Letters(office.database, office.sheets)


def test_a_secret_letter_is_unknown_to_everybody_not_on_its_way(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")

    for person in ("staf_yan", "kabid_pm", "camat", "staf_dasi", "org_analis"):
        with pytest.raises(UnknownLetter):
            letters(office).letter("one", reader_of(office, person))
        with pytest.raises(UnknownLetter):
            letters(office).versions("one", reader_of(office, person))
        with pytest.raises(UnknownLetter):
            letters(office).sheet("one", reader_of(office, person), office.clock.moment)


def test_a_version_that_says_nothing_hides_no_other(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    with office.database.transaction() as session:
        (written,) = session.execute(select(letter_version)).mappings()
        session.execute(insert(letter_version).values({**written, "version": 9, "content": {}}))

    assert letters(office).hidden_versions("one", reader_of(office, "kabid_pm")) == frozenset()


def test_what_was_secret_stays_so_when_the_letter_becomes_public(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")
    drafter = office.row("one").drafter
    office.review("one", "kasubag_umum", "return", reason="Hapus nama yang diperiksa.")
    document = office.compose("one")
    changes = {"decision": "resubmit", "sifat": "biasa", "subject": "Undangan klarifikasi"}
    office.step("letter.draft", "one", office.actor(drafter), changes)

    shown, passed = reader_of(office, "staf_yan"), reader_of(office, drafter)

    assert [each.version for each in letters(office).versions("one", shown)] == [2]
    assert [each.version for each in letters(office).versions("one", passed)] == [1, 2]
    assert letters(office).hidden_versions("one", shown) == {1}
    assert letters(office).hidden_versions("one", passed) == frozenset()
    assert [each.reason for each in letters(office).approvals("one", shown)] == ["(rahasia)"]
    assert "diperiksa" in letters(office).approvals("one", passed)[0].reason
    assert letters(office).documents("one", shown) == []
    assert [each.sha256 for each in letters(office).documents("one", passed)] == [document]
    with pytest.raises(UnknownLetter):
        letters(office).sheet("one", shown, office.clock.moment, version=1)


def test_whoever_gets_a_task_may_read_the_letter_from_then_on(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")
    reader = reader_of(office, "pengelola_surat")
    assert not letters(office).may_read("one", reader)
    request = RouteRequest(
        instance_id="i",
        business_key="one",
        scope="dpmptsp",
        element="assign_number",
        lane="",
        candidate_groups=("mail_officer",),
        data=office.data["one"],
        at=office.clock.moment,
    )

    with office.database.transaction() as session:
        OrganisationRouting().candidates(request, session)

    assert letters(office).may_read("one", reader)


def test_an_auditor_follows_the_path_of_a_secret_letter_without_its_content(
    office: LetterOffice,
) -> None:
    office.draft(play_named("S08"), "one")
    auditor = reader_of(office, "auditor")

    view = letters(office).letter("one", auditor)

    assert not view.content_visible
    assert view.content == {}
    assert view.draft is None
    shown = repr(view)
    assert "Klarifikasi" not in shown
    assert "800.1.6.2" not in shown
    with pytest.raises(UnknownLetter):
        letters(office).approvals("one", auditor)
    assert not letters(office).may_open("one", "0" * 64, auditor)


def test_an_ordinary_letter_is_read_in_its_office_and_nowhere_else(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")

    assert (
        letters(office).letter("one", reader_of(office, "arsiparis")).subject.startswith("Undang")
    )
    assert letters(office).letter("one", reader_of(office, "auditor")).content_visible
    for stranger in (reader_of(office, "camat"), Reader("nobody")):
        with pytest.raises(UnknownLetter):
            letters(office).letter("one", stranger)


def test_only_documents_of_the_letter_are_opened(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    office.draft(play_named("S08"), "secret")
    composed, secret = office.compose("one"), office.compose("secret")
    reader = reader_of(office, "arsiparis")
    attached = play_named("S01").answers["attachments"][0]["sha256"]

    assert letters(office).may_open("one", composed, reader)
    assert letters(office).may_open("one", attached, reader)
    assert not letters(office).may_open("one", secret, reader)
    assert not letters(office).may_open("secret", secret, reader)


def test_the_public_sees_that_a_letter_is_genuine_and_no_more(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "one")
    token = office.row("one").token
    assert letters(office).public(token) is None  # not numbered, nothing was printed yet
    office.send_away("one", "pengelola_surat", "kadis")

    found = letters(office).public(token)

    assert found is not None
    assert found.number == "800.1.6.2/1/DPMPTSP/2026"
    assert found.signed_as == "Kepala Dinas"
    assert found.subject == "(rahasia)"
    assert found.secret
    assert "19700312" not in repr(found)  # no NIP
    assert letters(office).public("something else") is None


def test_naming_the_hash_of_a_hidden_document_does_not_open_it(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "secret")
    hidden = office.compose("secret")
    attachment = {"sha256": hidden, "name": "a.pdf", "media_type": "application/pdf"}

    with pytest.raises(DraftIncomplete):
        office.draft(play_named("S01"), "one", attachments=[attachment])
    office.draft(play_named("S05"), "two", attachments=[attachment])  # by one who may read it


def test_ids_and_numbers_of_letters_not_meant_for_a_reader_are_found(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "secret")
    office.draft(play_named("S01"), "one")
    with office.database.transaction() as session:
        session.execute(update(letter).where(letter.c.id == "secret").values(number="R/1/2026"))
    keys = {"one", "secret", "R/1/2026", "no letter"}

    def hidden(person: str) -> frozenset[str]:
        return letters(office).hidden(keys, reader_of(office, person))

    assert hidden("arsiparis") == {"secret", "R/1/2026"}
    assert hidden("camat") == {"one", "secret", "R/1/2026"}
    assert hidden(office.row("secret").drafter) == frozenset()
    assert letters(office).hidden((), Reader("nobody")) == frozenset()
