"""The front door of composing: letters become PDF."""

from handlers.composing.composed import (
    Anchor,
    ComposedPdf,
    CompositionRefused,
    DocxRefused,
    UploadRefused,
)
from handlers.composing.composer import Composer

__all__ = [
    "Anchor",
    "ComposedPdf",
    "Composer",
    "CompositionRefused",
    "DocxRefused",
    "UploadRefused",
]
