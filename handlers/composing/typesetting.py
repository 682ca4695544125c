"""Typesets a typed letter with Typst: PDF/A-2a, tagged, and the same bytes for the same letter."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import typst

from handlers.composing.composed import Anchor, ComposedPdf, CompositionRefused
from handlers.composing.pdf_pages import count_pages
from handlers.composing.printed_letter import ANCHOR_MM, PAPER_MM, letter_json
from handlers.composing.typefaces import FOLDER
from handlers.letters import LetterSheet

_TEMPLATE = Path(__file__).with_name("templates") / "letter.typ"
_POINT = 72 / 25.4
#: A date of our own would change the bytes; the letter's date is printed on it and signed with it.
_TIMESTAMP = 946684800


class Typesetter:
    """Sets typed letters. Keeps the loaded fonts; one object serves all threads."""

    def __init__(self) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)]
        )

    def typeset(self, sheet: LetterSheet) -> ComposedPdf:
        """Return the letter as PDF. Raises ``CompositionRefused``."""
        compiler = typst.Compiler(
            str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=self._fonts
        )
        inputs = {"letter": letter_json(sheet)}
        try:
            pdf = compiler.compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=["a-2a", "ua-1"],
                timestamp=_TIMESTAMP,
            )
            place = json.loads(compiler.eval("query(<anchor>).map(x => x.location().position())"))
        except typst.TypstError as problem:
            raise CompositionRefused(_sentence(problem.message), cause=problem.message) from problem
        if not isinstance(pdf, bytes) or len(place) != 1:
            raise CompositionRefused("Surat tidak memuat satu blok tanda tangan.")
        return ComposedPdf(pdf, count_pages(pdf), _anchor(place[0], sheet), "typst")


def _sentence(cause: str) -> str:
    """Say what the drafter can change; PDF/A allows no sign that the typeface cannot draw."""
    if missing := re.search(r'the text `"(.+?)"` could not be displayed', cause):
        return (
            f"Tanda “{missing[1]}” tidak ada pada huruf surat; hapus atau ganti tanda itu, atau "
            "susun surat ini sebagai berkas .docx."
        )
    if "image" in cause:
        return "Lambang pada kop surat tidak dapat dibaca; gunakan gambar PNG atau JPG."
    return "Surat tidak dapat disusun menjadi PDF; periksa isi surat."


def _anchor(place: dict[str, Any], sheet: LetterSheet) -> Anchor:
    """Typst counts from the top left of the page, PDF from the bottom left."""
    x, top = (float(str(place[key]).removesuffix("pt")) for key in ("x", "y"))
    width, height = (side * _POINT for side in ANCHOR_MM)
    upper = PAPER_MM[sheet.paper][1] * _POINT - top
    box = (x, upper - height, x + width, upper)
    return Anchor(int(place["page"]) - 1, *(round(side, 2) for side in box))
