"""The differences: what changed between two versions of a letter, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Piece = tuple[Literal["same", "added", "removed"], str]

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Difference:
    """One field that changed."""

    key: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """The text of both versions in reading order, each stretch with what became of it."""
        return list(_pieces(_WORDS.findall(self.before), _WORDS.findall(self.after)))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ, in the order of the later version."""
    keys = [*after, *(key for key in before if key not in after)]
    texts = ((key, written(before.get(key)), written(after.get(key))) for key in keys)
    return [Difference(key, old, new) for key, old, new in texts if old != new]


def written(value: Any) -> str:
    """Return a value of a version as text people read."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(written(each) for each in value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(written(each) for each in value)
    return str(value)


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for what, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(before[i1:i2])
            continue
        if i1 < i2:
            yield "removed", "".join(before[i1:i2])
        if j1 < j2:
            yield "added", "".join(after[j1:j2])
