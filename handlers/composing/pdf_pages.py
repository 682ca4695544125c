"""What is on the pages of a PDF, read with pdfium: their text, their pictures, their look."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from handlers.composing.composed import Anchor

#: pdfium keeps state for the whole process and is not safe for threads: one reader at a time.
_ONE_READER = threading.Lock()

_MAX_DPI = 300
#: A page may call itself 200 metres wide; its picture would fill the memory of the server.
_MOST_PIXELS = 12_000_000


class PdfUnreadable(ValueError):
    """The file is not a PDF that can be read."""


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    import pypdfium2

    with _ONE_READER:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as problem:
            raise PdfUnreadable(PdfUnreadable.__doc__) from problem
        try:
            yield document
        finally:
            document.close()


def count_pages(pdf: bytes) -> int:
    """Return how many pages the PDF has. Raises ``PdfUnreadable``."""
    with _opened(pdf) as document:
        return len(document)


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page. Raises ``PdfUnreadable``."""
    with _opened(pdf) as document:
        return [str(page.get_textpage().get_text_bounded()) for page in document]


def page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Return width and height of each page in points. Raises ``PdfUnreadable``."""
    with _opened(pdf) as document:
        return [page.get_size() for page in document]


def page_png(pdf: bytes, page: int, dpi: int = 110) -> bytes:
    """Return the picture of a page, counted from 0: the very file that is signed.

    Raises ``PdfUnreadable``, and ``IndexError`` when there is no such page.
    """
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise IndexError(f"There is no page {page}.")
        document.init_forms()  # otherwise the fields of signatures are not drawn
        leaf = document[page]
        drawn = leaf.render(scale=_scale(leaf.get_size(), dpi), may_draw_forms=True)
        picture = drawn.to_pil()
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=4)
    return file.getvalue()


def _scale(size: tuple[float, float], dpi: int) -> float:
    """Return how many pixels a point of the page becomes, fewer on a page that is too large."""
    wanted: float = min(dpi, _MAX_DPI) / 72
    pixels = size[0] * size[1] * wanted**2
    return wanted if pixels <= _MOST_PIXELS else wanted * (_MOST_PIXELS / pixels) ** 0.5


def pictures_of_size(pdf: bytes, pixels: tuple[int, int]) -> list[Anchor]:
    """Return the places of all pictures that have exactly this many pixels."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    found = []
    with _opened(pdf) as document:
        for number, page in enumerate(document):
            for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
                if tuple(picture.get_px_size()) == pixels:
                    box = (round(side, 2) for side in picture.get_bounds())
                    found.append(Anchor(number, *box))
    return found


def text_inside(pdf: bytes, place: Anchor) -> str:
    """Return the text that stands in this place of the page."""
    with _opened(pdf) as document:
        layer = document[place.page].get_textpage()
        box = {"left": place.x0, "bottom": place.y0, "right": place.x1, "top": place.y1}
        return str(layer.get_text_bounded(**box)).strip()
