"""The markup of a letter's body: plain text that a clerk types, read into blocks and back.

A blank line ends a block. ``1. `` or ``a. `` or ``- `` begins a list item, ``Label : value`` a row
of details, ``| a | b |`` a row of a table (the first one holds the column heads), ``# `` a heading,
``== MENUGASKAN ==`` a phrase. A backslash before such a sign makes it ordinary text. An indented
line continues the line above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.errors import MarkupRefused
from handlers.letters.sheet import Block

_ITEM = re.compile(r"(\d{1,3}|[a-z]|-)(?:(?<=-)|\.)[ \t]+(\S.*)")
_DETAIL = re.compile(r"((?:[^:|\\]|\\.){1,80}?)[ \t]+:(?:[ \t]+(.*))?")
_SPACES = re.compile(r"[ \t\n]+")
_PHRASE = re.compile(r"==[ \t]*(.*?)[ \t]*==")
_HEADING = re.compile(r"#[ \t]*(.*)")
_RULE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Line = tuple[int, str]


def parse(text: str) -> tuple[Block, ...]:
    """Read the text into blocks. Raises ``MarkupRefused`` with line number and sentence."""
    blocks: list[Block] = []
    for lines in _paragraphs(text):
        blocks.extend(_blocks(lines))
    return tuple(blocks)


def format_blocks(blocks: Sequence[Block]) -> str:
    """Write the blocks as text; reading it gives the same blocks again."""
    return "\n\n".join(_written(block) for block in blocks)


def _paragraphs(text: str) -> list[list[Line]]:
    """Return the lines of each block, numbered; indented lines joined to the one above."""
    found: list[list[Line]] = [[]]
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = raw.rstrip()
        if not line.strip():
            found.append([])
        elif found[-1] and line[0] in " \t":
            first, above = found[-1][-1]
            found[-1][-1] = (first, f"{above} {line.strip()}")
        else:
            found[-1].append((number, line.strip()))
    return [lines for lines in found if lines]


def _blocks(lines: list[Line]) -> list[Block]:
    number, first = lines[0]
    if first.startswith("|"):
        return [_table(lines)]
    if match := _HEADING.fullmatch(first):
        return [_titled("heading", number, match), *(_blocks(lines[1:]) if lines[1:] else [])]
    if match := _PHRASE.fullmatch(first):
        return [_titled("phrase", number, match), *(_blocks(lines[1:]) if lines[1:] else [])]
    if _ITEM.fullmatch(first):
        return [_list(lines)]
    if _DETAIL.fullmatch(first) and all(_DETAIL.fullmatch(line) for _, line in lines):
        return [_details(lines)]
    return _text_then(lines)


def _text_then(lines: list[Line]) -> list[Block]:
    """Read running text, up to a line that begins a list."""
    for index, (_, line) in enumerate(lines):
        if index and _starts_list(line):
            return [_paragraph(lines[:index]), *_blocks(lines[index:])]
    return [_paragraph(lines)]


def _starts_list(line: str) -> bool:
    match = _ITEM.fullmatch(line)
    return match is not None and match.group(1) in {"1", "a", "-"}


def _paragraph(lines: list[Line]) -> Block:
    return {"type": "paragraph", "text": _clean(" ".join(line for _, line in lines))}


def _titled(kind: str, number: int, match: re.Match[str]) -> Block:
    if not match.group(1):
        what = "Judul bagian" if kind == "heading" else "Frasa"
        raise MarkupRefused(f"Baris {number}: {what} masih kosong.", line=number)
    return {"type": kind, "text": _clean(match.group(1))}


def _list(lines: list[Line]) -> Block:
    style = _style(lines[0][1])
    items: list[str] = []
    for number, line in lines:
        match = _ITEM.fullmatch(line)
        if match is None:
            raise MarkupRefused(
                f"Baris {number}: bukan butir daftar. Beri baris kosong sesudah daftar, atau"
                " menjorokkan baris untuk melanjutkan butir di atasnya.",
                line=number,
            )
        expected = _marker(style, len(items))
        if match.group(1) != expected:
            raise MarkupRefused(
                f"Baris {number}: butir seharusnya diawali “{expected}”, bukan “{match.group(1)}”.",
                line=number,
            )
        items.append(_clean(match.group(2)))
    return {"type": "list", "style": style, "items": items}


def _style(line: str) -> str:
    marker = line.split(maxsplit=1)[0].rstrip(".")
    return "1" if marker.isdigit() else "-" if marker == "-" else "a"


def _marker(style: str, index: int) -> str:
    if style == "1":
        return str(index + 1)
    if style == "a":
        return _LETTERS[index] if index < len(_LETTERS) else "(paling banyak 26 butir huruf)"
    return "-"


def _details(lines: list[Line]) -> Block:
    rows = []
    for _, line in lines:
        match = _DETAIL.fullmatch(line)
        if match is not None:
            rows.append([_clean(match.group(1)), _clean(match.group(2) or "")])
    return {"type": "details", "rows": rows}


def _table(lines: list[Line]) -> Block:
    rows: list[list[str]] = []
    for number, line in lines:
        if not line.startswith("|") or not line.endswith("|") or len(line) < 2:
            raise MarkupRefused(
                f"Baris {number}: baris tabel diawali dan diakhiri tanda |.", line=number
            )
        if len(rows) == 1 and _RULE.fullmatch(line):
            continue
        cells = [_clean(cell) for cell in re.split(r"(?<!\\)\|", line[1:-1])]
        if rows and len(cells) != len(rows[0]):
            raise MarkupRefused(
                f"Baris {number}: tabel mempunyai {len(rows[0])} kolom, baris ini {len(cells)}.",
                line=number,
            )
        rows.append(cells)
    return {"type": "table", "columns": rows[0], "rows": rows[1:]}


def _clean(text: str) -> str:
    """Return the text without escapes and with single spaces."""
    return _SPACES.sub(" ", re.sub(r"\\([\\|#=:.\-])", r"\1", text)).strip()


def _written(block: Block) -> str:
    kind = block["type"]
    if kind == "list":
        style: str = block["style"]
        dot = "" if style == "-" else "."
        items: Sequence[str] = block["items"]
        return "\n".join(
            f"{_marker(style, index)}{dot} {_escaped(item)}" for index, item in enumerate(items)
        )
    if kind == "details":
        return "\n".join(
            f"{_guarded(_escaped(name, ':|'))} : {_escaped(value)}".rstrip()
            for name, value in block["rows"]
        )
    if kind == "table":
        rows = [block["columns"], *block["rows"]]
        return "\n".join(
            f"| {' | '.join(_guarded(_escaped(cell, '|')) for cell in row)} |" for row in rows
        )
    if kind == "heading":
        return f"# {_escaped(block['text'])}"
    if kind == "phrase":
        return f"== {_escaped(block['text'])} =="
    return re.sub(r"([ \t]):(?=[ \t]|$)", r"\1\:", _guarded(_escaped(block["text"])))


def _guarded(text: str) -> str:
    """Return the text so that its beginning is no sign of the markup."""
    if text.startswith(("|", "#", "=", "-")):
        return "\\" + text
    if match := re.match(r"(\d{1,3}|[a-z])\.", text):
        return f"{match.group(1)}\\.{text[match.end() :]}"
    return text


def _escaped(text: str, signs: str = "") -> str:
    escaped = text.replace("\\", "\\\\")
    for sign in signs:
        escaped = escaped.replace(sign, "\\" + sign)
    return escaped
