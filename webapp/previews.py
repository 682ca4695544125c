"""The previews: a letter as PDF before it is composed for good, and pictures of its pages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from engine import canonical_json, sha256_of
from handlers.composing import ComposedPdf, count_pages, page_png
from handlers.letters import LetterSheet

#: Sharp enough to read on a phone and a desk, light enough to load at once.
DPI = 110
MOST_FILES = 400


class Composes(Protocol):
    """Turns a sheet into a PDF."""

    def compose(self, sheet: LetterSheet, docx: bytes | None = None) -> ComposedPdf: ...


class Previews:
    """Draws what is looked at, and keeps the last few drawings in a folder."""

    def __init__(self, folder: Path, composer: Composes) -> None:
        self._folder = folder
        self._composer = composer

    def of_sheet(self, sheet: LetterSheet, docx: bytes | None = None) -> bytes:
        """
        Return the letter as PDF; the same letter gives the same bytes.

        Raises ``CompositionRefused`` with a sentence for the drafter.
        """
        drawn = sha256_of(canonical_json(sheet.as_json()))
        name = f"{drawn}-{sha256_of(docx)[:16] if docx else 'typed'}.pdf"
        return self._kept(name, lambda: self._composer.compose(sheet, docx).pdf)

    def page(self, pdf: bytes, page: int) -> bytes:
        """Return a picture of the page, counted from 1, as PNG."""
        name = f"{sha256_of(pdf)}-{page}.png"
        return self._kept(name, lambda: page_png(pdf, page - 1, DPI))

    def pages(self, pdf: bytes) -> int:
        """Return how many pages the PDF has; 0 when it cannot be read."""
        try:
            return count_pages(pdf)
        except ValueError:
            return 0

    def _kept(self, name: str, draw: Callable[[], bytes]) -> bytes:
        file = self._folder / name
        try:
            found = file.read_bytes()
        except FileNotFoundError:
            found = draw()
            self._keep(file, found)
        return found

    def _keep(self, file: Path, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as fresh:
            fresh.write(data)
        Path(draft).replace(file)  # whole or not at all: a neighbour may read at this moment
        self._clear()

    def _clear(self) -> None:
        files = [each for each in self._folder.iterdir() if each.is_file()]
        for each in sorted(files, key=_age)[: max(len(files) - MOST_FILES, 0)]:
            each.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
