"""The patterns of a form: whether trying one could keep the server busy."""

from __future__ import annotations

import re

#: The longest text that is tried on a pattern.
LONGEST_INPUT = 200
#: In how many ways a pattern may read such a text: some tenths of a second.
MOST_WAYS = 10_000_000
#: The longest pattern.
LONGEST_PATTERN = 500

#: What a pattern is made of, as far as repetition goes; a class or an escaped sign is one piece.
_PIECES = re.compile(
    r"(?P<repeats>[*+?]|\{(?P<low>\d*)(?P<comma>,?)(?P<high>\d*)\})"
    r"|(?P<opens>\((?:\?[:=!])?)|(?P<closes>\))"
    r"|(?P<or>\|)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)


def runs_away(pattern: str) -> bool:
    """
    Whether the pattern may split a text in more ways than anybody can wait for.

    ``(a+)+`` and ``(a|aa)*`` are the classics; ``a*a*a*b`` and ``a?a?a?...`` are no better. The
    ways are counted as if every piece could read every sign, so some harmless patterns are
    refused; ``^`` in front and bounds as in ``{1,20}`` help.
    """
    return len(pattern) > LONGEST_PATTERN or _ways(pattern) > MOST_WAYS


def _ways(pattern: str) -> float:
    """Multiply the choices of all pieces; alternatives add up, repetition multiplies again."""
    groups = [_Group()]
    for piece in _PIECES.finditer(pattern):
        group = groups[-1]
        if piece["repeats"]:
            group.last = _repeated(group.last, piece)
        elif piece["opens"]:
            groups.append(_Group())
        elif piece["closes"] and len(groups) > 1:
            groups.pop()
            groups[-1].follow(group.total())
        elif piece["or"]:
            group.begin_alternative()
        else:
            group.follow(1.0)
    alone = groups[0].alternatives == 0
    starts = 1 if pattern.startswith("^") and alone else LONGEST_INPUT
    return starts * groups[0].total()


class _Group:
    """The ways through a group so far."""

    def __init__(self) -> None:
        self.alternatives = 0.0  #: ways through the alternatives that have ended
        self.before = 1.0  #: through the pieces before the last one
        self.last = 1.0

    def follow(self, ways: float) -> None:
        self.before, self.last = self.before * self.last, ways

    def begin_alternative(self) -> None:
        self.alternatives, self.before, self.last = self.total(), 1.0, 1.0

    def total(self) -> float:
        return self.alternatives + self.before * self.last


def _repeated(once: float, piece: re.Match[str]) -> float:
    """Return the ways to repeat what has ``once`` ways: so many for each possible count."""
    least, most = 0, LONGEST_INPUT
    if piece[0] == "?":
        most = 1
    elif piece["low"] is not None:
        least = int(piece["low"][:6] or 0)
        most = int(piece["high"][:6]) if piece["high"] else LONGEST_INPUT
        most = most if piece["comma"] else least
    counts = max(min(most, LONGEST_INPUT) - least, 0) + 1
    if once <= 1:
        return float(counts)
    return float("inf") if most > 30 else counts * once**most
