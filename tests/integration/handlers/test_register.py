"""The register: it fills itself, is searched, and keeps secrets."""

from __future__ import annotations

import io

from letters_for_tests import LetterOffice, play_named, reader_of
from openpyxl import load_workbook
from sqlalchemy import delete, update

from handlers.letters import LetterQuery, Letters
from handlers.numbering.tables import letter_number
from handlers.register import Register, RegisterQuery, register_workbook
from handlers.register.tables import register_entry
from handlers.verification import audit_books

SECRET_SUBJECT = "Panggilan untuk Klarifikasi Kehadiran Pegawai"


def with_two_letters(office: LetterOffice) -> Register:
    office.draft(play_named("S01"), "open", letter_date="2026-03-05")
    office.send_away("open", "pengelola_surat", "kadis")
    office.draft(play_named("S08"), "secret", letter_date="2026-03-05")
    office.send_away("secret", "pengelola_surat", "kadis")
    return Register(office.database)


def test_a_signed_letter_stands_in_the_register_with_all_columns(office: LetterOffice) -> None:
    register = with_two_letters(office)

    row = register.search(RegisterQuery("dpmptsp", 2026, "koordinasi"), reader_of(office, "kadis"))[
        0
    ]

    assert (row.sequence, row.number) == (1, "500.16.7.2/1/DPMPTSP/2026")
    assert row.recipients.startswith("Kepala Dinas Pekerjaan Umum dan Penataan Ruang; ")
    assert row.recipients.endswith(" di Wanajaya")
    assert row.attachment == "1 (satu) lembar"
    assert row.unit_name == "Seksi Pelayanan Perizinan Berusaha"
    assert row.sent_at == office.clock.moment
    assert not row.masked


def test_a_secret_letter_is_a_masked_line_for_those_not_on_its_way(office: LetterOffice) -> None:
    register = with_two_letters(office)

    rows = register.search(RegisterQuery("dpmptsp", 2026), reader_of(office, "staf_yan"))

    assert [row.masked for row in rows] == [True, False]
    shown = repr(rows[0])
    assert SECRET_SUBJECT not in shown
    assert "disamarkan" not in shown
    assert "800.1.6.2" not in rows[0].classification
    assert rows[0].letter_id == ""


def test_a_search_does_not_tell_what_is_in_a_secret_letter(office: LetterOffice) -> None:
    register = with_two_letters(office)

    for person, hits in (("staf_yan", 0), ("auditor", 0), ("kadis", 1), ("staf_umum", 1)):
        query = RegisterQuery("dpmptsp", 2026, "klarifikasi")
        assert len(register.search(query, reader_of(office, person))) == hits
        assert register.count(query, reader_of(office, person)) == hits


def test_the_register_is_searched_by_year_unit_and_words(office: LetterOffice) -> None:
    register = with_two_letters(office)
    reader = reader_of(office, "kadis")

    assert register.count(RegisterQuery("dpmptsp", 2025), reader) == 0
    assert register.count(RegisterQuery("dpmptsp", unit="dpm.yan"), reader) == 1
    assert register.count(RegisterQuery("dpmptsp", text="RAPAT koordinasi"), reader) == 1
    assert register.count(RegisterQuery("dpmptsp", text="%"), reader) == 0
    assert register.count(RegisterQuery("kec"), reader) == 0
    assert register.years("dpmptsp") == [2026]


def test_a_void_number_is_explained_in_the_register(office: LetterOffice) -> None:
    office.draft(play_named("S09"), "one")
    office.number("one", "kasubbag_umpeg")
    actor = office.actor("staf_kec_pmd")
    office.step("letter.draft", "one", actor, {"decision": "cancel", "reason": "Acara batal."})
    office.step("letter.cancel", "one", actor)

    row = Register(office.database).search(RegisterQuery("kec"), reader_of(office, "camat"))[0]

    assert row.note == "Batal: Acara batal."
    assert row.sent_at is None


def test_the_workbook_calculates_nothing(sqlite_office: LetterOffice) -> None:
    office = sqlite_office
    office.draft(play_named("S01"), "one", subject='=HYPERLINK("https://x.example";"Klik")')
    office.send_away("one", "pengelola_surat", "kadis")
    rows = Register(office.database).search(RegisterQuery("dpmptsp"), reader_of(office, "kadis"))

    data = register_workbook(rows, "Agenda Surat Keluar 2026", "Asia/Jakarta")

    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    heads = [cell.value for cell in sheet[3]]
    assert heads == [
        "No. Urut",
        "Tanggal Surat",
        "Nomor Surat",
        "Tujuan",
        "Hal",
        "Klasifikasi",
        "Lampiran",
        "Pengolah",
        "Tanggal Kirim",
        "Keterangan",
    ]
    assert sheet["E4"].value.startswith("=HYPERLINK")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["I4"].value == "05-03-2026 10:00"


def test_lists_and_searches_of_letters_keep_secrets(office: LetterOffice) -> None:
    office.draft(play_named("S08"), "secret")
    letters = Letters(office.database, office.sheets)

    found = {
        person: letters.count(LetterQuery(text="klarifikasi"), reader_of(office, person))
        for person in ("staf_umum", "kadis", "staf_yan", "kabid_pm", "auditor", "org_analis")
    }

    assert found == {
        "staf_umum": 1,
        "kadis": 1,
        "staf_yan": 0,
        "kabid_pm": 0,
        "auditor": 0,
        "org_analis": 0,
    }


def test_the_audit_finds_planted_changes(office: LetterOffice) -> None:
    with_two_letters(office)
    with office.database.transaction() as session:
        session.execute(delete(register_entry).where(register_entry.c.letter_id == "open"))
        session.execute(
            update(letter_number)
            .where(letter_number.c.letter_id == "secret")
            .values(sequence=5, text="800.1.6.2/5/DPMPTSP/2026")
        )
    document = office.compose("open")
    office.documents.path(document).write_bytes(b"swapped")

    with office.database.reading() as session:
        problems = audit_books(session, office.documents)

    told = " ".join(each.sentence for each in problems)
    assert "tidak tercatat pada agenda" in told
    assert "Nomor hilang tanpa catatan: 2" in told
    assert "Nomor di luar pencacah: 5" in told
    assert "bukan lagi dokumen yang disimpan" in told
    assert "Agenda mencatat 800.1.6.2/2/DPMPTSP/2026" in told
    assert {each.book for each in problems} == {"letters", "numbers", "register"}
