"""Accounts: what one step writes into the history, and what it reports to operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, read_json, sha256_of
from engine.catalog import Actor, JsonObject, Stop, StopWatch
from engine.definitions import Deployed
from engine.diagrams import Passage
from engine.history import HistoryWriter, Kind
from engine.incidents import add_incident, close_incidents
from engine.instances import InstanceRow
from engine.replay import PASSED, TIMERS
from engine.services import MESSAGE, Served


class Account:
    """The lines of one step: all by one actor, at one moment, on one instance."""

    def __init__(  # noqa: PLR0917  # the step names them
        self,
        session: Session,
        row: InstanceRow,
        deployed: Deployed,
        actor: Actor,
        at: datetime,
        watch: StopWatch,
    ) -> None:
        self._session = session
        self._instance_id: str = row.id
        self._about: tuple[str, str] = (row.business_key, row.scope)
        self._watch = watch
        self._elements = deployed.diagram.elements
        self._apart = deployed.diagram.apart
        self._actor = actor
        self._at = at
        standing = deployed.definition
        common = {
            "instance_id": row.id,
            "definition_version": standing.version,
            "content_hash": standing.content_hash,
            "person": actor.person,
            "name": actor.name,
            "position": actor.position,
            "on_behalf_of": actor.on_behalf_of,
            "at": at,
        }
        self._writer = HistoryWriter(common, row.history_length, row.history_head)
        self.data: str = row.data  #: process data as the last line left them, canonical JSON

    @property
    def length(self) -> int:
        return self._writer.length

    @property
    def head(self) -> str:
        return self._writer.head

    def record(
        self,
        kind: Kind,
        element: str = "",
        occurrence: int = 0,
        *,
        reason: str = "",
        data_after: str | None = None,
        details: JsonObject | None = None,
    ) -> None:
        """Write a line of the history; ``data_after`` is canonical JSON."""
        if data_after == self.data:
            data_after = None
        self.data = data_after or self.data
        drawn = self._elements.get(element)
        name = drawn.name if drawn else ""
        self._writer.record(kind, element, name, occurrence, reason, data_after, details)

    def record_job(
        self,
        kind: Kind,
        job: RowMapping,
        *,
        data_after: str | None = None,
        outcome: JsonObject | None = None,
        outputs: JsonObject | None = None,
        error: str = "",
    ) -> None:
        """Write what became of a job. The outcome itself may be large: its hash stands here."""
        details: dict[str, Any] = {"job": job["key"], "topic": job["topic"], "kind": job["kind"]}
        if outcome is not None:
            details["outcome"] = sha256_of(canonical_json(dict(outcome)))
        if outputs is not None:
            details["outputs"] = dict(outputs)
        if error:
            details["error"] = error
        self.record(kind, job["element"], job["occurrence"], data_after=data_after, details=details)

    def record_passages(
        self,
        passages: Sequence[Passage],
        served_at: Callable[[Passage], Served | None],
        timers: Mapping[tuple[str, int], Mapping[str, str]],
        data_after: str,
    ) -> None:
        """Write the movements of tokens, and what handlers gave or refused on their way.

        ``timers`` are those that were armed, with their due moments, by element and occurrence of
        what armed them. What the walk holds in the end stands at its last passage.
        """
        last = len(passages) - 1
        for number, passage in enumerate(passages):
            kind, element, occurrence = passage
            served = served_at(passage)
            armed = timers.get((element, occurrence)) if kind == "entered" else None
            if served is None and armed is None and number != last:
                name = "" if kind == "taken" else self._elements[element].name
                self._writer.record_movement(PASSED[kind], element, name, occurrence)
            else:
                in_the_end = data_after if number == last else None
                self._record_passage(passage, served, in_the_end, armed)

    def raise_incident(
        self, place: tuple[str, int], kind: str, reference: str, sentence: str
    ) -> None:
        """Ask for an operator at an element and occurrence."""
        add_incident(
            self._session,
            instance_id=self._instance_id,
            element=place[0],
            occurrence=place[1],
            kind=kind,
            reference=reference,
            sentence=sentence,
            raised_at=self._at,
        )
        details = {"kind": kind, "reference": reference, "sentence": sentence}
        self.record(Kind.INCIDENT_RAISED, *place, details=details)
        drawn = self._elements.get(place[0])
        name = drawn.name if drawn else place[0]
        self._watch(Stop(*self._about, place[0], name, reference, self._at), self._session)

    def close_incidents(self, references: list[str]) -> None:
        """What these incidents were about is over."""
        if references:
            close_incidents(
                self._session, self._instance_id, references, self._actor.name, self._at
            )

    def flush(self) -> None:
        """Store the lines."""
        self._writer.flush(self._session)

    def _record_passage(
        self,
        passage: Passage,
        served: Served | None,
        data_after: str | None,
        timers: Mapping[str, str] | None,
    ) -> None:
        kind, element, occurrence = passage
        details: JsonObject | None = {TIMERS: timers} if timers else None
        if kind == "left" and served is not None and served.outputs is not None:
            details = {"topic": served.topic, "outputs": dict(served.outputs)}
            data_after = data_after or self._merged(element, served.outputs)
        self.record(PASSED[kind], element, occurrence, data_after=data_after, details=details)
        if kind == "entered" and served is not None:
            self._record_served(passage, served)

    def _record_served(self, passage: Passage, served: Served) -> None:
        details: dict[str, Any]
        if served.job is not None:
            details = {"job": served.job.key, "topic": served.topic, "kind": served.job.kind}
            kind = Kind.JOB_QUEUED
            if served.topic.startswith(MESSAGE):
                call = served.job.call
                details |= {name: call.properties[name] for name in ("message", "correlation")}
                details["payload"] = sha256_of(canonical_json(dict(call.arguments)))
                kind = Kind.MESSAGE_THROWN
            self.record(kind, passage.element, passage.occurrence, details=details)
        if served.error is not None:
            details = {"code": served.error.code, "sentence": served.error.sentence}
            self.record(
                Kind.ERROR_THROWN,
                passage.element,
                passage.occurrence,
                data_after=self._merged(passage.element, {"error": details}),
                details=details,
            )

    def _merged(self, element: str, values: JsonObject) -> str:
        if element in self._apart:
            return self.data
        return canonical_json({**read_json(self.data), **values}).decode()
