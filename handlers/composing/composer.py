"""Composes letters: from the typed sheet, or from an uploaded Word file."""

from __future__ import annotations

from dataclasses import replace

from handlers.composing.composed import ComposedPdf
from handlers.composing.conversion import DocxConverter, find_converter
from handlers.composing.typesetting import Typesetter
from handlers.composing.word_letters import WordLetters
from handlers.letters import LetterSheet


class Composer:
    """Turns a letter into the PDF that is read, approved and signed. Serves all threads."""

    def __init__(self, converter: DocxConverter | None = None) -> None:
        self._typesetter = Typesetter()
        self._word_letters = WordLetters(converter or find_converter())

    def compose(self, sheet: LetterSheet, docx: bytes | None = None) -> ComposedPdf:
        """Return the letter as PDF; the same letter gives the same bytes.

        With ``docx``, the text is that of the uploaded file; it is guarded once more. Raises
        ``CompositionRefused`` with a sentence for the drafter.
        """
        if docx is None:
            return self._typesetter.typeset(sheet)
        return self._word_letters.compose(sheet, docx)

    def preview(self, sheet: LetterSheet, docx: bytes | None = None) -> ComposedPdf:
        """Return the letter as it would be printed, with the mark of a draft."""
        return self.compose(replace(sheet, final=False), docx)
