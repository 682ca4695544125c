"""The filler of ``${nama}`` placeholders in uploaded letters."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx_for_tests import BODY, a_letter, body, patched, word_document
from sheets_for_tests import a_sheet, signing_block

from handlers.composing.docx_filling import fill_docx
from handlers.letters import LetterSheet

DRAWING = qn("w:drawing")


def filled(data: bytes, sheet: LetterSheet) -> Any:
    return Document(io.BytesIO(fill_docx(data, sheet)))


def texts(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_placeholder_that_word_cut_into_runs_is_filled() -> None:
    document = filled(a_letter(), a_sheet())

    assert "Nomor : 500.16.7.2/41/DPMPTSP/2026 tanggal 3 Februari 2026" in texts(document)
    assert "sifat Biasa" in texts(document)
    assert "${" not in texts(document)


def test_headers_and_cells_are_filled_too() -> None:
    document = filled(a_letter(), a_sheet())

    header = document.sections[0].header.paragraphs[0].text
    assert header == "Kop: 500.16.7.2/41/DPMPTSP/2026"
    assert "NIP 19700312 199503 2 901" in texts(document)


def test_the_place_of_the_signature_is_one_picture() -> None:
    document = filled(a_letter(), a_sheet())

    assert sum(1 for _ in document.element.iter(DRAWING)) == 1
    assert "ttd_pengirim" not in document.element.xml


def test_text_around_the_signature_stays_around_it() -> None:
    document = filled(word_document("${nomor_naskah}", "kiri ${ttd_pengirim} kanan"), a_sheet())

    assert document.paragraphs[1].text == "kiri  kanan"
    runs = [run._r for run in document.paragraphs[1].runs]
    assert [run.find(DRAWING) is not None for run in runs] == [False, True, False]


def test_a_value_smuggles_in_neither_placeholder_nor_markup() -> None:
    sheet = a_sheet(subject="${nip_pengirim} & <w:t>x</w:t> {{ 7*7 }}", urgency_label="${hal}")

    text = texts(filled(word_document("${nomor_naskah}${ttd_pengirim}", "a${hal}b"), sheet))

    assert "19700312" not in text
    assert "<w:t>x</w:t> {{ 7*7 }}b" in text


def test_several_placeholders_of_one_paragraph_are_filled_in_their_places() -> None:
    data = word_document("${ttd_pengirim}", "${sifat}|${hal}|${sifat}|${nomor_naskah}")

    document = filled(data, a_sheet(subject="Hal"))

    assert document.paragraphs[1].text == "Biasa|Hal|Biasa|500.16.7.2/41/DPMPTSP/2026"


def test_every_line_of_a_value_is_kept() -> None:
    sheet = a_sheet(signing=signing_block(lines=("a.n. Kepala Dinas", "Sekretaris,")))
    data = word_document("${nomor_naskah}${ttd_pengirim}", "${jabatan_pengirim},", "${tembusan}")

    text = texts(filled(data, sheet))

    assert "a.n. Kepala Dinas\nSekretaris," in text
    assert "1. Bupati Wanajaya (sebagai laporan)\n2. Sekretaris Daerah" in text


def test_a_number_that_is_not_given_yet_is_said_to_follow() -> None:
    text = texts(filled(a_letter(), a_sheet(number=None)))

    assert "Nomor : (nomor menyusul)" in text


def test_control_characters_do_not_break_the_file() -> None:
    text = texts(filled(a_letter(), a_sheet(subject="Hal\x00\x0b\ue000 baru")))

    assert "Hal : Hal baru" in text


def test_a_placeholder_in_a_text_box_is_filled_once_per_copy() -> None:
    box = body(
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
        "<w:txbxContent><w:p><w:r><w:t>kotak ${hal}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r></w:p>"
    )

    document = filled(patched({BODY: box}), a_sheet(subject="Undangan"))

    assert "kotak Undangan" in document.element.xml


def test_the_same_letter_gives_the_same_file() -> None:
    once = fill_docx(a_letter(), a_sheet())

    assert fill_docx(a_letter(), replace(a_sheet(), version=3)) == once
