"""The steps of a letter: versions are appended, decisions bound, numbers kept."""

from __future__ import annotations

import pytest
from letters_for_tests import LetterOffice, play_named, reader_of
from sqlalchemy import delete, select, update

from handlers.errors import (
    ConsentMissing,
    DecisionUnknown,
    DraftIncomplete,
    LetterChangedMeanwhile,
    LetterClosed,
    ReasonMissing,
)
from handlers.letters import Letters
from handlers.letters.tables import approval, letter_version
from handlers.numbering import number_of
from handlers.verification import audit_books


def letters(office: LetterOffice) -> Letters:
    return Letters(office.database, office.sheets)


def test_a_letter_goes_from_draft_to_the_file(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")

    data = office.data["one"]
    assert data["version"] == 1
    assert data["decision"] == "submit"
    assert data["signer_position"] == "dpmptsp:kadis"
    assert data["signer_stage"] == "head"
    assert data["signer_is_second_reviewer"] is False
    assert data["numbered"] is False

    office.review("one", "kasi_usaha", "approve")
    office.review("one", "kabid_yan", "approve")
    office.send_away("one", "pengelola_surat", "kadis")

    row = office.row("one")
    assert (row.status, row.number) == ("archived", "500.16.7.2/1/DPMPTSP/2026")
    assert row.signed_as == "Kepala Dinas"
    with office.database.reading() as session:
        assert number_of(session, "one").state == "used"  # type: ignore[union-attr]
        assert audit_books(session, office.documents) == []


def test_an_approval_of_another_version_than_the_one_read_is_refused(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    read = office.read("one")
    actor = office.actor("staf_yan")
    office.step("letter.draft", "one", actor, {"decision": "resubmit", "subject": "Hal lain"})

    with pytest.raises(LetterChangedMeanwhile):
        office.step(
            "letter.review", "one", office.actor("kasi_usaha"), {**read, "decision": "approve"}
        )


def test_an_approval_that_does_not_say_what_was_read_is_refused(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")

    with pytest.raises(LetterChangedMeanwhile):
        office.step("letter.review", "one", office.actor("kasi_usaha"), {"decision": "approve"})


def test_an_edit_leaves_earlier_parafs_behind(office: LetterOffice) -> None:
    office.draft(play_named("S10"), "one")
    office.review("one", "kasi_pmd", "approve")

    outputs = office.review("one", "kasi_pmd", "amend", closing="Terima kasih.")

    assert (outputs["decision"], outputs["version"]) == ("amend", 2)
    assert outputs["content_hash"] == office.row("one").content_hash
    given = letters(office).approvals("one", reader_of(office, "kasi_pmd"))
    assert [(each.decision, each.version, each.superseded) for each in given] == [
        ("approve", 1, True),
        ("amend", 2, False),
    ]


def test_an_amendment_that_changes_nothing_is_refused(office: LetterOffice) -> None:
    office.draft(play_named("S10"), "one")

    with pytest.raises(DraftIncomplete):
        office.review("one", "kasi_pmd", "amend")


def test_a_reviewer_amends_the_text_and_never_the_signer(office: LetterOffice) -> None:
    office.draft(play_named("S10"), "one")

    office.review("one", "kasi_pmd", "amend", closing="Terima kasih.", signer="kec:sekcam")

    assert office.row("one").signer_position == "kec:camat"


def test_a_return_needs_a_reason_and_the_reason_is_shown(office: LetterOffice) -> None:
    office.draft(play_named("S03"), "one")

    with pytest.raises(ReasonMissing):
        office.review("one", "kasi_dal", "return")
    office.review("one", "kasi_dal", "return", reason="Batas waktu belum ada.")

    row = office.row("one")
    assert (row.status, row.reason) == ("revision", "Batas waktu belum ada.")


def test_an_unknown_decision_is_refused(office: LetterOffice) -> None:
    office.draft(play_named("S03"), "one")

    with pytest.raises(DecisionUnknown):
        office.review("one", "kasi_dal", "reject")


def test_a_returned_letter_keeps_its_number(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")
    number = office.number("one", "kasubbag_umpeg")
    office.review("one", "sekcam", "return", reason="Tempat belum jelas.")
    actor = office.actor("staf_kec_pmd")

    office.step("letter.draft", "one", actor, {"decision": "resubmit", "closing": "Terima kasih."})

    assert office.data["one"]["numbered"] is True
    assert office.number("one", "kasubbag_umpeg") == number == "000.7.1/1/499-310/2026"


def test_a_revision_may_not_change_what_the_number_prints(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")
    office.number("one", "kasubbag_umpeg")
    actor = office.actor("staf_kec_pmd")

    with pytest.raises(DraftIncomplete) as refused:
        office.step(
            "letter.draft", "one", actor, {"decision": "resubmit", "classification": "300.2.2"}
        )
    assert "classification" in refused.value.details["fields"]  # type: ignore[operator]
    with pytest.raises(DraftIncomplete) as refused:
        office.step(
            "letter.draft", "one", actor, {"decision": "resubmit", "letter_date": "2026-02-02"}
        )
    assert "letter_date" in refused.value.details["fields"]  # type: ignore[operator]


def test_a_cancelled_letter_leaves_a_void_number_with_its_reason(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")
    office.number("one", "kasubbag_umpeg")
    actor = office.actor("staf_kec_pmd")
    office.step("letter.draft", "one", actor, {"decision": "cancel", "reason": "Acara batal."})

    office.step("letter.cancel", "one", actor)

    assert office.row("one").status == "cancelled"
    with office.database.reading() as session:
        assert number_of(session, "one") is None
        assert audit_books(session, office.documents) == []
    with pytest.raises(LetterClosed):
        office.step("letter.draft", "one", actor, {"decision": "resubmit", "closing": "x"})


def test_a_letter_that_was_never_decided_upon_is_not_cancelled(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")

    with pytest.raises(ReasonMissing):
        office.step("letter.cancel", "one", office.actor("staf_kec_pmd"))


def test_the_signer_consents_to_the_very_document_shown(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    office.number("one", "pengelola_surat")
    composed = office.compose("one")
    kadis = office.actor("kadis")

    with pytest.raises(ConsentMissing):
        office.consent("one", kadis, "0" * 64)
    with pytest.raises(ConsentMissing):
        office.consent("one", kadis, composed, consent=False)
    outputs = office.consent("one", kadis, composed)

    assert outputs["decision"] == "approve"


def test_a_document_composed_for_the_plh_is_not_signed_by_the_holder(office: LetterOffice) -> None:
    office.clock.moment = office.clock.moment.replace(day=3)
    office.draft(play_named("S07"), "one")
    office.number("one", "pengelola_surat")
    composed = office.compose("one")
    assert office.data["one"]["signer_is_second_reviewer"] is True

    office.clock.moment = office.clock.moment.replace(day=5)

    with pytest.raises(ConsentMissing, match="Bagas"):
        office.consent("one", office.actor("kadis"), composed)


def test_a_plh_signs_for_the_position_and_says_so(office: LetterOffice) -> None:
    office.clock.moment = office.clock.moment.replace(day=3)
    office.draft(play_named("S07"), "one")
    office.send_away("one", "pengelola_surat", "sekdis")

    row = office.row("one")
    assert (row.signed_by, row.signed_as) == ("sekdis", "Plh. Kepala Dinas")
    given = letters(office).approvals("one", reader_of(office, "sekdis"))
    assert given[-1].on_behalf_of == "Plh. Kepala Dinas"


def test_a_signed_letter_does_not_change_any_more(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    office.send_away("one", "pengelola_surat", "kadis")

    with pytest.raises(LetterClosed):
        office.review("one", "kadis", "amend", closing="Lain.")
    with pytest.raises(LetterClosed):
        office.sign("one", "kadis", "another")


def test_the_database_itself_refuses_to_change_a_version_or_a_decision(
    office: LetterOffice,
) -> None:
    office.draft(play_named("S01"), "one")
    office.review("one", "kasi_usaha", "approve")

    for statement in (
        update(letter_version).values(content_hash="0" * 64),
        delete(letter_version),
        update(approval).values(decision="return"),
        delete(approval),
    ):
        with (
            pytest.raises(Exception, match="append-only"),
            office.database.transaction() as session,
        ):
            session.execute(statement)
    with office.database.reading() as session:
        assert len(session.execute(select(letter_version)).all()) == 1


def test_a_draft_is_refused_with_a_sentence_per_field(office: LetterOffice) -> None:
    with pytest.raises(DraftIncomplete) as refused:
        office.draft(
            play_named("S01"), "one", classification="005", capacity="an", recipients=["nobody"]
        )

    assert set(refused.value.details["fields"]) == {  # type: ignore[call-overload]
        "classification",
        "capacity",
        "recipients",
    }


def test_a_draft_names_only_files_that_are_stored(office: LetterOffice) -> None:
    with pytest.raises(DraftIncomplete) as refused:
        office.draft(play_named("S01"), "one", source="docx", docx="0" * 64)

    assert "docx" in refused.value.details["fields"]  # type: ignore[operator]


def test_a_head_who_drafts_is_reviewed_one_level_up(office: LetterOffice) -> None:
    play = play_named("S01")
    office.data["one"] = {
        "unit": play.unit,
        "drafter": "kasi_usaha",
        "drafter_position": "dpmptsp:kasi_usaha",
    }
    actor = office.actor("kasi_usaha")

    office.step("letter.draft", "one", actor, play.draft_answers(), scope="dpmptsp")

    assert office.row("one").drafter == "kasi_usaha"
    assert office.data["one"]["signer_is_second_reviewer"] is False


def test_letter_dates_beyond_a_week_ahead_are_refused(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")

    with pytest.raises(DraftIncomplete):
        office.number("one", "pengelola_surat", letter_date="2026-04-30")
    with pytest.raises(DraftIncomplete):
        office.number("one", "pengelola_surat", letter_date="30-04-2026")


def test_signs_no_database_takes_do_not_come_through(office: LetterOffice) -> None:
    office.draft(
        play_named("S01"), "one", subject="Hal\x00 \x0bsurat \ud800", recipients=["opd-dlh\x00"]
    )
    office.review("one", "kasi_usaha", "return", reason="Salah\x00 ketik.")

    row = office.row("one")
    assert (row.subject, row.reason) == ("Hal surat", "Salah ketik.")
