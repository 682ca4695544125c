"""Composes letters: from the typed sheet, or from an uploaded Word file."""

from __future__ import annotations

from handlers.composing.composed import ComposedPdf, CompositionRefused
from handlers.composing.typesetting import Typesetter
from handlers.letters import LetterSheet


class Composer:
    """Turns a letter into the PDF that is read, approved and signed."""

    def __init__(self) -> None:
        self._typesetter = Typesetter()

    def compose(self, sheet: LetterSheet, docx: bytes | None = None) -> ComposedPdf:
        """Return the letter as PDF; the same letter gives the same bytes.

        Raises ``CompositionRefused`` with a sentence for the drafter.
        """
        if docx is not None:
            raise CompositionRefused
        return self._typesetter.typeset(sheet)
