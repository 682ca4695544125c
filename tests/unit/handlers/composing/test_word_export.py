"""Typed letters as Word files."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.shared import Mm
from sheets_for_tests import a_covering_letter, a_sheet, every_kind, letterhead

from handlers.composing import guard_docx, letter_docx
from handlers.composing.docx_filling import fill_docx
from handlers.letters import LetterSheet


def words_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    found = [node.text or "" for node in document.element.iter() if str(node.tag).endswith("}t")]
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("sheet", every_kind(), ids=lambda sheet: sheet.kind)
def test_every_shape_is_written_with_its_words(sheet: LetterSheet) -> None:
    text = words_of(letter_docx(sheet))

    assert sheet.number is not None
    assert sheet.number in text
    assert sheet.signing.name in text
    assert sheet.letterhead.office in text
    for block in sheet.blocks:
        for item in block.get("items", []):
            assert item in text
    assert "${" not in text


@pytest.mark.parametrize("sheet", every_kind(), ids=lambda sheet: sheet.kind)
def test_the_tokens_of_srikandi_stand_where_it_fills_them(sheet: LetterSheet) -> None:
    data = letter_docx(sheet, srikandi=True)

    guarded = guard_docx(data)
    assert set(guarded.placeholders) == {
        *("nomor_naskah", "tanggal_naskah", "jabatan_pengirim"),
        *("ttd_pengirim", "nama_pengirim", "nip_pengirim"),
    }
    assert guarded.notes == ()
    assert sheet.number is not None
    assert sheet.number not in words_of(data)


def test_a_downloaded_letter_may_be_uploaded_again() -> None:
    guarded = guard_docx(letter_docx(a_covering_letter(), srikandi=True))

    text = words_of(fill_docx(guarded.data, a_covering_letter()))

    assert "NOMOR 500.16.7.2/41/DPMPTSP/2026" in text
    assert "Wanajaya, 3 Februari 2026" in text
    assert "a.n. Kepala Dinas Sekretaris," in text


def test_a_persons_text_is_never_a_token() -> None:
    data = letter_docx(a_sheet(subject="Hal ${ttd_pengirim}", opening="{{ 7*7 }} \x07"), True)

    assert guard_docx(data).placeholders.count("ttd_pengirim") == 1
    assert "{{ 7*7 }}" in words_of(data)


def test_the_longest_subject_is_taken_along() -> None:
    data = letter_docx(a_sheet(subject="Undangan " * 33))

    assert words_of(data).count("Undangan") >= 33


def test_the_same_letter_gives_the_same_file() -> None:
    assert letter_docx(a_sheet()) == letter_docx(a_sheet())


def test_paper_and_typeface_are_those_of_the_letter() -> None:
    document = Document(io.BytesIO(letter_docx(a_sheet(paper="F4", font="bookman"))))

    section = document.sections[0]
    assert abs(section.page_width - Mm(215)) < 1000  # Word counts in twentieths of a point
    assert abs(section.page_height - Mm(330)) < 1000
    assert document.styles["Normal"].font.name == "Bookman Old Style"


def test_many_recipients_get_their_list_and_no_emblem_is_needed() -> None:
    villages = tuple(f"Kepala Desa Contoh {number}" for number in range(1, 8))

    text = words_of(letter_docx(a_sheet(recipients=villages, letterhead=letterhead(emblem=None))))

    assert "(Daftar terlampir)" in text
    assert "DAFTAR TUJUAN" in text
    assert "Kepala Desa Contoh 7" in text
