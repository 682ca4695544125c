"""Row matching: rows that were found, compared with rows that must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.canonical import sha256_of

#: Column -> value, or what is known of it.
Row = dict[str, Any]


@dataclass(frozen=True)
class OneOf:
    """One of several values; which of them the history does not tell."""

    values: tuple[Any, ...]

    def fits(self, found: Any) -> bool:
        return found in self.values


@dataclass(frozen=True)
class NotBefore:
    """A moment or a later one."""

    moment: datetime

    def fits(self, found: Any) -> bool:
        return isinstance(found, datetime) and found >= self.moment


@dataclass(frozen=True)
class Hashed:
    """The text that has this SHA-256."""

    sha256: str

    def fits(self, found: Any) -> bool:
        return sha256_of(str(found).encode()) == self.sha256


@dataclass(frozen=True)
class Difference:
    """A row that is missing, that nothing speaks of, or that says something else."""

    key: str
    columns: tuple[str, ...] = ()  #: that differ; empty: the whole row
    missing: bool = False


def differences(
    key: str, expected: Iterable[Row], found: Iterable[Mapping[Any, Any]]
) -> Iterator[Difference]:
    """Yield how the rows differ. ``key`` is the column by which they are paired.

    A column that the expected row does not name may hold anything.
    """
    wanted: dict[Any, list[Row]] = {}
    for row in expected:
        wanted.setdefault(row[key], []).append(row)
    for there in found:
        known = wanted.get(there[key], [])
        best = min(known, key=lambda row: len(_differing(row, there)), default=None)
        if best is None:
            yield Difference(str(there[key]))
            continue
        known.remove(best)
        if columns := _differing(best, there):
            yield Difference(str(there[key]), columns)
    for name, left in wanted.items():
        yield from (Difference(str(name), missing=True) for _ in left)


def _differing(expected: Row, found: Mapping[Any, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in expected.items() if not _fits(value, found[name]))


def _fits(expected: Any, found: Any) -> bool:
    if isinstance(expected, OneOf | NotBefore | Hashed):
        return expected.fits(found)
    return bool(expected == found)
