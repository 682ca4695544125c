"""Steps: one command on one instance, with all it does, records and saves in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from engine.accounts import Account
from engine.canonical import canonical_json, read_json, sha256_of
from engine.catalog import Actor, JsonObject
from engine.diagrams import Element, Waiting, Walk
from engine.errors import EngineError, SamePersonTwice, TaskNotOpen, told_to_operators
from engine.history import Kind
from engine.incidents import SKIPPED, Incident
from engine.instances import COMPLETED, RUNNING, InstanceRow, save_instance
from engine.messages import (
    Message,
    Subscription,
    consume,
    early_for,
    kept_of,
    park_subscription,
    told_of,
)
from engine.passing import PASSING
from engine.prepared import savepoint
from engine.projections import Projections
from engine.separation import earlier_stages, performed
from engine.services import Circumstances, Parts, Services, copied
from engine.tasks import OpenTask

_log = logging.getLogger(__name__)


class Step:
    """A command on an instance whose row is locked; nothing is stored before ``save``."""

    def __init__(
        self,
        session: Session,
        parts: Parts,
        row: InstanceRow,
        actor: Actor,
        *,
        at: datetime | None = None,
        secret_at_hand: bool = False,
    ) -> None:
        self._session = session
        self._parts = parts
        self._row = row
        self.actor = actor
        self.at = at or parts.clock.now()
        self.deployed = parts.definitions.deployed(session, row.definition_id)
        standing = self.deployed.definition
        self.account = Account(session, row, self.deployed, actor, self.at, parts.catalog.stopped)
        circumstances = Circumstances(
            instance_id=row.id,
            business_key=row.business_key,
            scope=row.scope,
            process_id=standing.process_id,
            actor=actor,
            at=self.at,
            secret_at_hand=secret_at_hand,
        )
        self._services = Services(session, parts, self.deployed, circumstances)
        self._walk: Walk | None = None
        self._standing: dict[str, Waiting] = {}
        self._performers: str = row.performers
        self._projections = Projections(session, parts, self.deployed, row, self.account, self.at)
        self._secret_at_hand = secret_at_hand
        self._received: list[Step] = []  #: steps by which early messages went on from this one

    @property
    def instance_id(self) -> str:
        return self._row.id

    @property
    def walk(self) -> Walk:
        """The token's way, read back at its first use: a claim does not need it."""
        if self._walk is None:
            self._walk = self.deployed.diagram.resume(self._row.state)
            self._standing = {each.id: each for each in self._walk.waiting()}
        return self._walk

    @property
    def completed(self) -> bool:
        """Whether the instance came to its end."""
        return self._last.walk.completed

    @property
    def opened(self) -> list[OpenTask]:
        """The tasks that saving opened."""
        opened = [task for step in (self, *self._received) for task in step._projections.opened]
        if not self._received:
            return opened
        still = {(each.element, each.occurrence) for each in self._last.walk.waiting()}
        return [task for task in opened if (task.element, task.occurrence) in still]

    @property
    def attended(self) -> list[str]:
        """The keys of jobs that wait for the secret of this request."""
        return [key for step in (self, *self._received) for key in step._projections.attended]

    def awaits_job(self, waiting_id: str) -> bool:
        """Tell whether a job's result is still wanted."""
        waiting = {each.id: each for each in self.walk.waiting()}.get(waiting_id)
        return waiting is not None and waiting.kind == "job"

    # Commands

    def start(
        self, data: JsonObject, start_event: str | None = None, told: JsonObject | None = None
    ) -> None:
        """Begin at the plain start event with these process data, or at the one that is named.

        What was ``told`` of its message is added to the first line of the history.
        """
        self._walk = self.deployed.diagram.begin(dict(data), start_event)
        details = {"business_key": self._row.business_key, "scope": self._row.scope}
        if start_event is not None:
            details |= {"start": start_event, **(told or {})}
        self.account.record(Kind.INSTANCE_STARTED, data_after=self.walk.spelt, details=details)
        self._advance()

    def complete_task(self, task: Mapping[str, Any], answers: JsonObject, reason: str) -> None:
        """Do what the task's operation says with the answers, and let the token go on.

        The row is that of ``take_task``.
        """
        self._projections.taken[task["id"]] = task["candidates"]
        element = self.deployed.diagram.elements[task["element"]]
        occurrence = int(task["occurrence"])
        waiting_id = f"{element.id}#{occurrence}"
        if waiting_id not in {each.id for each in self.walk.waiting() if each.kind == "task"}:
            raise TaskNotOpen(task_id=task["id"], completed_by="", person="", at=None)
        item = self.walk.item(waiting_id) if element.scope else ""
        self._check_separation(element, occurrence, item)
        outputs = self._outputs(element, occurrence, answers)
        self.walk.complete(waiting_id, outputs)
        # Answers may hold a whole letter; the books of the handlers keep it, here stands its hash.
        details = {"answers": sha256_of(canonical_json(dict(answers))), "outputs": dict(outputs)}
        self.account.record(
            Kind.TASK_COMPLETED,
            element.id,
            occurrence,
            reason=reason,
            data_after=self.walk.spelt,
            details=details,
        )
        self._performers = performed(self._performers, element.id, self.actor.person, item)
        self._advance()

    def answer_job(self, job: RowMapping, outcome: JsonObject, outputs: JsonObject) -> None:
        """Hand a service task the result it waited for."""
        self.walk.answer(job["waiting_id"], dict(outputs))
        self.account.record_job(
            Kind.JOB_FINISHED, job, data_after=self.walk.spelt, outcome=outcome, outputs=outputs
        )
        self._advance()

    def throw_error(self, job: RowMapping, code: str, sentence: str) -> bool:
        """Throw an error at the job's element; ``False`` when no boundary event catches it."""
        payload = {"error": {"code": code, "sentence": sentence}}
        if not self.walk.throw_error(job["waiting_id"], code, payload):
            return False
        details = {"code": code, "sentence": sentence, "job": job["key"]}
        self.account.record(
            Kind.ERROR_THROWN,
            job["element"],
            job["occurrence"],
            data_after=self.walk.spelt,
            details=details,
        )
        self._advance()
        return True

    def resolve(self, incident: Incident, how: str, reason: str = "") -> None:
        """Note how an operator resolved an incident; the token of a skipped job goes on."""
        passes = incident.kind == "job" and how == SKIPPED
        if passes:
            self.walk.answer(f"{incident.element}#{incident.occurrence}", {})
        self.account.record(
            Kind.INCIDENT_RESOLVED,
            incident.element,
            incident.occurrence,
            reason=reason,
            details={"kind": incident.kind, "reference": incident.reference, "how": how},
        )
        if passes:
            self._advance()

    def throw_back(self, incident: Incident, code: str, reason: str) -> None:
        """Throw an error at the element of an incident: an operator sends the token back."""
        error = {"code": code, "sentence": reason}
        place = (incident.element, incident.occurrence)
        self.walk.throw_error("{}#{}".format(*place), code, {"error": error})
        details = {**error, incident.kind: incident.reference}
        self.account.record(Kind.ERROR_THROWN, *place, data_after=self.walk.spelt, details=details)
        self._advance()

    def fire_timer(self, waiting_id: str, due: datetime) -> None:
        """Let a timer that is due take its way."""
        element, _, occurrence = waiting_id.rpartition("#")
        self.walk.fire_timer(waiting_id)
        self.account.record(
            Kind.TIMER_FIRED,
            element,
            int(occurrence),
            data_after=self.walk.spelt,
            details={"due": due.isoformat()},
        )
        self._advance()

    def deliver(self, waiting_id: str, received: Message) -> None:
        """Hand a token the message that it waited for."""
        element, _, occurrence = waiting_id.rpartition("#")
        outputs = kept_of(self.deployed.diagram.elements[element], received.payload)
        self.walk.deliver(waiting_id, outputs)
        self.account.record(
            Kind.MESSAGE_DELIVERED,
            element,
            int(occurrence),
            data_after=self.walk.spelt,
            details={**told_of(received), "outputs": outputs},
        )
        self._advance()

    def park(self, waiting_id: str, error: Exception) -> None:
        """Put a token whose way fails with its message aside, until an operator resolves it."""
        element, _, occurrence = waiting_id.rpartition("#")
        park_subscription(self._session, self._row.id, waiting_id, parked=True)
        place = (element, int(occurrence))
        self.account.raise_incident(place, "message", waiting_id, told_to_operators(error))

    def offer_again(self, task_id: str, element: str, occurrence: int) -> None:
        """Look once more for positions that may perform an open task."""
        waiting_id = f"{element}#{occurrence}"
        waiting = next(each for each in self.walk.waiting() if each.id == waiting_id)
        self._projections.offer_again(task_id, waiting)

    # Saving

    def save(self) -> None:
        """Store all of it under the version that was read, and hand over messages that came early.

        Raises ``InstanceChanged``.
        """
        values = self._save()
        if self._walk is not None and self._listening(()):
            self._receive_early(self._saved(values))

    def _save(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if self._walk is not None:
            self._project()
            ended = self._walk.completed and self._row.status == RUNNING
            if ended:
                self.account.record(Kind.INSTANCE_COMPLETED)
            values = {
                "state": self._walk.freeze(),
                "data": self.account.data,
                "performers": self._performers,
                "status": COMPLETED if ended else self._row.status,
                "ended_at": self.at if ended else self._row.ended_at,
            }
        self.account.flush()
        values |= {"history_length": self.account.length, "history_head": self.account.head}
        save_instance(self._session, self._row.id, self._row.lock_version, **values)
        return values

    def _saved(self, values: Mapping[str, Any]) -> InstanceRow:
        """Return the row as it stands after these values were saved."""
        return replace(self._row, lock_version=self._row.lock_version + 1, **values)

    def _project(self) -> None:
        waiting = {each.id: each for each in self.walk.waiting()}
        asked = [served.job for served in self._services.served.values() if served.job]
        self._projections.adjust(self._standing, waiting, asked)

    def _receive_early(self, row: InstanceRow) -> None:
        """Hand over messages that came before they were waited for, each in a step of its own.

        A way that fails with its message undoes nothing but itself: its token is parked.
        """
        parked: set[str] = set()
        while early := early_for(self._session, self._listening(parked)):
            waiting_id, received = early
            step = self._following(row)
            try:
                with savepoint(self._session):
                    consume(self._session, received.id, row.id, waiting_id, self.at)
                    step.deliver(waiting_id, received)
                    row = step._saved(step._save())
            except PASSING:
                raise
            except Exception as error:  # whatever it is, what led here stands
                _log.exception("early message not received", extra={"instance": row.id})
                parked.add(waiting_id)
                step = self._following(row)
                step.park(waiting_id, error)
                row = step._saved(step._save())
            else:
                self._received.append(step)

    def _listening(self, parked: Collection[str]) -> list[Subscription]:
        """Return what has begun to be waited for since this step began."""
        known = {*self._standing, *parked}
        fresh = (e for e in self._last.walk.waiting() if e.kind == "message" and e.id not in known)
        return [self._projections.subscription(each) for each in fresh]

    def _following(self, row: InstanceRow) -> Step:
        secret = self._secret_at_hand
        return Step(self._session, self._parts, row, self.actor, at=self.at, secret_at_hand=secret)

    @property
    def _last(self) -> Step:
        return self._received[-1] if self._received else self

    def _advance(self) -> None:
        passages = self.walk.advance(self._services)
        self.account.record_passages(
            passages, self._services.served_at, self._armed(), self.walk.spelt
        )

    def _armed(self) -> dict[tuple[str, int], dict[str, str]]:
        """Return the timers that this step armed, by the place of what armed them."""
        elements = self.deployed.diagram.elements
        armed: dict[tuple[str, int], dict[str, str]] = {}
        for each in self.walk.waiting():
            if each.due is not None and each.id not in self._standing:
                place = (elements[each.element].attached_to or each.element, each.occurrence)
                armed.setdefault(place, {})[each.element] = each.due.isoformat()
        return armed

    # What a task does

    def _outputs(self, element: Element, occurrence: int, answers: JsonObject) -> JsonObject:
        operation = element.properties.get("operation", "")
        if not operation:
            return kept_of(element, answers)
        handler = self._parts.catalog.answers.get(operation)
        if handler is None:
            raise EngineError(f"No handler answers {operation!r}.", element=element.id)
        seen = self.walk.view(f"{element.id}#{occurrence}")
        call = self._services.call(element, occurrence, seen, operation, answers)
        return copied(handler(call, self._session))

    def _check_separation(self, element: Element, occurrence: int, item: str) -> None:
        performers = read_json(self._performers)
        person = self.actor.person
        earlier = earlier_stages(self.deployed.diagram, performers, element, person, item)
        if earlier.refused:
            raise SamePersonTwice(element=element.id, earlier=earlier.refused)
        if not earlier.warned:
            return
        names = ", ".join(self.deployed.diagram.elements[each].name for each in earlier.warned)
        details = {
            "rule": "samePerson",
            "elements": list(earlier.warned),
            "sentence": f"Orang yang sama juga menyelesaikan: {names}.",
        }
        self.account.record(Kind.WARNING, element.id, occurrence, details=details)
