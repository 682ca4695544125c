"""Text conservation: every word of the Word file must stand in the PDF.

Catches hidden paragraphs, lost text boxes and other losses that converters do not report.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from handlers.composing.word_package import main_part, parse, read_parts, w

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ELSEWHERE = frozenset({w("p"), w("del"), w("instrText"), w("txbxContent")})
_SPACES = frozenset({w("tab"), w("br"), w("cr")})


def missing_words(docx: bytes, pdf_text: str) -> dict[str, int]:
    """Return the words of the body that the PDF lacks, and how often; empty: all arrived."""
    expected = Counter(_words(_body_text(docx)))
    lost = expected - Counter(_words(pdf_text))
    if not lost:
        return {}
    # a word may be broken over two lines or cells: look again with all white space removed
    text = _normal(pdf_text)
    flat = re.sub(r"\s+", "", text)
    unbroken = re.sub(r"[\s\u00ad\u2010-]+", "", text)
    return {
        word: count
        for word, count in lost.items()
        if expected[word] > max(flat.count(word), unbroken.count(word))
    }


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _normal(text))


def _normal(text: str) -> str:
    """Capitals may come from a style, ligatures from a font: neither is another word."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\u00ad\u200b-\u200d\u2060\ufeff]", "", plain).casefold()


def _body_text(docx: bytes) -> str:
    parts = read_parts(docx)
    root = parse(parts[main_part(parts)])
    for double in list(root.iter(_FALLBACK)):  # the same text box a second time
        parent = double.getparent()
        if parent is not None:
            parent.remove(double)
    return " ".join("".join(_own_text(paragraph)) for paragraph in root.iter(w("p")))


def _own_text(node: etree._Element) -> Iterator[str]:
    """The text of one paragraph; those of text boxes in it are visited on their own."""
    for child in node:
        if child.tag in _ELSEWHERE:
            continue
        if child.tag == w("t"):
            yield "" if _is_hidden(child) else child.text or ""
        elif child.tag in _SPACES:
            yield " "
        elif child.tag == w("noBreakHyphen"):
            yield "-"
        else:
            yield from _own_text(child)


def _is_hidden(text: etree._Element) -> bool:
    run = text.getparent()
    return run is not None and run.find(f"{w('rPr')}/{w('vanish')}") is not None
