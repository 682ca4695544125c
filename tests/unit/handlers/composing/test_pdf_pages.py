"""Pictures of pages, also of those that mean harm."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from handlers.composing import page_png

A4 = (595, 842)


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 2_000), (3, 14_400)])
def test_a_page_as_large_as_a_house_becomes_an_ordinary_picture(size: tuple[int, int]) -> None:
    width, height = drawn(size, 300)

    assert width * height < 13_000_000
    assert width / height == pytest.approx(size[0] / size[1], rel=0.1)


def test_an_ordinary_page_is_drawn_as_sharp_as_asked() -> None:
    assert drawn(A4, 300) == (2480, 3509)


def drawn(size: tuple[int, int], dpi: int) -> tuple[int, int]:
    file = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=size)
        document.save(file)
    return Image.open(io.BytesIO(page_png(file.getvalue(), 0, dpi))).size
