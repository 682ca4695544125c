"""The guard of uploaded Word files, against a corpus of hostile ones."""

from __future__ import annotations

import io
import re
import time
import zipfile

import pytest
from docx import Document
from docx_for_tests import (
    BODY,
    RELATIONS,
    a_letter,
    body,
    cleaned_files,
    field,
    patched,
    picture,
    refused_files,
    relation,
    word_document,
    zip_bomb,
)

from handlers.composing import DocxRefused, guard_docx
from handlers.composing.word_package import MAX_FILE

URL = "http://127.0.0.1:9"
LETTER = ("${nomor_naskah}", "${ttd_pengirim}")


def parts_of(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


@pytest.mark.parametrize("name", refused_files())
def test_a_hostile_or_broken_file_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(DocxRefused) as refusal:
        guard_docx(refused_files()[name])

    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value)) > 20


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    start = time.perf_counter()

    with pytest.raises(DocxRefused, match="bom zip"):
        guard_docx(zip_bomb())

    assert time.perf_counter() - start < 2


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(DocxRefused, match="terlalu besar"):
        guard_docx(b"PK\x03\x04" + bytes(MAX_FILE))


@pytest.mark.parametrize("name", cleaned_files(URL, "file:///etc/hostname"))
def test_what_reaches_out_of_the_file_is_removed_and_said(name: str) -> None:
    guarded = guard_docx(cleaned_files(URL, "file:///etc/hostname")[name])

    text = "".join(parts_of(guarded.data).values())
    assert URL not in text
    assert "file:///" not in text
    assert "DDEAUTO" not in text
    assert not re.search(r"vbaProject|altChunk|OLEObject|INCLUDE", text)
    assert "undangan rapat" in text
    assert guarded.notes
    Document(io.BytesIO(guarded.data))


def test_a_field_becomes_the_text_it_showed() -> None:
    guarded = guard_docx(patched({BODY: field("MERGEFIELD nama", "Warga yang bersangkutan")}))

    text = parts_of(guarded.data)[BODY]
    assert "Warga yang bersangkutan" in text
    assert "MERGEFIELD" not in text
    assert any("MERGEFIELD" in note for note in guarded.notes)


def test_page_numbers_and_ordinary_links_stay_alive() -> None:
    link = patched({RELATIONS: relation("hyperlink", "https://contoh.example/syarat")})

    assert "PAGE" in parts_of(guard_docx(patched({BODY: field("PAGE", "1")})).data)[BODY]
    assert "https://contoh.example/syarat" in parts_of(guard_docx(link).data)[RELATIONS]


def test_comments_do_not_leave_the_house() -> None:
    def comment(document: object) -> None:
        paragraph = document.add_paragraph("Isi")  # type: ignore[attr-defined]
        document.add_comment(paragraph.runs, "rahasia dapur", "Kasubag")  # type: ignore[attr-defined]

    guarded = guard_docx(word_document(*LETTER, write=comment))

    assert "rahasia dapur" not in "".join(parts_of(guarded.data).values())
    assert "Komentar dihapus." in guarded.notes


def test_an_ordinary_letter_passes_without_notes_and_twice_gives_the_same_bytes() -> None:
    guarded = guard_docx(a_letter())

    assert guarded.notes == ()
    assert "nomor_naskah" in guarded.placeholders
    assert guard_docx(a_letter()).data == guarded.data
    assert guard_docx(guarded.data).data == guarded.data


def test_a_picture_of_the_file_itself_stays() -> None:
    local = patched(
        {RELATIONS: relation("image", "media/x.png", ""), BODY: picture("embed")},
        {"word/media/x.png": b"\x89PNG\r\n\x1a\n"},
    )

    assert "media/x.png" in parts_of(guard_docx(local).data)[RELATIONS]


@pytest.mark.parametrize(
    ("paragraphs", "sentence"),
    [
        (("${nomor_naskah}",), "tepat satu penanda"),
        ((*LETTER, "${ttd_pengirim}"), "tepat satu penanda"),
        ((*LETTER, "${ttd_pengirim1}"), "tepat satu penanda"),
        (("${ttd_pengirim}",), "nomor tidak tercetak"),
        ((*LETTER, "${gaji}"), r"tidak dikenal: \$\{gaji\}"),
        ((*LETTER, "Nomor ${nomor "), "tidak lengkap"),
        ((*LETTER, "Nomor ${nomor naskah}"), "tidak lengkap"),
        ((*LETTER, "$ {hal}"), "tidak lengkap"),
    ],
)
def test_placeholders_that_cannot_be_filled_are_refused(
    paragraphs: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(DocxRefused, match=sentence):
        guard_docx(word_document(*paragraphs))


def test_the_signature_cannot_stand_in_a_header() -> None:
    def header(document: object) -> None:
        section = document.sections[0]  # type: ignore[attr-defined]
        section.header.paragraphs[0].text = "${ttd_pengirim}"

    with pytest.raises(DocxRefused, match="di isi surat"):
        guard_docx(word_document("${nomor_naskah}", write=header))


def test_jinja_is_only_text() -> None:
    guarded = guard_docx(word_document(*LETTER, "{{ 7*7 }} {% for x in y %}"))

    assert "{{ 7*7 }}" in parts_of(guarded.data)[BODY]


def test_hyphens_are_not_put_in_by_themselves() -> None:
    settings = "word/settings.xml"
    hyphenated = patched(
        {settings: lambda text: text.replace("<w:zoom", "<w:autoHyphenation/><w:zoom", 1)}
    )

    assert "autoHyphenation" not in parts_of(guard_docx(hyphenated).data)[settings]


def test_text_beside_a_removed_element_stays() -> None:
    strange = patched({BODY: body("<w:p><w:object/>sisa<w:r><w:t>tetap</w:t></w:r></w:p>")})

    assert "tetap" in parts_of(guard_docx(strange).data)[BODY]
