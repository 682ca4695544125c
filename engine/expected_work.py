"""Expected work: the jobs, incidents and messages of an instance, as its history tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.canonical import canonical_json, read_json
from engine.diagrams import Element
from engine.expected_rows import Told
from engine.history import HistoryEvent, Kind
from engine.incidents import SENT_BACK
from engine.job_rows import call_as_json
from engine.replay import Place
from engine.row_matching import Hashed, NotBefore, OneOf, Row
from engine.services import MESSAGE, Circumstances, call_at

_GONE = (Kind.ELEMENT_LEFT, Kind.ELEMENT_CANCELLED)
_ASKED = (Kind.JOB_QUEUED, Kind.MESSAGE_THROWN)


def expected_jobs(told: Told) -> list[Row]:
    """Return every job that was ever asked for, with what became of it."""
    jobs = _Jobs(told)
    for event in told.events:
        jobs.learn(event)
    return list(jobs.rows.values())


class _Jobs:
    """Follows the jobs from event to event."""

    def __init__(self, told: Told) -> None:
        self.rows: dict[str, Row] = {}  #: by key
        self._told = told
        self._running: dict[str, HistoryEvent] = {}  #: jobs without an end, and what asked for them
        self._calls: dict[Place, Row] = {}

    def learn(self, event: HistoryEvent) -> None:
        details = event.details
        if event.kind in _ASKED:
            self._ask(event)
        elif event.kind in _GONE:
            self._withdraw(event)
        elif event.kind is Kind.JOB_FAILED:
            self._fail(event)
        elif event.kind is Kind.JOB_FINISHED:
            self._end(event, details["job"], "done")
        elif event.kind is Kind.ERROR_THROWN and details.get("job") in self._running:
            self._end(event, details["job"], "failed", last_error=details["sentence"])
        elif details.get("kind") == "job" and event.kind is Kind.INCIDENT_RAISED:
            row = self.rows[details["reference"]]
            row.update(state="incident", run_after=event.at, changed_at=event.at)
        elif details.get("kind") == "job" and event.kind is Kind.INCIDENT_RESOLVED:
            state = "failed" if details["how"] == SENT_BACK else "cancelled"
            self._end(event, details["reference"], state)

    def _ask(self, event: HistoryEvent) -> None:
        key, place = event.details["job"], (event.element, event.occurrence)
        self._running[key] = event
        self.rows[key] = {
            "key": key,
            "instance_id": self._told.row.id,
            "waiting_id": "{}#{}".format(*place),
            "element": event.element,
            "occurrence": event.occurrence,
            "topic": event.details["topic"],
            "kind": event.details["kind"],
            "state": OneOf(("queued", "running")),
            "attempts": 0,
            "last_error": "",
            # No changed_at before its end: when a job is taken, the clock of another node says.
            "created_at": event.at,
            # An attended job may take as long as the installation says before it is given up.
            "run_after": NotBefore(event.at) if event.details["kind"] == "attended" else event.at,
            **self._call(event, place),
        }

    def _call(self, event: HistoryEvent, place: Place) -> Row:
        """Return what the handler is asked, as the diagram and the data make it."""
        again = self._told.again
        if place in self._calls or again is None or place not in again.asked:
            return self._calls.get(place, {})  # a second try asks the same
        asked, row = again.asked[place], self._told.row
        element = asked.deployed.diagram.elements[event.element]
        circumstances = Circumstances(
            instance_id=row.id,
            business_key=row.business_key,
            scope=row.scope,
            process_id=asked.deployed.definition.process_id,
            actor=event.actor,
            at=event.at,
        )
        thrown = event.kind is Kind.MESSAGE_THROWN
        topic = f"{MESSAGE}{element.message}" if thrown else element.topic
        call = call_at(asked.deployed, circumstances, element, place[1], asked.data, topic)
        written = call_as_json(call)
        if thrown:
            sent = {name: event.details[name] for name in ("message", "correlation")}
            written["properties"] |= sent
        self._calls[place] = {"call": read_json(canonical_json(written)), "topic": topic}
        return self._calls[place]

    def _fail(self, event: HistoryEvent) -> None:
        row = self.rows[event.details["job"]]
        states = ("queued", "running", *(["failed"] if row["kind"] == "notice" else []))
        row.update(
            state=OneOf(states),
            attempts=row["attempts"] + 1,
            last_error=event.details.get("error", ""),
            run_after=NotBefore(event.at),
        )

    def _end(self, event: HistoryEvent, key: str, state: str, **more: Any) -> None:
        self._running.pop(key)
        self.rows[key].update(state=state, changed_at=event.at, **more)

    def _withdraw(self, event: HistoryEvent) -> None:
        """The token is gone: nobody wants the result. A notice is sent all the same."""
        place = (event.element, event.occurrence)
        for key, asked in list(self._running.items()):
            if (asked.element, asked.occurrence) != place or self.rows[key]["kind"] == "notice":
                continue
            self._end(event, key, "cancelled")
            if asked.hash == event.hash:  # the same step: the job was never written
                del self.rows[key]


def expected_incidents(told: Told) -> list[Row]:
    """Return every incident, and when and by whom it was closed."""
    incidents: list[Row] = []
    standing: list[tuple[Row, frozenset[Place]]] = []
    elements: Mapping[str, Element] = told.first_elements()
    for event in told.events:
        if event.kind is Kind.INSTANCE_MOVED:
            elements = told.elements_of(event.details["to"]["id"])
        for row, places in [each for each in standing if _closes(event, *each)]:
            row.update(resolved_at=event.at, resolved_by=event.name)
            standing.remove((row, places))
        if event.kind is Kind.INCIDENT_RAISED:
            row = {
                "instance_id": told.row.id,
                "element": event.element,
                "occurrence": event.occurrence,
                "raised_at": event.at,
                "resolved_at": None,
                "resolved_by": None,
                **{name: event.details[name] for name in ("kind", "reference", "sentence")},
            }
            incidents.append(row)
            drawn = elements.get(event.element)
            around = {event.element, *([drawn.attached_to] if drawn else [])}
            standing.append((row, frozenset((name, event.occurrence) for name in around)))
    return incidents


def _closes(event: HistoryEvent, incident: Row, places: frozenset[Place]) -> bool:
    """Tell whether the event ends the incident: resolved, or what it was about is over."""
    if event.kind is Kind.INCIDENT_RESOLVED:
        return bool(event.details["reference"] == incident["reference"])
    if event.kind is Kind.INSTANCE_MOVED:
        return incident["reference"] in event.details.get("dropped", ())
    return event.kind in _GONE and (event.element, event.occurrence) in places


def expected_messages(told: Told) -> list[Row]:
    """Return the messages that were received, and those that were sent."""
    messages: dict[str, Row] = {}
    for event in told.events:
        if event.kind is Kind.MESSAGE_THROWN:
            sent = _message(event, f"{told.row.id}:{event.element}:{event.occurrence}")
            messages[sent["id"]] = {**sent, "scope": told.row.scope}
        elif event.kind is Kind.MESSAGE_DELIVERED:
            row = _received(told, event, f"{event.element}#{event.occurrence}")
            messages[row["id"]] = messages.get(row["id"], {}) | row
        elif event.kind is Kind.INSTANCE_STARTED and "id" in event.details:
            row = _received(told, event, event.details["start"])
            messages[row["id"]] = {**row, "scope": told.row.scope}
    return [row for row in messages.values() if "consumed_by" in row or row["id"] in _sent(told)]


def _received(told: Told, event: HistoryEvent, waiting_id: str) -> Row:
    row = _message(event, event.details["id"])
    return {
        **row,
        "consumed_at": event.at,
        "consumed_by": told.row.id,
        "waiting_id": waiting_id,
        "discarded_at": None,
    }


def _message(event: HistoryEvent, message_id: str) -> Row:
    return {
        "id": message_id,
        "name": event.details["message"],
        "correlation": event.details["correlation"],
        "payload": Hashed(event.details["payload"]),
    }


def _sent(told: Told) -> Sequence[str]:
    """Return the messages whose jobs are done: one that waits may be written down or not."""
    return [
        f"{told.row.id}:{event.element}:{event.occurrence}"
        for event in told.events
        if event.kind is Kind.JOB_FINISHED and event.details["topic"].startswith(MESSAGE)
    ]
