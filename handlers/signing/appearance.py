"""The visible block: who signed, and the QR code that leads to the record of the letter."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font import FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import QRPosition, QRStampStyle

HEADING = "Ditandatangani secara elektronik oleh:"
_FONT = Path(__file__).with_name("fonts") / "NotoSans-Latin.ttf"
_SIZE = 8  # the font factory and the style must agree, or the lines drift apart


@dataclass(frozen=True)
class _Font(FontEngineFactory):
    """Embeds the glyphs that are used; pyHanko's own factory leaves the font file open."""

    data: bytes

    def create_font_engine(
        self, writer: BasePdfFileWriter, obj_stream: Any = None
    ) -> GlyphAccumulator:
        if obj_stream is None and writer.stream_xrefs:
            obj_stream = writer.prepare_object_stream()  # type: ignore[no-untyped-call]
        return GlyphAccumulator(
            writer, io.BytesIO(self.data), font_size=_SIZE, obj_stream=obj_stream
        )


class VisibleBlock:
    """Draws the block of one signature.

    The font is shipped with the product and has 1000 units per em: pyHanko writes the widths of
    any other font wrongly, and its default font is not embedded.
    """

    def __init__(self) -> None:
        self._font = _Font(_FONT.read_bytes())
        with TTFont(io.BytesIO(self._font.data)) as font:
            self._widths: dict[int, int] = {
                code: font["hmtx"][glyph][0] for code, glyph in font.getBestCmap().items()
            }

    def style(self, width: float, height: float) -> QRStampStyle:
        """Return the style for a block of this size in points."""
        side = max(24, min(height - 4, width / 3))
        scaling = SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN,
            y_align=AxisAlignment.ALIGN_MID,
            margins=Margins(1, 1, 1, 1),
            inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
        )
        return QRStampStyle(
            border_width=0,
            qr_position=QRPosition.LEFT_OF_TEXT,
            qr_inner_size=int(side),
            innsep=5,
            stamp_text="%(block)s",
            inner_content_layout=scaling,
            text_box_style=TextBoxStyle(
                font=self._font,
                font_size=_SIZE,
                leading=_SIZE + 2,
            ),
            background_opacity=1,
        )

    def text(self, lines: Iterable[str], mark: str, width: float, height: float) -> str:
        """Return the block's text, wrapped to what stands beside the QR code."""
        side = max(24, min(height - 4, width / 3))
        room = max(60.0, width - side - 8)
        wanted = [HEADING, *lines, *([mark] if mark else [])]
        return "\n".join(part for line in wanted for part in self._wrapped(line, room))

    def _wrapped(self, line: str, room: float) -> list[str]:
        parts: list[str] = []
        for word in self._drawable(line).split():
            longer = f"{parts[-1]} {word}" if parts else word
            if parts and self._length(longer) <= room:
                parts[-1] = longer
            else:
                parts.append(word)
        return parts

    def _drawable(self, line: str) -> str:
        return "".join(sign if ord(sign) in self._widths else "?" for sign in line)

    def _length(self, text: str) -> float:
        return sum(self._widths[ord(sign)] for sign in text) * _SIZE / 1000
