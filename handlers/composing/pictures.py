"""Pictures of the pages of a PDF: the preview shows the very file that is signed."""

from __future__ import annotations

import threading

import pypdfium2

#: pdfium is not safe for threads: one page at a time in this process.
_PDFIUM = threading.Lock()


def count_pages(pdf: bytes) -> int:
    """Return how many pages the PDF has. Raises ``ValueError`` when it cannot be read."""
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as problem:
            raise ValueError("Not a PDF that can be read.") from problem
        try:
            return len(document)
        finally:
            document.close()
