"""Composes a letter that was written in Word: guard, fill, convert, settle, and check."""

from __future__ import annotations

import re

from handlers.composing.anchoring import find_place
from handlers.composing.composed import ComposedPdf, CompositionRefused, DocxRefused
from handlers.composing.conservation import missing_words
from handlers.composing.conversion import DocxConverter
from handlers.composing.docx_filling import fill_docx
from handlers.composing.docx_guard import guard_docx
from handlers.composing.pdf_pages import PdfUnreadable, page_texts
from handlers.composing.settling import Settler
from handlers.letters import LetterSheet

#: The note that only a letter signed by the certified authority may carry.
_CERTIFIED_NOTE = re.compile(
    r"ditandatangani\s+secara\s+elektronik\s+menggunakan\s+sertifikat\s+elektronik\s+yang\s+"
    r"diterbitkan",
    re.IGNORECASE,
)
_SHOWN_WORDS = 12
_MAX_PAGES = 200


class WordLetters:
    """Turns uploaded Word files into letters."""

    def __init__(self, converter: DocxConverter) -> None:
        self._converter = converter
        self._settler = Settler()

    def compose(self, sheet: LetterSheet, docx: bytes) -> ComposedPdf:
        """Return the letter as PDF. Raises ``CompositionRefused``."""
        try:
            filled = fill_docx(guard_docx(docx).data, sheet)
        except DocxRefused as problem:
            raise CompositionRefused(str(problem)) from problem
        converted = self._converter.convert(filled)
        try:
            texts = page_texts(converted)
        except PdfUnreadable as problem:
            raise CompositionRefused from problem
        _check_text(filled, texts, sheet)
        pdf = self._settler.settle(converted, sheet)
        return ComposedPdf(pdf, len(texts), find_place(converted), self._converter.name)


def _check_text(docx: bytes, texts: list[str], sheet: LetterSheet) -> None:
    if len(texts) > _MAX_PAGES:
        raise CompositionRefused(f"Surat ini lebih dari {_MAX_PAGES} halaman.")
    lost = missing_words(docx, "\n".join(texts))
    if lost:
        words = list(lost)
        more = f" dan {len(words) - _SHOWN_WORDS} kata lain" if len(words) > _SHOWN_WORDS else ""
        shown = ", ".join(f"“{word}”" for word in words[:_SHOWN_WORDS])
        raise CompositionRefused(
            f"Kata berikut hilang saat diubah menjadi PDF: {shown}{more}. Pindahkan teks dari "
            "kotak teks ke paragraf biasa, lalu unggah kembali.",
            lost=lost,
        )
    simulated = sheet.simulated or sheet.signing.simulated
    if simulated and _CERTIFIED_NOTE.search(" ".join(texts)):
        raise CompositionRefused(
            "Surat memuat catatan sertifikat BSrE, padahal tanda tangannya hanya simulasi. Hapus "
            "catatan itu dari berkas .docx."
        )
