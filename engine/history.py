"""The history: an append-only, hash-chained account of what happened to an instance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, sha256_of
from engine.catalog import Actor, JsonObject
from engine.prepared import Prepared
from engine.tables import history

#: What the first event of a chain names as its predecessor.
NO_HASH = "0" * 64


class Kind(StrEnum):
    """What may happen to an instance."""

    INSTANCE_STARTED = "INSTANCE_STARTED"
    ELEMENT_ENTERED = "ELEMENT_ENTERED"
    ELEMENT_LEFT = "ELEMENT_LEFT"
    ELEMENT_CANCELLED = "ELEMENT_CANCELLED"
    FLOW_TAKEN = "FLOW_TAKEN"
    TASK_OPENED = "TASK_OPENED"
    TASK_CLAIMED = "TASK_CLAIMED"
    TASK_RELEASED = "TASK_RELEASED"
    TASK_COMPLETED = "TASK_COMPLETED"
    JOB_QUEUED = "JOB_QUEUED"
    JOB_FINISHED = "JOB_FINISHED"
    JOB_FAILED = "JOB_FAILED"
    ERROR_THROWN = "ERROR_THROWN"
    INCIDENT_RAISED = "INCIDENT_RAISED"
    INCIDENT_RESOLVED = "INCIDENT_RESOLVED"
    TIMER_FIRED = "TIMER_FIRED"
    WARNING = "WARNING"
    INSTANCE_COMPLETED = "INSTANCE_COMPLETED"


@dataclass(frozen=True)
class HistoryEvent:
    """One line of the history, as a reader sees it."""

    sequence: int
    kind: Kind
    definition_version: int
    content_hash: str  #: of the definition
    element: str  #: for FLOW_TAKEN the id of the flow; empty for events of the instance
    element_name: str
    occurrence: int
    person: str
    name: str
    position: str
    on_behalf_of: str
    reason: str
    at: datetime
    data_before: JsonObject
    data_after: JsonObject
    details: JsonObject
    previous_hash: str
    hash: str

    @property
    def actor(self) -> Actor:
        return Actor(self.person, self.name, self.position, self.on_behalf_of)


class HistoryWriter:
    """Appends the events of one step to a chain; nothing is stored before ``flush``.

    ``common`` holds the columns that are the same in all of them, from instance to actor and time.
    """

    def __init__(self, common: Mapping[str, Any], length: int, head: str) -> None:
        self._common = common
        self._hashed = {**common, "at": _written(common["at"])}
        self._rows: list[dict[str, Any]] = []
        self.length = length
        self.head = head

    def record(
        self,
        kind: Kind,
        *,
        element: str = "",
        element_name: str = "",
        occurrence: int = 0,
        reason: str = "",
        data: tuple[str, str] | None = None,
        details: JsonObject | None = None,
    ) -> None:
        """Append an event. ``data`` is the canonical data before and after, if it changed."""
        row: dict[str, Any] = {
            "sequence": self.length + 1,
            "kind": kind.value,
            "element": element,
            "element_name": element_name,
            "occurrence": occurrence,
            "reason": reason,
            "data_before": data[0] if data else None,
            "data_after": data[1] if data else None,
            "details": canonical_json(details).decode() if details else "{}",
            "previous_hash": self.head,
        }
        row["hash"] = sha256_of(canonical_json({**self._hashed, **row}))
        self._rows.append(row)
        self.length += 1
        self.head = row["hash"]

    def flush(self, session: Session) -> None:
        """Write the events that were recorded since the last flush."""
        if self._rows:
            _INSERT.change_all(session, self._rows, self._common)
            self._rows = []


def event_hash(row: Mapping[str, Any]) -> str:
    """Return the hash of a row of the table: every column is in it, so no edit goes unseen."""
    hashed = {**row, "at": _written(row["at"])}
    hashed.pop("hash", None)
    return sha256_of(canonical_json(hashed))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_rows(session: Session, instance_id: str) -> list[dict[str, Any]]:
    """Return the stored rows of an instance in their order."""
    return _SELECT.rows(session, {"wanted": instance_id})


def events_of(rows: Iterable[Mapping[str, Any]]) -> list[HistoryEvent]:
    """Return the rows as events; an event that changed no data shows what the last one left."""
    events: list[HistoryEvent] = []
    text = "{}"
    data: dict[str, Any] = {}
    for row in rows:
        before = _loaded(row["data_before"], text, data)
        after = _loaded(row["data_after"], text, before)
        text, data = row["data_after"] or text, after
        values = {name: row[name] for name in _PLAIN}
        events.append(
            HistoryEvent(
                kind=Kind(row["kind"]),
                data_before=before,
                data_after=after,
                details=json.loads(row["details"]),
                **values,
            )
        )
    return events


def _loaded(text: str | None, known_text: str, known: dict[str, Any]) -> dict[str, Any]:
    if text is None or text == known_text:
        return known
    loaded: dict[str, Any] = json.loads(text)
    return loaded


_INSERT = Prepared(insert(history))
_SELECT = Prepared(
    select(history).where(history.c.instance_id == bindparam("wanted")).order_by(history.c.sequence)
)
_PLAIN = tuple(
    column.name
    for column in history.c
    if column.name not in ("instance_id", "kind", "data_before", "data_after", "details")
)
