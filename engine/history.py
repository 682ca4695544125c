"""The history: an append-only account of what happened to an instance, a seal on each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from engine.canonical import already_json, canonical_json, read_json, sha256_of
from engine.catalog import Actor, JsonObject
from engine.errors import HistoryBroken
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
    MESSAGE_THROWN = "MESSAGE_THROWN"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    WARNING = "WARNING"
    INSTANCE_MOVED = "INSTANCE_MOVED"
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
    previous_hash: str  #: seal of the step before
    hash: str  #: seal of the step to which the event belongs

    @property
    def actor(self) -> Actor:
        return Actor(self.person, self.name, self.position, self.on_behalf_of)


class HistoryWriter:
    """Appends one step to a chain: its events, sealed together; nothing is stored before ``flush``.

    ``common`` holds what all of them share, from instance and definition to actor and time.
    """

    def __init__(self, common: Mapping[str, Any], length: int, head: str) -> None:
        self._common = common
        self._events: list[dict[str, Any]] = []
        self._completed: str | None = None
        self.length = length
        self.head = head

    def record(  # noqa: PLR0917  # one line has so many parts
        self,
        kind: Kind,
        element: str = "",
        element_name: str = "",
        occurrence: int = 0,
        reason: str = "",
        data_after: str | None = None,
        details: JsonObject | None = None,
    ) -> None:
        """Append an event. ``data_after`` is canonical JSON, ``None`` where nothing changed."""
        event: dict[str, Any] = {"kind": kind}
        if element:
            event["element"], event["name"] = element, element_name
            event["occurrence"] = occurrence
        if reason:
            event["reason"] = reason
        if data_after is not None:
            event["after"] = already_json(data_after)
        if details:
            event["details"] = details
        if kind is Kind.TASK_COMPLETED:
            self._completed = element
        self._events.append(event)
        self.length += 1

    def record_movement(self, kind: Kind, element: str, element_name: str, occurrence: int) -> None:
        """Append an event that tells no more than where a token is."""
        self._events.append(
            {"kind": kind, "element": element, "name": element_name, "occurrence": occurrence}
        )
        self.length += 1

    def flush(self, session: Session) -> None:
        """Seal and write the events that were recorded since the last flush."""
        if not self._events:
            return
        row = {
            **self._common,
            "sequence": self.length - len(self._events) + 1,
            "last": self.length,
            "completed": self._completed,
            "events": canonical_json(self._events).decode(),
            "previous_hash": self.head,
        }
        row["hash"] = self.head = step_hash(row)
        _INSERT.change(session, row)
        self._events, self._completed = [], None


def step_hash(row: Mapping[str, Any]) -> str:
    """Return the hash of a row of the table: every column is in it, so no edit goes unseen.

    The events are hashed as the text that is stored, after the line with everything else.
    """
    around = dict(zip(_AROUND, _around(row), strict=True))
    around["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return sha256_of(canonical_json(around) + b"\n" + row["events"].encode())


def read_rows(session: Session, instance_id: str) -> list[dict[str, Any]]:
    """Return the stored rows of an instance, one for each step, in their order."""
    return _SELECT.rows(session, {"wanted": instance_id})


def events_of(rows: Iterable[Mapping[Any, Any]]) -> list[HistoryEvent]:
    """Return the events of these steps; one that changed no data shows what the last one left.

    Raises ``HistoryBroken`` where a row does not hold the events it says it does.
    """
    events: list[HistoryEvent] = []
    data: dict[str, Any] = {}
    for row in rows:
        told = read_json(row["events"])
        if not isinstance(told, list) or len(told) != row["last"] - row["sequence"] + 1:
            raise HistoryBroken(f"Step {row['sequence']} holds other events than it says.")
        shared = {name: row[name] for name in _SHARED}
        for number, event in enumerate(told, row["sequence"]):
            before, data = data, event.get("after", data)
            events.append(
                HistoryEvent(
                    sequence=number,
                    kind=Kind(event["kind"]),
                    element=event.get("element", ""),
                    element_name=event.get("name", ""),
                    occurrence=event.get("occurrence", 0),
                    reason=event.get("reason", ""),
                    data_before=before,
                    data_after=data,
                    details=event.get("details", {}),
                    **shared,
                )
            )
    return events


_INSERT = Prepared(insert(history))
_SELECT = Prepared(
    select(history).where(history.c.instance_id == bindparam("wanted")).order_by(history.c.sequence)
)
#: What all events of a step share.
_SHARED = tuple(
    str(column.name)
    for column in history.c
    if column.name not in ("instance_id", "sequence", "last", "completed", "events")
)
#: What is hashed beside the events.
_AROUND = tuple(str(column.name) for column in history.c if column.name not in ("events", "hash"))
_around = itemgetter(*_AROUND)
