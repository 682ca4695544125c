"""The sheets and the delivery lists: what is printed, and who gets it."""

from __future__ import annotations

from letters_for_tests import LetterOffice, play_named, reader_of

from handlers.letters import (
    Letters,
    LetterSheet,
    attachments_of,
    delivery_list,
    draft_of,
    record_document,
)


def sheet_of(office: LetterOffice, letter_id: str) -> LetterSheet:
    with office.database.reading() as session:
        return office.sheets.sheet(session, letter_id, office.clock.moment)


def test_a_sheet_says_all_that_is_printed(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    office.number("one", "pengelola_surat")

    sheet = sheet_of(office, "one")

    assert (sheet.number, sheet.date_text) == ("500.16.7.2/1/DPMPTSP/2026", "3 Februari 2026")
    assert (sheet.shape, sheet.title, sheet.place) == ("kepala_kiri", "", "Wanajaya")
    assert sheet.recipients[0] == "Kepala Dinas Pekerjaan Umum dan Penataan Ruang"
    assert sheet.recipients_place == "Wanajaya"
    assert sheet.attachment_text == "1 (satu) lembar"
    assert [block["type"] for block in sheet.blocks] == ["details", "paragraph"]
    assert sheet.signing.lines == ("Kepala Dinas,",)
    assert sheet.verification_url == "https://surat.example/v/" + office.row("one").token
    assert sheet.final
    assert sheet.as_json()["signing"]["lines"] == ["Kepala Dinas,"]


def test_recipients_in_several_places_carry_their_own(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")

    sheet = sheet_of(office, "one")

    assert sheet.recipients_place == ""
    assert sheet.recipients[0] == "Para Kepala Desa se-Kecamatan Tirtasari di Tempat"
    assert sheet.recipients[2] == "Kepala UPT Puskesmas Tirtasari di Tirtasari"


def test_a_preview_is_marked_and_shows_any_version(office: LetterOffice) -> None:
    office.draft(play_named("S10"), "one")
    office.review("one", "kasi_pmd", "amend", closing="Terima kasih.")
    letters, reader = Letters(office.database, office.sheets), reader_of(office, "camat")

    first = letters.sheet("one", reader, office.clock.moment, version=1)
    current = letters.sheet("one", reader, office.clock.moment)

    assert not first.final
    assert first.closing != current.closing == "Terima kasih."
    with office.database.reading() as session:
        draft = draft_of(session, "one")
    unwritten = letters.preview(draft, "kec", "kec.pmd", office.clock.moment)
    assert (unwritten.number, unwritten.closing) == (None, "Terima kasih.")


def test_a_group_is_delivered_to_its_members_each_once(office: LetterOffice) -> None:
    for name, count in (("S01", 4), ("S04", 3), ("S05", 19), ("S09", 14), ("S11", 12)):
        office.draft(play_named(name), name)

        with office.database.reading() as session:
            listed = delivery_list(session, name)

        assert len(listed) == count == play_named(name).recipients
        assert len({each.recipient for each in listed}) == count


def test_the_sender_chooses_another_way_for_a_recipient(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one", other_recipients="Yth. Ketua RT 1 | di Tempat")
    office.step(
        "letter.release",
        "one",
        office.actor("pengelola_surat"),
        {"channels": {"opd-dlh": "hand", "other-1": "email"}},
    )

    with office.database.reading() as session:
        channels = {each.recipient: each.channel for each in delivery_list(session, "one")}
        attached = attachments_of(session, "one")

    assert channels == {
        "opd-pupr": "email",
        "opd-dlh": "hand",
        "opd-dinkes": "email",
        "opd-satpolpp": "email",
        "other-1": "hand",  # there is no address to mail to
    }
    assert [each.name for each in attached] == ["Daftar permohonan.pdf"]


def test_a_document_entered_twice_stands_there_once(office: LetterOffice) -> None:
    office.draft(play_named("S01"), "one")
    composed = office.compose("one")

    with office.database.transaction() as session:
        record_document(session, "one", "composed", composed, at=office.clock.moment)

    letters = Letters(office.database, office.sheets)
    assert len(letters.documents("one", reader_of(office, "kadis"))) == 1


def test_the_forms_offer_what_the_office_has(office: LetterOffice) -> None:
    letters = Letters(office.database, office.sheets)

    choices = letters.choices("dpmptsp", "dpm.pm.dal", "staf_pm", office.clock.moment)

    assert set(choices) == {
        "kinds",
        "classifications",
        "sifat_options",
        "urgency_options",
        "signers",
        "capacities",
        "destinations",
    }
    signers = {each["value"]: each for each in choices["signers"]}
    assert signers["dpmptsp:kadis"]["capacity"] == "direct"
    assert "dpmptsp:kasi_dal" in signers
    assert "dpmptsp:kasubag_umum" not in signers
    assert all(each["value"] != "005" for each in choices["classifications"])
