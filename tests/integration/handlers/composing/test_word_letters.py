"""Letters written in Word become PDF through both converters."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from docx.shared import Mm
from docx_for_tests import BODY, a_letter, body, cleaned_files, patched, word_document
from sheets_for_tests import a_sheet, emblem_png, every_kind

from handlers.composing import (
    Composer,
    CompositionRefused,
    DocxConverter,
    LibreOffice,
    WheelConverter,
    find_converter,
    guard_docx,
    letter_docx,
    page_texts,
)
from handlers.composing.docx_filling import fill_docx
from handlers.composing.pdf_pages import page_sizes, text_inside
from handlers.letters import LetterSheet


def libreoffice() -> DocxConverter:
    converter = find_converter()
    if converter.name != "libreoffice":
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing")
        pytest.skip("LibreOffice is not installed")
    return converter


@pytest.fixture(scope="module", params=["libreoffice", "word2pdf"])
def composer(request: pytest.FixtureRequest) -> Composer:
    return Composer(libreoffice() if request.param == "libreoffice" else WheelConverter())


class Fixed:
    """A converter that always gives the same PDF."""

    name = "fixed"

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf

    def convert(self, docx: bytes) -> bytes:
        return self.pdf


def test_an_uploaded_letter_is_filled_converted_and_anchored(composer: Composer) -> None:
    composed = composer.compose(a_sheet(), a_letter())

    text = page_texts(composed.pdf)[0]
    assert "Nomor : 500.16.7.2/41/DPMPTSP/2026 tanggal 3 Februari 2026" in text
    assert "SIMULASI" in text
    assert "KONSEP" not in text
    assert text_inside(composed.pdf, composed.anchor) == ""
    width, height = page_sizes(composed.pdf)[0]
    assert 0 < composed.anchor.x0 < composed.anchor.x1 < width
    assert 0 < composed.anchor.y0 < composed.anchor.y1 < height
    assert composed.anchor.x1 - composed.anchor.x0 == pytest.approx(187, abs=2)


def test_the_same_letter_gives_the_same_bytes(composer: Composer) -> None:
    once = hashlib.sha256(composer.compose(a_sheet(), a_letter()).pdf)

    time.sleep(1.1)  # dates in the file count seconds
    again = hashlib.sha256(composer.compose(a_sheet(), a_letter()).pdf)

    assert once.digest() == again.digest()


def test_a_draft_and_a_secret_letter_carry_their_marks(composer: Composer) -> None:
    sheet = a_sheet(sifat_label="Rahasia", number=None)

    text = page_texts(composer.preview(sheet, a_letter()).pdf)[0]

    assert "KONSEP" in text
    assert "RAHASIA" in text
    assert "(nomor menyusul)" in text


@pytest.mark.parametrize("sheet", every_kind(), ids=lambda sheet: sheet.kind)
def test_a_typed_letter_downloaded_for_word_comes_back_whole(
    composer: Composer, sheet: LetterSheet
) -> None:
    docx = guard_docx(letter_docx(sheet, srikandi=True)).data

    composed = composer.compose(replace(sheet, paper="F4"), docx)

    assert sheet.signing.name.split()[-1] in page_texts(composed.pdf)[composed.anchor.page]


def test_typefaces_are_embedded(composer: Composer) -> None:
    with pikepdf.open(io.BytesIO(composer.compose(a_sheet(), a_letter()).pdf)) as document:
        descriptors = [
            one
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


def test_libreoffice_declares_an_archive() -> None:
    pdf = Composer(libreoffice()).compose(a_sheet(), a_letter()).pdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")


def test_a_letter_that_lost_a_word_is_refused_by_name() -> None:
    shorter = WheelConverter().convert(word_document("Nomor 500.16.7.2/41/DPMPTSP/2026"))

    with pytest.raises(CompositionRefused, match="“undangan”"):
        Composer(Fixed(shorter)).compose(a_sheet(), a_letter())


def test_a_text_box_that_a_converter_drops_is_a_refusal() -> None:
    box = (
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml' style='position:"
        "absolute;width:200pt;height:40pt'><v:textbox><w:txbxContent><w:p><w:r><w:t>kotakhilang"
        "</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    without = WheelConverter().convert(fill_docx(a_letter(), a_sheet()))

    with pytest.raises(CompositionRefused, match="“kotakhilang”"):
        Composer(Fixed(without)).compose(a_sheet(), patched({BODY: body(box)}))


def test_the_note_of_the_certified_authority_is_refused_on_a_simulation() -> None:
    note = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik "
        "yang diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE)."
    )
    docx = word_document("${nomor_naskah}", "${ttd_pengirim}", note)
    composer = Composer(WheelConverter())

    with pytest.raises(CompositionRefused, match="BSrE"):
        composer.compose(a_sheet(), docx)


def test_a_signature_in_a_cell_too_narrow_for_it_is_refused(composer: Composer) -> None:
    def narrow(document: Any) -> None:
        section = document.sections[0]
        section.left_margin = section.page_width - Mm(30)
        section.right_margin = Mm(5)

    docx = word_document("${nomor_naskah}", "${ttd_pengirim}", write=narrow)

    with pytest.raises(CompositionRefused):
        composer.compose(a_sheet(), docx)


def test_a_letter_that_takes_too_long_is_refused_and_leaves_no_process() -> None:
    with pytest.raises(CompositionRefused, match="tidak selesai"):
        WheelConverter(seconds=0.05).convert(a_letter())


def test_libreoffice_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    slow = tmp_path / "soffice"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 600 & wait\n")
    slow.chmod(0o755)

    with pytest.raises(CompositionRefused, match="tidak selesai"):
        LibreOffice(str(slow), seconds=1).convert(a_letter())

    pid = int((tmp_path / "pid").read_text())
    assert not _is_running(pid)


def test_libreoffice_that_makes_nothing_is_a_refusal(tmp_path: Path) -> None:
    program = shutil.which("true")
    assert program is not None

    with pytest.raises(CompositionRefused, match="simpan ulang"):
        LibreOffice(program).convert(a_letter())


def test_a_broken_child_is_a_refusal() -> None:
    with pytest.raises(CompositionRefused, match="simpan ulang"):
        WheelConverter().convert(b"bukan docx")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that remembers who called."""
    calls: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_POST = do_GET  # noqa: N815 -- names of the library

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_no_hostile_letter_calls_out_or_shows_a_local_file(
    composer: Composer, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, calls = listener
    secret = tmp_path / "rahasia.png"
    secret.write_bytes(emblem_png())

    for name, data in cleaned_files(url, secret.as_uri()).items():
        try:
            composed = composer.compose(a_sheet(), data)
        except CompositionRefused:
            continue
        with pikepdf.open(io.BytesIO(composed.pdf)) as document:
            sizes = [
                (int(one.Width), int(one.Height))
                for one in document.objects
                if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
            ]
        assert (200, 230) not in sizes, name
        assert "undangan rapat" in page_texts(composed.pdf)[0], name
    assert calls == []


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.is_file() or state.read_text().split()[2] != "Z"
