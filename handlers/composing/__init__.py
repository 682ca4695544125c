"""The front door of composing: letters become PDF."""

from handlers.composing.composed import (
    Anchor,
    ComposedPdf,
    CompositionRefused,
    DocxRefused,
    UploadRefused,
)
from handlers.composing.composer import Composer
from handlers.composing.conversion import DocxConverter, LibreOffice, WheelConverter, find_converter
from handlers.composing.docx_guard import GuardedDocx, guard_docx
from handlers.composing.pdf_pages import PdfUnreadable, count_pages, page_png, page_texts
from handlers.composing.placeholders import KNOWN as KNOWN_PLACEHOLDERS
from handlers.composing.steps import (
    ComposeLetter,
    DocumentRecorder,
    LetterReader,
    LetterToCompose,
)
from handlers.composing.uploads import MAX_UPLOAD, MEDIA_TYPES, UploadKind, check_upload
from handlers.composing.word_export import letter_docx

__all__ = [
    "KNOWN_PLACEHOLDERS",
    "MAX_UPLOAD",
    "MEDIA_TYPES",
    "Anchor",
    "ComposeLetter",
    "ComposedPdf",
    "Composer",
    "CompositionRefused",
    "DocumentRecorder",
    "DocxConverter",
    "DocxRefused",
    "GuardedDocx",
    "LetterReader",
    "LetterToCompose",
    "LibreOffice",
    "PdfUnreadable",
    "UploadKind",
    "UploadRefused",
    "WheelConverter",
    "check_upload",
    "count_pages",
    "find_converter",
    "guard_docx",
    "letter_docx",
    "page_png",
    "page_texts",
]
