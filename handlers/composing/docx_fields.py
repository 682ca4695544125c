"""Turns Word's fields into the text they show; only harmless ones stay alive."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from handlers.composing.word_package import remove, w

_ALIVE = frozenset(
    {
        *("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "PAGEREF", "REF", "TOC", "SEQ"),
        *("STYLEREF", "NOTEREF", "HYPERLINK"),
    }
)
_STRANGE_ADDRESS = re.compile(r'"(?!https?:|mailto:|#)[^"]*(:|\\\\)', re.IGNORECASE)


@dataclass
class _Field:
    """A complex field that has begun and not ended yet."""

    code: str = ""
    in_code: bool = True  #: before the separator
    marks: list[etree._Element] = field(default_factory=list)


def flatten_fields(root: etree._Element) -> set[str]:
    """Replace fields by their stored result; return notes for the uploader.

    LibreOffice hides a paragraph whose only merge field is empty, so this also saves text.
    """
    notes = {_note(node) for node in list(root.iter(w("fldSimple"))) if _flatten_simple(node)}
    open_fields: list[_Field] = []
    for node in list(root.iter(w("fldChar"), w("instrText"))):
        kind = node.get(w("fldCharType"))
        if kind == "begin":
            open_fields.append(_Field(marks=[node]))
        elif not open_fields:
            continue
        elif kind == "end":
            ended = open_fields.pop()
            if not _stays(ended.code):
                for mark in [*ended.marks, node]:
                    remove(mark)
                notes.add(_sentence(ended.code))
        else:
            _go_on(open_fields[-1], node, kind)
    for never_ended in open_fields:
        for mark in never_ended.marks:
            remove(mark)
        notes.add(_sentence(never_ended.code))
    return notes


def _go_on(current: _Field, node: etree._Element, kind: str | None) -> None:
    current.marks.append(node)
    if kind == "separate":
        current.in_code = False
    elif node.tag == w("instrText") and current.in_code:
        current.code += node.text or ""


def _flatten_simple(node: etree._Element) -> bool:
    parent = node.getparent()
    if parent is None or _stays(node.get(w("instr")) or ""):
        return False
    place = parent.index(node)
    parent[place : place + 1] = list(node)
    return True


def _stays(code: str) -> bool:
    name = _name(code)
    return name in _ALIVE and not (name == "HYPERLINK" and _STRANGE_ADDRESS.search(code))


def _name(code: str) -> str:
    return (code.split() or [""])[0].upper()


def _note(node: etree._Element) -> str:
    return _sentence(node.get(w("instr")) or "")


def _sentence(code: str) -> str:
    return f"Bidang {_name(code)[:20] or 'kosong'} diganti dengan teksnya."
