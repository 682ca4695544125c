"""Writes the state of a walk as a few hundred bytes and reads it back onto the compiled diagram.

Only what cannot be derived from the diagram is written: which tokens wait where, since which
occurrence, what their timers are due, how often each element was entered, and the process data.
Values are JSON types; there is no type name in the bytes that could call anything into being.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from itertools import compress, repeat
from typing import Any

import msgpack

from engine.canonical import refuse_foreign_values
from engine.diagrams.scopes import Progress
from engine.diagrams.snapshot import Snapshot, Standing, capture, restore
from engine.diagrams.workflow import TokenWorkflow
from engine.errors import EngineError

FORMAT = 2


class Codec:
    """Knows the numbering of one diagram's elements; shared between threads."""

    def __init__(self, spec: Any, elements: Iterable[str]) -> None:
        self._spec = spec
        # Sorted, so that the numbering depends on nothing but the ids of the diagram.
        self._ids = sorted(elements)
        self._number = {name: number for number, name in enumerate(self._ids)}
        self._mark = zlib.crc32("\n".join(self._ids).encode())

    def encode(self, workflow: TokenWorkflow) -> bytes:
        """Return the state of a workflow at rest. Raises ``TypeError`` for data that is no JSON."""
        snapshot = capture(workflow)
        refuse_foreign_values(snapshot.data)
        rows = [self._row(standing) for standing in snapshot.tokens]
        counts = list(map(snapshot.counts.get, self._ids, repeat(0)))
        parts = [FORMAT, self._mark, counts, ordered(snapshot.data), rows]
        foreign = snapshot.counts.keys() - self._number.keys()
        if foreign:  # of versions that the walk was on: its elements are never numbered anew
            parts.append({name: snapshot.counts[name] for name in sorted(foreign)})
        return bytes(msgpack.packb(parts))

    def decode(self, state: bytes) -> TokenWorkflow:
        """Return the workflow as it was. Raises ``EngineError`` if these bytes are none of its."""
        return restore(self._spec, self.read(state))

    def read(self, state: bytes) -> Snapshot:
        """Return what the bytes say. Raises ``EngineError`` if they are none of this diagram."""
        try:
            form, mark, counts, data, rows, *foreign = msgpack.unpackb(state)
        except (ValueError, TypeError, msgpack.UnpackException) as error:
            raise EngineError("The state of the instance cannot be read.") from error
        if form not in _READERS or mark != self._mark:
            raise EngineError("The state of the instance belongs to another diagram.")
        entered = dict(compress(zip(self._ids, counts, strict=True), counts))
        entered.update(*foreign)
        reader = _READERS[form]
        return Snapshot(data, entered, [reader(row, self._ids) for row in rows])

    def _row(self, standing: Standing) -> list[Any]:
        """Element, occurrence, state; then armed events, and whatever else a few tokens have."""
        row: list[Any] = [self._number[standing.element], standing.occurrence, standing.state]
        more = _more(standing)
        if standing.armed or more:
            row.append([(self._number[event], text) for event, text in standing.armed])
        if more:
            row.append(more)
        return row


def _more(standing: Standing) -> dict[str, Any]:
    values = {
        "o": standing.owner,
        "a": standing.arrived or None,
        "w": standing.waits_for or None,
        "r": standing.race,
        "i": standing.index,
        "l": ordered(standing.local),
        "c": ordered(standing.closed),
    }
    more: dict[str, Any] = {letter: value for letter, value in values.items() if value is not None}
    for data in (standing.local, standing.closed):
        if data is not None:
            refuse_foreign_values(data)
    if (progress := standing.progress) is not None:
        refuse_foreign_values([progress.rest, progress.collected])
        more["p"] = ordered([progress.total, progress.done, progress.rest, progress.collected])
    return more


def _standing(row: list[Any], ids: list[str]) -> Standing:
    number, occurrence, state = row[:3]
    armed = [(ids[event], text) for event, text in row[3]] if len(row) > 3 else []
    standing = Standing(ids[number], occurrence, state, armed)
    if len(row) > 4:
        more = row[4]
        standing.owner = more.get("o")
        standing.arrived = tuple(more.get("a", ()))
        standing.waits_for = more.get("w", "")
        standing.race, standing.index = more.get("r"), more.get("i")
        standing.local, standing.closed = more.get("l"), more.get("c")
        standing.progress = Progress(*more["p"]) if "p" in more else None
    return standing


def _first_format(row: list[Any], ids: list[str]) -> Standing:
    number, occurrence, state, armed, arrived = row
    events = [(ids[event], due or "") for event, due in armed or ()]
    return Standing(ids[number], occurrence, state, events, arrived=tuple(arrived or ()))


#: A state is written in the newest format; what was written in an older one stays readable.
_READERS = {1: _first_format, FORMAT: _standing}


def ordered(value: Any) -> Any:
    """Return the value with the keys of every object in order: equal data have equal bytes."""
    if type(value) is dict:
        if _NESTED.isdisjoint(map(type, value.values())):
            return dict(sorted(value.items()))
        return {key: ordered(value[key]) for key in sorted(value)}
    if type(value) is list:
        return [ordered(inner) for inner in value]
    return value


_NESTED = frozenset({dict, list})
