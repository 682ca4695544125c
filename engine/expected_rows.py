"""Expected rows: what the tables must hold of an instance, by its history and its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.canonical import canonical_json
from engine.courses import first_definition
from engine.definitions import Deployed
from engine.diagrams import Element, Waiting, Walk
from engine.errors import HistoryBroken
from engine.history import HistoryEvent, Kind
from engine.incidents import RETRIED
from engine.instances import COMPLETED, RUNNING, InstanceRow
from engine.reexecution import Reexecution
from engine.replay import TIMERS, Place
from engine.row_matching import Row
from engine.tasks import task_id_of
from engine.timers import limits

#: What no row says of a task that the history never opened.
_NEVER_OPENED: Mapping[str, Any] = {"candidates": None}


@dataclass(frozen=True)
class Told:
    """What is known of an instance without the tables that are compared with it."""

    row: InstanceRow
    steps: int  #: how many the history holds
    events: Sequence[HistoryEvent]
    walk: Walk  #: as its state is stored
    versions: Callable[[str], Deployed]
    again: Reexecution | None  #: ``None`` where the history does not follow its diagram

    def waiting(self, kind: str) -> list[Waiting]:
        """Return what waits for a task to be done, a timer, a message or a job."""
        return [each for each in self.walk.waiting() if each.kind == kind]

    def first_elements(self) -> Mapping[str, Element]:
        """Return what the version drew with which the instance began."""
        return self.elements_of(first_definition(self.events, self.row.definition_id))

    def elements_of(self, definition_id: str) -> Mapping[str, Element]:
        return self.versions(definition_id).diagram.elements


def expected_instance(told: Told) -> list[Row]:
    """Return the row itself, as far as no other check compares it."""
    begun, row = told.events[0], told.row
    ended = [event.at for event in told.events if event.kind is Kind.INSTANCE_COMPLETED]
    expected: Row = {
        "id": row.id,
        "business_key": begun.details["business_key"],
        "scope": begun.details["scope"],
        "status": COMPLETED if told.walk.completed else RUNNING,
        "data": canonical_json(told.walk.data).decode(),
        "lock_version": told.steps,
        "started_at": begun.at,
        "ended_at": ended[0] if ended else None,
    }
    if told.again is not None:
        expected["performers"] = told.again.performers
    return [expected]


def expected_tasks(told: Told) -> list[Row]:
    """Return the open tasks: waited for by the state, opened and taken by the history."""
    opened = _opened(told)
    return [
        {
            "instance_id": told.row.id,
            "id": task_id_of(told.row.id, each.element, each.occurrence),
            "element": each.element,
            "occurrence": each.occurrence,
            "local": canonical_json(each.local).decode(),
            **opened.get((each.element, each.occurrence), _NEVER_OPENED),
        }
        for each in told.waiting("task")
    ]


def expected_offers(tasks: Sequence[Row]) -> list[Row]:
    """Return to whom these tasks are offered."""
    return [
        {"position": position, "instance_id": each["instance_id"], "task_id": each["id"]}
        for each in tasks
        for position in set(each["candidates"] or ())
    ]


def expected_timers(told: Told) -> list[Row]:
    parked = _parked(told.events)
    return [
        {**_place(told, each), "due_at": each.due, "parked": each.id in parked}
        for each in told.waiting("timer")
    ]


def expected_subscriptions(told: Told) -> list[Row]:
    parked = _parked(told.events)
    return [
        {
            **_place(told, each),
            "name": each.message,
            "correlation": each.correlation or told.row.business_key,
            "parked": each.id in parked,
        }
        for each in told.waiting("message")
    ]


def _place(told: Told, each: Waiting) -> Row:
    return {
        "instance_id": told.row.id,
        "waiting_id": each.id,
        "element": each.element,
        "occurrence": each.occurrence,
    }


def _parked(events: Sequence[HistoryEvent]) -> set[str]:
    """Return the timers and messages that failed and were neither taken back nor dropped since."""
    parked: set[str] = set()
    for event in events:
        if event.kind is Kind.INSTANCE_MOVED:
            parked.difference_update(event.details.get("dropped", ()))
        elif event.details.get("kind") in ("timer", "message"):
            if event.kind is Kind.INCIDENT_RAISED:
                parked.add(event.details["reference"])
            elif event.kind is Kind.INCIDENT_RESOLVED and event.details["how"] == RETRIED:
                parked.discard(event.details["reference"])
    return parked


def _opened(told: Told) -> dict[Place, Row]:
    """Return what the history says of each task that was ever opened."""
    opened: dict[Place, Row] = {}
    due = _DueMoments(told)
    for event in told.events:
        place = (event.element, event.occurrence)
        due.learn(event, opened)
        if event.kind is Kind.TASK_OPENED:
            candidates = list(event.details["candidates"])
            if place in opened:
                opened[place]["candidates"] = candidates
            else:
                opened[place] = {
                    "candidates": candidates,
                    "claimed_by": None,
                    "claimed_name": None,
                    "opened_at": event.at,
                    "due_at": due.of(event),
                }
        elif event.kind is Kind.TASK_CLAIMED and place in opened:
            opened[place].update(claimed_by=event.person, claimed_name=event.name)
        elif event.kind is Kind.TASK_RELEASED and place in opened:
            opened[place].update(claimed_by=None, claimed_name=None)
    return opened


class _DueMoments:
    """Follows the timers that were armed, and what moves did to the limits of open tasks."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._elements = told.first_elements()
        self._armed: dict[str, datetime] = {}  #: of every timer so far, by its waiting id
        self._step = ""
        self._fresh: list[tuple[str, int, datetime]] = []  #: timers that this step armed

    def of(self, event: HistoryEvent) -> datetime | None:
        """Return when a task is due that is opened: at its first timer that this step armed.

        Raises ``HistoryBroken`` where the event tells otherwise.
        """
        task, elements = self._elements[event.element], self._elements
        moments = [
            due
            for timer, occurrence, due in self._fresh
            if limits(elements[timer], occurrence, task, event.occurrence)
        ]
        due, told = min(moments, default=None), event.details["due"]
        if due != (datetime.fromisoformat(told) if told else None):
            raise HistoryBroken(
                f"Event {event.sequence} opens {event.element!r} with another limit than its"
                " timers have.",
                sequence=event.sequence,
            )
        return due

    def learn(self, event: HistoryEvent, opened: Mapping[Place, Row]) -> None:
        if event.hash != self._step:
            self._step, self._fresh = event.hash, []
        if event.kind is Kind.ELEMENT_ENTERED:
            for timer, due in event.details.get(TIMERS, {}).items():
                moment = self._armed[f"{timer}#{event.occurrence}"] = datetime.fromisoformat(due)
                self._fresh.append((timer, event.occurrence, moment))
        elif event.kind is Kind.INSTANCE_MOVED:
            self._move(event, opened)

    def _move(self, event: HistoryEvent, opened: Mapping[Place, Row]) -> None:
        """A task without a limit takes that of a timer armed now, and loses it with that timer."""
        after = self._told.elements_of(event.details["to"]["id"])
        self._elements = {**self._elements, **after}
        for due, task in self._timers(event.details.get("dropped", ()), opened):
            if task["due_at"] == due:
                task["due_at"] = None
        armed = {name: due for name, due in event.details.get("armed", {}).items() if due}
        self._armed |= {name: datetime.fromisoformat(due) for name, due in armed.items()}
        for due, task in self._timers(armed, opened):
            if task["due_at"] is None:
                task["due_at"] = due
        self._elements = after

    def _timers(
        self, waiting_ids: Sequence[str] | Mapping[str, str], opened: Mapping[Place, Row]
    ) -> list[tuple[datetime, Row]]:
        """Return the moments of those that are timers at an open task, the earliest first."""
        found = []
        for waiting_id in waiting_ids:
            timer, _, occurrence = waiting_id.rpartition("#")
            task = opened.get((self._guarded(timer), int(occurrence)))
            if waiting_id in self._armed and task is not None:
                found.append((self._armed[waiting_id], task))
        return sorted(found, key=lambda each: each[0])

    def _guarded(self, timer: str) -> str:
        return self._elements[timer].attached_to
