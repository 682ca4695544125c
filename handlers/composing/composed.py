"""What composing yields and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.errors import LetterError


class CompositionRefused(LetterError):
    """Surat tidak dapat disusun menjadi PDF."""


class UploadRefused(LetterError):
    """Berkas ini tidak dapat diterima."""


class DocxRefused(UploadRefused):
    """Berkas .docx ini tidak dapat diterima."""


@dataclass(frozen=True)
class Anchor:
    """The place of the visible signature, in points from the bottom left of the page."""

    page: int  #: from 0
    x0: float
    y0: float
    x1: float
    y1: float

    def as_json(self) -> dict[str, float]:
        """Return the place as JSON types."""
        return {"page": self.page, "x0": self.x0, "y0": self.y0, "x1": self.x1, "y1": self.y1}


@dataclass(frozen=True)
class ComposedPdf:
    """A letter as it will be signed: byte for byte what the signer sees."""

    pdf: bytes
    pages: int
    anchor: Anchor
    producer: str  #: "typst", "libreoffice" or "word2pdf"
