"""The patterns of a form: whether trying one could keep the server busy for hours."""

from __future__ import annotations

import re

#: What a pattern is made of, as far as repetition goes; a class or an escaped sign is one piece.
_PIECES = re.compile(
    r"(?P<repeats>(?:[*+]|\{\d*,?\d*\})[?+]?)|(?P<opens>\((?:\?[:=!])?)|(?P<closes>\))"
    r"|(?P<wavers>[|?])|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)


def runs_away(pattern: str) -> bool:
    """
    Whether something repeats that itself repeats, or may be read in several ways.

    Such a pattern may split a text in more ways than anybody can wait for;
    ``(a+)+`` and ``(a|aa)*`` are the classics.
    """
    inside = [False]  # per open group: whether it may be read in several ways
    closed = False  # the same of the group that has just ended
    for piece in _PIECES.finditer(pattern):
        if piece["repeats"] and closed:
            return True
        fixed = "," not in piece[0] and piece[0][-1] == "}"
        if piece["wavers"] or (piece["repeats"] and not fixed):
            inside[-1] = True
        closed = False
        if piece["opens"]:
            inside.append(False)
        elif piece["closes"] and len(inside) > 1:
            closed = inside.pop()
            inside[-1] |= closed
    return False
