"""The typefaces that travel with the product, so that every machine prints the same letter."""

from __future__ import annotations

from pathlib import Path

#: The folder of the font files; their licences lie beside them.
FOLDER = Path(__file__).with_name("fonts")

#: The typeface an office asks for, and the free one with the same widths that we print with.
TYPEFACES = {"arial": "Liberation Sans", "bookman": "Alur Bonum"}

#: Names that Word files carry, and what stands in for them; the widths agree unless noted.
SUBSTITUTES = {
    "Arial": "Liberation Sans",
    "Arial MT": "Liberation Sans",
    "Helvetica": "Liberation Sans",
    "Times New Roman": "Liberation Serif",
    "Times": "Liberation Serif",
    "Courier New": "Liberation Mono",
    "Calibri": "Carlito",
    "Calibri Light": "Carlito",
    "Cambria": "Caladea",
    "Bookman Old Style": "Alur Bonum",
    "Bookman": "Alur Bonum",
    "TeX Gyre Bonum": "Alur Bonum",
    # only similar: without these, converters fall back to a much wider face
    "Tahoma": "Liberation Sans",
    "Verdana": "Liberation Sans",
    "Segoe UI": "Liberation Sans",
    "Century Gothic": "Liberation Sans",
    "Book Antiqua": "Liberation Serif",
    "Garamond": "Liberation Serif",
}
