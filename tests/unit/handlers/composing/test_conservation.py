"""Text conservation between a Word file and its PDF."""

from __future__ import annotations

from docx_for_tests import BODY, body, patched, word_document

from handlers.composing.conservation import missing_words


def test_a_letter_that_arrived_whole_misses_nothing() -> None:
    docx = word_document("Bersama ini kami undang Saudara", "pukul 09.00 WIB")

    assert missing_words(docx, "Bersama ini kami\r\nundang Saudara pukul 09.00 WIB") == {}


def test_a_lost_word_is_named_and_counted() -> None:
    docx = word_document("wajib hadir dan wajib lapor")

    assert missing_words(docx, "wajib hadir dan lapor") == {"wajib": 1}


def test_a_word_broken_over_two_lines_is_not_lost() -> None:
    docx = word_document("pertanggungjawaban tahunan")

    assert missing_words(docx, "pertanggung\r\njawaban tahunan") == {}
    assert missing_words(docx, "pertanggung-\r\njawaban tahunan") == {}


def test_capitals_and_ligatures_of_the_typeface_are_the_same_word() -> None:
    docx = word_document("Sertifikat Kepala Dinas")

    assert missing_words(docx, "SERTI\ufb01KAT KEPALA DINAS") == {}


def test_hidden_text_is_not_expected() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>tersembunyi</w:t></w:r></w:p>"

    docx = patched({BODY: body(hidden)}, base=word_document("tampak"))

    assert missing_words(docx, "tampak") == {}


def test_a_text_box_counts_once() -> None:
    both = (
        "<w:p><w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/"
        "markup-compatibility/2006'><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>kotak"
        "</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>"
        "kotak</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )

    docx = patched({BODY: body(both)}, base=word_document("isi"))

    assert missing_words(docx, "isi kotak") == {}
    assert missing_words(docx, "isi") == {"kotak": 1}
