"""Expected rows: what the tables must hold of an instance, by its history and its state."""

from __future__ import annotations

from collections import defaultdict
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
        """Return what a version draws. Raises ``UnknownDefinition``."""
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
    """Return the timers that run, and those that failed and are put aside."""
    parked = _parked(told.events)
    return [
        {**_place(told, each), "due_at": each.due, "parked": each.id in parked}
        for each in told.waiting("timer")
    ]


def expected_subscriptions(told: Told) -> list[Row]:
    """Return the messages that are waited for, each by its name and correlation."""
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
        due.learn(event)
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
                due.watch(place, opened[place])
        elif event.kind is Kind.TASK_CLAIMED and place in opened:
            opened[place].update(claimed_by=event.person, claimed_name=event.name)
        elif event.kind is Kind.TASK_RELEASED and place in opened:
            opened[place].update(claimed_by=None, claimed_name=None)
    return opened


class _DueMoments:
    """Follows the timers that run at activities, and what they mean for the limits of tasks."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._elements = told.first_elements()
        #: of the timers that run, by the activity they stand at
        self._running: defaultdict[Place, dict[str, datetime]] = defaultdict(dict)
        self._tasks: defaultdict[Place, list[Row]] = defaultdict(list)  #: by that activity, too

    def of(self, event: HistoryEvent) -> datetime | None:
        """Return when a task is due that is opened: at the first timer that runs at it.

        Raises ``HistoryBroken`` where the event tells otherwise.
        """
        written = event.details["due"]
        stated = datetime.fromisoformat(written) if written else None
        activity = self._activity((event.element, event.occurrence))
        if activity is None:
            return stated
        due = min(self._running[activity].values(), default=None)
        if due != stated:
            raise HistoryBroken(
                f"Event {event.sequence} opens {event.element!r} with another limit than its"
                " timers have.",
                sequence=event.sequence,
            )
        return due

    def watch(self, place: Place, task: Row) -> None:
        """Let moves change the limit of a task that was opened."""
        if activity := self._activity(place):
            self._tasks[activity].append(task)

    def learn(self, event: HistoryEvent) -> None:
        """Follow what an event does to the timers."""
        place = (event.element, event.occurrence)
        if event.kind is Kind.ELEMENT_ENTERED:
            for timer, due in event.details.get(TIMERS, {}).items():
                self._running[place][timer] = datetime.fromisoformat(due)
        elif event.kind in (Kind.ELEMENT_LEFT, Kind.ELEMENT_CANCELLED):
            self._running.pop(place, None)
        elif event.kind is Kind.TIMER_FIRED:
            self._running[self._guarded(event.element, event.occurrence)].pop(event.element, None)
        elif event.kind is Kind.INSTANCE_MOVED:
            self._move(event)

    def _activity(self, task: Place) -> Place | None:
        """Return where the limits of a task stand: at itself, or at its repetition as a whole.

        ``None``: at a repetition of a history that does not follow its diagram, nobody knows.
        """
        if self._elements[task[0]].repetition is None:
            return task
        again = self._told.again
        whole = again.wholes.get(task) if again is not None else None
        return None if whole is None else (task[0], whole)

    def _move(self, event: HistoryEvent) -> None:
        """A task without a limit takes that of a timer armed now, and loses it with that timer."""
        after = self._told.elements_of(event.details["to"]["id"])
        self._elements = {**self._elements, **after}
        for waiting_id in event.details.get("dropped", ()):
            timer, activity = self._standing(waiting_id)
            lost = self._running[activity].pop(timer, None)
            for task in self._tasks[activity]:
                task["due_at"] = None if task["due_at"] == lost else task["due_at"]
        armed = event.details.get("armed", {}).items()
        moments = [(datetime.fromisoformat(due), name) for name, due in armed if due]
        for moment, waiting_id in sorted(moments):
            timer, activity = self._standing(waiting_id)
            self._running[activity][timer] = moment
            for task in self._tasks[activity]:
                task["due_at"] = task["due_at"] or moment
        self._elements = after

    def _standing(self, waiting_id: str) -> tuple[str, Place]:
        """Return which event waits, and where it stands."""
        event, _, occurrence = waiting_id.rpartition("#")
        return event, self._guarded(event, int(occurrence))

    def _guarded(self, event: str, occurrence: int) -> Place:
        return self._elements[event].attached_to or event, occurrence
