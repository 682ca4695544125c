"""Writes the state of a walk as a few hundred bytes and reads it back onto the compiled diagram.

Only what cannot be derived from the diagram is written: which tokens wait where, since which
occurrence, what their timers are due, how often each element was entered, and the process data.
Values are JSON types; there is no type name in the bytes that could call anything into being.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgpack
from SpiffWorkflow.util.task import TaskState

from engine.diagrams import specs
from engine.diagrams.model import Element
from engine.diagrams.prune import guard_of
from engine.diagrams.workflow import Token, TokenWorkflow, due_of
from engine.errors import EngineError

FORMAT = 1
#: How deep process data may be nested.
DEEPEST = 50

#: Element, occurrence, state, armed events with their due times, flows that reached a join.
Row = tuple[int, int, int, list[tuple[int, str | None]] | None, list[str] | None]

_INTEGERS = range(-(2**63), 2**63)


class Codec:
    """Knows the numbering of one diagram's elements; shared between threads."""

    def __init__(self, spec: Any, elements: Mapping[str, Element]) -> None:
        self._spec = spec
        self._elements = elements
        # Sorted, so that the numbering depends on nothing but the ids of the diagram.
        self._ids = sorted(elements)
        self._number = {name: number for number, name in enumerate(self._ids)}
        self._mark = zlib.crc32("\n".join(self._ids).encode())

    def encode(self, workflow: TokenWorkflow) -> bytes:
        """Return the state of a pruned workflow. Raises ``TypeError`` for data that is no JSON."""
        refuse_foreign_values(workflow.data)
        rows = [
            self._row(token)
            for token in workflow.tokens()
            if not isinstance(token.task_spec, specs.BoundaryEvent)
        ]
        counts = [workflow.counts.get(name, 0) for name in self._ids]
        state = [FORMAT, self._mark, counts, workflow.data, rows]
        return bytes(msgpack.packb(state))

    def decode(self, state: bytes) -> TokenWorkflow:
        """Return the workflow as it was. Raises ``EngineError`` if these bytes are none of its."""
        try:
            form, mark, counts, data, rows = msgpack.unpackb(state)
        except (ValueError, TypeError, msgpack.UnpackException) as error:
            raise EngineError("The state of the instance cannot be read.") from error
        if (form, mark) != (FORMAT, self._mark):
            raise EngineError("The state of the instance belongs to another diagram.")
        workflow = TokenWorkflow(self._spec, self._elements, data)
        workflow.counts = {
            name: count for name, count in zip(self._ids, counts, strict=True) if count
        }
        for row in rows:
            self._restore(workflow, row)
        return workflow

    def _row(self, token: Token) -> Row:
        guard = guard_of(token)
        armed = None
        if guard is not None:
            events = [event for event in guard.children if event is not token]
            armed = [(self._number[e.task_spec.name], _written(due_of(e))) for e in events]
        name, arrived = token.task_spec.name, token.internal_data.get("arrived")
        return self._number[name], token.occurrence, token.state, armed, arrived

    def _restore(self, workflow: TokenWorkflow, row: Row) -> None:
        number, occurrence, state, armed, arrived = row
        name, above = self._ids[number], workflow.task_tree
        if armed is not None:
            guard = self._spec.task_specs[f"{name}.BoundaryEventSplit"]
            above = Token(workflow, guard, above, state=TaskState.COMPLETED)
        token = self._token(workflow, name, above, state, occurrence)
        if arrived is not None:
            token.internal_data["arrived"] = arrived
        for event, due in armed or ():
            name = self._ids[event]
            waiting = self._token(workflow, name, above, TaskState.WAITING, occurrence)
            if due is not None:
                waiting.internal_data["due"] = datetime.fromisoformat(due)

    def _token(
        self, workflow: TokenWorkflow, name: str, above: Token, state: int, occurrence: int
    ) -> Token:
        token = Token(workflow, self._spec.task_specs[name], above, state=state)
        token.internal_data["occurrence"] = occurrence
        return token


def _written(due: datetime | None) -> str | None:
    return None if due is None else due.isoformat()


def refuse_foreign_values(data: object) -> None:
    """Raise ``TypeError`` unless the data is made of JSON types only.

    Without recursion, level by level, so that hostile nesting ends in a sentence.
    """
    level: list[object] = [data]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise TypeError(f"Process data is nested deeper than {DEEPEST} levels.")


def _inside(value: object) -> Iterable[object]:
    if value is None or isinstance(value, (bool, str)):
        return ()
    if type(value) is int and value in _INTEGERS:
        return ()
    if type(value) is float and math.isfinite(value):
        return ()
    if type(value) is list:
        return value
    if type(value) is dict and all(type(key) is str for key in value):
        return value.values()
    raise TypeError(
        f"Process data holds JSON values only, not {type(value).__name__} {value!r:.60}."
    )
