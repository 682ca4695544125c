"""Resolving: what an operator does about an incident: try again, skip, or send back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.catalog import Actor, HandlerCatalog
from engine.database import Database
from engine.diagrams import Element
from engine.errors import (
    NoWayBack,
    NoWayOn,
    ReasonMissing,
    SecretNeeded,
    SkipForbidden,
    SkipRefused,
    SomebodyNeeded,
)
from engine.incidents import RETRIED, SENT_BACK, SKIPPED, Incident, open_incident
from engine.instances import instance_row, lock_instance
from engine.job_rows import change_job
from engine.messages import park_subscription
from engine.passing import PASSING
from engine.service_jobs import ServiceJobs
from engine.services import Parts
from engine.steps import Step
from engine.timers import park_timer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WaysOut:
    """What an operator may do about an incident, beside trying again."""

    skip: bool
    send_back: str  #: name of the boundary event that is taken; empty where none is drawn


@dataclass(frozen=True)
class Resolving:
    """Resolves incidents: each in one transaction, with a line in the history.

    Every way raises ``UnknownIncident`` when somebody was faster.
    """

    database: Database
    parts: Parts
    service_jobs: ServiceJobs

    def ways_out(self, incident: Incident) -> WaysOut:
        """Return what the diagram allows; whether the way behind can be walked shows when it is."""
        with self.database.reading() as session:
            row = instance_row(session, incident.instance_id)
            elements = self.parts.definitions.deployed(session, row.definition_id).diagram.elements
        event = _way_back(elements, incident)
        skip = _skip_refused(elements[incident.element], self.parts.catalog, incident) is None
        return WaysOut(skip, event.name if event else "")

    def retry(self, incident_id: str, actor: Actor) -> None:
        """Try again what stopped: job, search for a performer, timer, or receipt of a message."""
        with self._begun(incident_id, actor) as (session, step, incident):
            step.resolve(incident, RETRIED)
            if incident.kind == "job":
                self.service_jobs.ask_again(session, step, incident)
            elif incident.kind == "timer":
                park_timer(session, incident.instance_id, incident.reference, parked=False)
            elif incident.kind == "message":
                park_subscription(session, incident.instance_id, incident.reference, parked=False)
            else:
                step.offer_again(incident.reference, incident.element, incident.occurrence)
            step.save()

    def skip(self, incident_id: str, actor: Actor, reason: str) -> None:
        """Let the token go on as if the job had been done, without a result; or drop the timer.

        Raises a ``SkipRefused`` where nobody can answer for what is missing, ``NoWayOn`` where
        what comes next cannot be done without it, ``ReasonMissing``.
        """
        with self._begun(incident_id, actor) as (session, step, incident):
            element = step.deployed.diagram.elements[incident.element]
            refusal = _skip_refused(element, self.parts.catalog, incident)
            if refusal is not None:
                raise refusal
            reason = _given(reason)
            if incident.kind == "job":
                change_job(session, incident.reference, step.at, state="cancelled")
            # A timer stays parked: its task goes on, and takes it along when it ends.
            _walk(step, incident, lambda: step.resolve(incident, SKIPPED, reason))

    def send_back(self, incident_id: str, actor: Actor, reason: str) -> None:
        """Take the way drawn for a failure: the error boundary event at the element.

        Whoever is then asked reads the reason. Raises ``NoWayBack`` where none is drawn,
        ``NoWayOn`` where what comes next cannot be done, ``ReasonMissing``.
        """
        with self._begun(incident_id, actor) as (session, step, incident):
            event = _way_back(step.deployed.diagram.elements, incident)
            if event is None:
                raise NoWayBack(element=incident.element, kind=incident.kind)
            reason = _given(reason)
            if incident.kind == "job":
                change_job(session, incident.reference, step.at, state="failed")
            step.resolve(incident, SENT_BACK, reason)
            _walk(step, incident, lambda: step.throw_back(incident, event.error_code, reason))

    @contextmanager
    def _begun(self, incident_id: str, actor: Actor) -> Iterator[tuple[Session, Step, Incident]]:
        """Lock the instance, and read the incident as its last writer left it."""
        with self.database.reading() as session:
            instance_id = open_incident(session, incident_id).instance_id
        with self.database.transaction() as session:
            row = lock_instance(session, instance_id)
            incident = open_incident(session, incident_id)
            step = Step(session, self.parts, row, actor)
            step.account.close_incidents([incident.reference])
            yield session, step, incident


def _walk(step: Step, incident: Incident, act: Callable[[], object]) -> None:
    try:
        act()
        step.save()
    except PASSING:
        raise
    except Exception as error:  # e.g. a handler that misses the result: nothing of it stands
        _log.exception("incident not resolved", extra={"incident": incident.id})
        raise NoWayOn(element=incident.element) from error


def _skip_refused(
    element: Element, catalog: HandlerCatalog, incident: Incident
) -> SkipRefused | None:
    if incident.kind == "task":
        return SomebodyNeeded(element=element.id)
    if incident.kind in ("timer", "message"):
        # Only at the edge of an activity something else goes on without the timer.
        return None if element.attached_to else SkipRefused(element=element.id)
    if element.topic in catalog.attended:
        return SecretNeeded(element=element.id)
    return SkipForbidden(element=element.id) if element.properties.get("skip") == "refuse" else None


def _way_back(elements: Mapping[str, Element], incident: Incident) -> Element | None:
    """Return the first error boundary event at the element, or at the nearest scope around it."""
    around = incident.element
    while around:
        for each in elements.values():
            if each.attached_to == around and each.event == "error" and each.error_code:
                return each
        around = elements[around].scope
    return None


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
