"""The front door of the letters: what neighbours may use of them."""

from handlers.letters.sheet import Block, Letterhead, LetterSheet, Shape, SigningBlock

__all__ = ["Block", "LetterSheet", "Letterhead", "Shape", "SigningBlock"]
