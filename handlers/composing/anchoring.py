"""Finds the place of the visible signature in a converted letter, and refuses a bad one."""

from __future__ import annotations

from handlers.composing.composed import Anchor, CompositionRefused
from handlers.composing.docx_filling import ANCHOR_PIXELS, DOCX_ANCHOR_MM
from handlers.composing.pdf_pages import page_sizes, pictures_of_size, text_inside

_POINT = 72 / 25.4
_LEAST = 0.8  #: of the wanted width and height; a smaller block is not legible


def find_place(pdf: bytes) -> Anchor:
    """Return where the white picture lies. Raises ``CompositionRefused`` with what to do."""
    found = pictures_of_size(pdf, ANCHOR_PIXELS)
    if len(found) != 1:
        raise CompositionRefused(
            "Tempat tanda tangan (${ttd_pengirim}) tidak ditemukan pada hasil PDF; letakkan "
            "penandanya pada paragraf biasa."
        )
    place = found[0]
    width, height = page_sizes(pdf)[place.page]
    wanted = [side * _POINT for side in DOCX_ANCHOR_MM]
    inside = place.x0 >= 0 and place.y0 >= 0 and place.x1 <= width + 1 and place.y1 <= height + 1
    large = place.x1 - place.x0 >= wanted[0] * _LEAST and place.y1 - place.y0 >= wanted[1] * _LEAST
    if not (inside and large):
        raise CompositionRefused(
            "Tempat tanda tangan terpotong: sediakan ruang selebar "
            f"{DOCX_ANCHOR_MM[0] / 10:.1f} cm di sekitar ${{ttd_pengirim}}.".replace(".", ",", 1)
        )
    if text_inside(pdf, _shrunk(place)):
        raise CompositionRefused(
            "Tempat tanda tangan bertumpuk dengan tulisan; gunakan spasi baris tunggal pada "
            "paragraf ${ttd_pengirim}."
        )
    return place


def _shrunk(place: Anchor) -> Anchor:
    """The neighbour's descenders may touch the edge."""
    edge = 3.0
    return Anchor(place.page, place.x0 + edge, place.y0 + edge, place.x1 - edge, place.y1 - edge)
