"""Typed letters: what stands on the page of every shape, and facts of the PDF itself."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sheets_for_tests import (
    a_circular,
    a_covering_letter,
    a_sheet,
    a_task_letter,
    every_kind,
    letterhead,
    signing_block,
)

from handlers.composing import (
    Composer,
    CompositionRefused,
    WheelConverter,
    page_png,
    page_texts,
)
from handlers.composing.pdf_pages import page_sizes, text_inside
from handlers.letters import LetterSheet


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(WheelConverter())


def text_of(composer: Composer, sheet: LetterSheet) -> str:
    return re.sub(r"\s+", " ", " ".join(page_texts(composer.compose(sheet).pdf)))


def test_a_left_head_prints_every_part_of_the_letter(composer: Composer) -> None:
    text = text_of(composer, a_sheet())

    for part in (
        "PEMERINTAH KABUPATEN WANAJAYA",
        "Telepon (0261) 000000",
        "500.16.7.2/41/DPMPTSP/2026",
        "Wanajaya, 3 Februari 2026",
        "Segera",
        "1 (satu) lembar",
        "4. Kepala Satuan Polisi Pamong Praja",
        "di Wanajaya",
        "Selasa, 10 Februari 2026",
        "diucapkan terima kasih.",
        "Kepala Dinas, Dra. Laras Widyaningrum Satyawati, M.Si. Pembina Utama Muda",
        "NIP 19700312 199503 2 901",
        "Tembusan: 1. Bupati Wanajaya",
    ):
        assert part in text


def test_a_task_letter_has_a_title_and_no_addressee(composer: Composer) -> None:
    text = text_of(composer, a_task_letter(recipients=("Galih Panuluh",)))

    assert "SURAT TUGAS NOMOR 800.1.11.1/57/DPMPTSP/2026" in text
    assert "MENUGASKAN" in text
    assert "a. melaksanakan pemantauan; b. melapor." in text
    assert "Yth." not in text
    assert "TENTANG" not in text
    assert "Wanajaya, 3 Februari 2026 Kepala Dinas," in text


def test_a_circular_names_its_subject_and_its_addressees(composer: Composer) -> None:
    text = text_of(composer, a_circular())

    assert "Yth. 1. Sekretaris dan para Kepala Bidang 2. Seluruh Pegawai di Tempat" in text
    assert "NOMOR 100.3.4.4/8 TAHUN 2026 TENTANG PENGGUNAAN APLIKASI SURAT KELUAR" in text
    assert "Ditetapkan di Wanajaya pada tanggal 3 Februari 2026" in text


def test_a_covering_letter_carries_its_receipt(composer: Composer) -> None:
    text = text_of(composer, a_covering_letter())

    assert "Diterima tanggal" in text
    assert "Nomor telepon" in text
    assert "a.n. Kepala Dinas Sekretaris," in text


def test_more_than_five_recipients_stand_on_a_list_of_their_own(composer: Composer) -> None:
    villages = tuple(f"Kepala Desa Contoh {number}" for number in range(1, 8))

    first, last = page_texts(composer.compose(a_sheet(recipients=villages)).pdf)

    assert "(Daftar terlampir)" in first
    assert "Kepala Desa Contoh 3" not in first
    assert "DAFTAR TUJUAN" in last
    assert "Kepala Desa Contoh 7" in last
    assert "500.16.7.2/41/DPMPTSP/2026" in last


def test_a_draft_says_so_and_a_final_letter_does_not(composer: Composer) -> None:
    draft = composer.preview(a_sheet(number=None))

    assert "KONSEP" in page_texts(draft.pdf)[0]
    assert "(nomor menyusul)" in page_texts(draft.pdf)[0]
    assert "KONSEP" not in text_of(composer, a_sheet())


def test_a_simulation_says_so_and_never_carries_the_certified_note(composer: Composer) -> None:
    simulated = text_of(composer, a_sheet())
    certified = text_of(composer, a_sheet(simulated=False, signing=signing_block(simulated=False)))

    assert "SIMULASI" in simulated
    assert "Balai Besar Sertifikasi Elektronik" not in simulated
    assert "SIMULASI" not in certified
    assert "Balai Besar Sertifikasi Elektronik" in certified


def test_one_simulated_part_is_enough_to_call_it_a_simulation(composer: Composer) -> None:
    text = text_of(composer, a_sheet(simulated=False, signing=signing_block(simulated=True)))

    assert "SIMULASI" in text


def test_a_secret_letter_carries_its_red_mark_on_every_page(composer: Composer) -> None:
    long = tuple({"type": "paragraph", "text": "Isi surat yang panjang. " * 30} for _ in range(6))

    pages = page_texts(composer.compose(a_sheet(sifat_label="Rahasia", blocks=long)).pdf)

    assert len(pages) > 1
    assert all("RAHASIA" in page for page in pages)


def test_pages_are_numbered_from_the_second_on(composer: Composer) -> None:
    long = tuple({"type": "paragraph", "text": "Isi surat yang panjang. " * 30} for _ in range(6))

    pages = page_texts(composer.compose(a_sheet(blocks=long)).pdf)

    assert pages[1].lstrip().startswith("2")
    assert not pages[0].lstrip().startswith("1")


@pytest.mark.parametrize("sheet", every_kind(), ids=lambda sheet: sheet.kind)
def test_the_place_of_the_signature_is_free_and_on_the_paper(
    composer: Composer, sheet: LetterSheet
) -> None:
    composed = composer.compose(sheet)

    place = composed.anchor
    width, height = page_sizes(composed.pdf)[place.page]
    assert text_inside(composed.pdf, place) == ""
    assert 0 < place.x0 < place.x1 <= width
    assert 0 < place.y0 < place.y1 <= height
    assert place.x1 - place.x0 > 200
    assert place.y1 - place.y0 > 70


def test_the_signature_is_never_parted_from_the_closing_sentence(composer: Composer) -> None:
    for count in range(4, 12):
        blocks = tuple({"type": "paragraph", "text": "Isi surat. " * 25} for _ in range(count))
        composed = composer.compose(a_sheet(blocks=blocks))
        page = page_texts(composed.pdf)[composed.anchor.page]
        assert "diucapkan terima kasih" in page
        assert "NIP 19700312 199503 2 901" in page


@pytest.mark.parametrize(("paper", "size"), [("A4", (595.3, 841.9)), ("F4", (609.4, 935.4))])
def test_the_paper_is_exact(composer: Composer, paper: Any, size: tuple[float, float]) -> None:
    sizes = page_sizes(composer.compose(a_sheet(paper=paper)).pdf)

    assert sizes[0] == pytest.approx(size, abs=0.2)


@pytest.mark.parametrize(("font", "family"), [("arial", "LiberationSans"), ("bookman", "Bonum")])
def test_all_typefaces_are_embedded(composer: Composer, font: Any, family: str) -> None:
    pdf = composer.compose(a_sheet(font=font)).pdf

    names = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
                assert {"/FontFile2", "/FontFile3"} & set(one.keys())
                names.append(str(one["/FontName"]))
    assert any(family in name for name in names)


def test_the_pdf_declares_an_archive_that_can_be_read_aloud(composer: Composer) -> None:
    with pikepdf.open(io.BytesIO(composer.compose(a_sheet()).pdf)) as document:
        metadata = document.open_metadata()

        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "id"
        assert "/OutputIntents" in document.Root
        assert "/Encrypt" not in document.trailer


def test_the_same_letter_has_the_same_bytes_in_another_process(composer: Composer) -> None:
    program = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:3]\n"
        "from sheets_for_tests import a_sheet\n"
        "from handlers.composing import Composer, WheelConverter\n"
        "print(hashlib.sha256(Composer(WheelConverter()).compose(a_sheet()).pdf).hexdigest())\n"
    )
    tests = Path(__file__).parents[3]
    there = subprocess.run(
        [sys.executable, "-c", program, str(tests), str(tests.parent)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.strip()

    here = hashlib.sha256(composer.compose(a_sheet()).pdf).hexdigest()

    assert there == here
    assert hashlib.sha256(composer.compose(replace(a_sheet(), version=2)).pdf).hexdigest() == here


def test_text_is_never_taken_for_typst(composer: Composer) -> None:
    hostile = '#read("/etc/passwd") #include "x.typ" $x$ *tebal* @x <b> \\ // /* [ {{7*7}} ${hal}'

    text = text_of(
        composer,
        a_task_letter(
            opening=hostile,
            blocks=(
                {"type": "paragraph", "text": hostile},
                {"type": "list", "style": "1", "items": [hostile]},
                {"type": "table", "columns": [hostile], "rows": [[hostile, hostile], []]},
            ),
        ),
    )

    assert "root:" not in text
    assert text.count("*tebal*") == 6
    assert text.count("{{7*7}}") == 6


def test_marks_that_reverse_or_control_the_text_are_left_out(composer: Composer) -> None:
    text = text_of(composer, a_sheet(opening="Bayar \u202e001\u202c \x07 rupiah"))

    assert "Bayar 001 rupiah" in text


def test_a_sign_that_the_typeface_lacks_is_refused_by_name(composer: Composer) -> None:
    with pytest.raises(CompositionRefused, match="“😀”"):
        composer.compose(a_sheet(opening="Salam 😀"))


def test_an_emblem_that_is_no_picture_is_refused(composer: Composer) -> None:
    with pytest.raises(CompositionRefused, match="Lambang"):
        composer.compose(a_sheet(letterhead=letterhead(emblem=b"bukan gambar")))


def test_a_letter_without_an_emblem_is_composed(composer: Composer) -> None:
    assert "WANAJAYA" in text_of(composer, a_sheet(letterhead=letterhead(emblem=None)))


def test_a_word_without_end_stays_on_the_paper(composer: Composer) -> None:
    blocks = ({"type": "table", "columns": ["a", "b"], "rows": [["x" * 400, "akhir"]]},)

    pdf = composer.compose(a_sheet(blocks=blocks, opening="y" * 500)).pdf

    text = "".join(page_texts(pdf))  # only what lies on the paper
    assert text.count("x") >= 400
    assert text.count("y") >= 500
    assert "akhir" in text


def test_a_page_becomes_a_picture(composer: Composer) -> None:
    pdf = composer.compose(a_sheet()).pdf

    assert page_png(pdf, 0, 40).startswith(b"\x89PNG")
    with pytest.raises(IndexError):
        page_png(pdf, 1)


def test_the_anchor_is_plain_json(composer: Composer) -> None:
    anchor = composer.compose(a_sheet()).anchor.as_json()

    assert set(json.loads(json.dumps(anchor))) == {"page", "x0", "y0", "x1", "y1"}


def test_many_threads_may_compose_at_once(composer: Composer) -> None:
    sheets = [a_sheet(subject=f"Surat nomor urut {number % 3}") for number in range(12)]

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda sheet: composer.compose(sheet).pdf, sheets))

    assert len(set(made)) == 3
    for sheet, pdf in zip(sheets, made, strict=True):
        assert sheet.subject.split()[-1] in page_texts(pdf)[0]
        assert composer.compose(sheet).pdf == pdf
