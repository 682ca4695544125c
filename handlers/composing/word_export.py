"""A typed letter as a Word file, for those who go on in Word or in SRIKANDI."""

from __future__ import annotations

from handlers.letters import LetterSheet


def letter_docx(sheet: LetterSheet, srikandi: bool = False) -> bytes:
    """Return the typed letter as .docx; the same letter gives the same bytes.

    With ``srikandi`` number, date, signer and signature are the tokens ``${...}`` that SRIKANDI
    fills. Such a file may also be uploaded here again.
    """
    from handlers.composing.word_writing import WordLetter

    return WordLetter(sheet, srikandi).build()
