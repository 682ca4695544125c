"""Services: what a token asks for at a service task, answered now or noted for later."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine.business_rules import decide
from engine.canonical import canonical_json, read_json
from engine.catalog import Actor, HandlerCatalog, ImmediateHandler, JsonObject, StepCall, TaskRouter
from engine.clock import Clock
from engine.definitions import Definitions, Deployed
from engine.diagrams import LATER, Element, Later, Passage, as_correlation
from engine.errors import BusinessError, EngineError
from engine.feel import parse
from engine.job_rows import NewJob
from engine.jobs import JobQueue
from engine.messages import Message
from engine.prepared import savepoint
from engine.retrying import RetryPolicy
from engine.timers import due_moment
from engine.working_calendar import WorkingCalendar

Place = tuple[str, int]

#: What stands before the name of a message in the topic of the job that sends it.
MESSAGE = "message:"


@dataclass(frozen=True)
class Parts:
    """The collaborators of every step."""

    catalog: HandlerCatalog
    router: TaskRouter
    clock: Clock
    jobs: JobQueue
    calendars: Callable[[str], WorkingCalendar]
    definitions: Definitions
    abandoned_after: timedelta  #: how long an attended job may take before it is given up
    retries: RetryPolicy  #: unless the element says otherwise


class Circumstances(NamedTuple):
    """What every call of one step has in common."""

    instance_id: str
    business_key: str
    scope: str
    process_id: str
    actor: Actor
    at: datetime
    secret_at_hand: bool = False


@dataclass(frozen=True)
class Served:
    """What came of a service task: outputs, a job, or an error the diagram foresees."""

    topic: str
    outputs: JsonObject | None = None
    job: NewJob | None = None
    error: BusinessError | None = None


@dataclass
class Services:
    """The host of a walk during one step."""

    session: Session
    parts: Parts
    deployed: Deployed
    circumstances: Circumstances
    served: dict[Place, Served] = field(default_factory=dict)
    #: What was decided at each business rule task, in the order in which tokens leave it.
    decided: defaultdict[str, deque[Served]] = field(default_factory=lambda: defaultdict(deque))

    def perform(self, element: Element, occurrence: int, data: JsonObject) -> JsonObject | Later:
        """Answer a service task: outputs, or ``LATER`` while its job is still to be done."""
        call = self.call(element, occurrence, data, element.topic)
        catalog = self.parts.catalog
        if handler := catalog.immediate.get(element.topic):
            return self._perform_now(handler, call)
        if element.topic in catalog.notices:
            self._note(call, "notice")
            return {}
        if element.topic in catalog.attended:
            self._note(call, "attended")
            return LATER
        if element.topic in catalog.queued:
            self._note(call, "queued")
            return LATER
        raise EngineError(f"No handler answers {element.topic!r}.", element=element.id)

    def decide(self, element: Element, data: JsonObject) -> JsonObject:
        """Return what a decision adds to the process data. Raises ``NoDecision``."""
        outputs = copied(decide(self.deployed.decisions, element, data))
        self.decided[element.id].append(Served(element.decision_ref, outputs=outputs))
        return outputs

    def publish(self, element: Element, occurrence: int, data: JsonObject) -> None:
        """Note a message for sending: a job sends it with the books closed, and only once.

        Raises ``MessageRefused`` for what could not be kept.
        """
        call = self.call(element, occurrence, data, f"{MESSAGE}{element.message}")
        key = element.properties.get("correlationKey", "")
        correlation = parse(key).evaluate(data) if key else self.circumstances.business_key
        correlation = as_correlation(element, correlation)
        # Here and not in the job: whoever leads to it can still say something smaller.
        Message(call.key, element.message, correlation, call.scope, call.arguments).refuse_unfit()
        sent = {"message": element.message, "correlation": correlation}
        self._note(call._replace(properties={**call.properties, **sent}), "notice")

    def served_at(self, passage: Passage) -> Served | None:
        """Return what came of the element that the token passes here, if anything was asked."""
        kind, element, occurrence = passage
        if kind == "left" and (decided := self.decided.get(element)):
            return decided.popleft()
        return self.served.get((element, occurrence))

    def due(self, element: Element, data: JsonObject) -> datetime:
        """Return when a timer is due that starts now."""
        guarded = self.deployed.diagram.elements.get(element.attached_to)
        return due_moment(element, guarded, self._calendar, self.circumstances.at, data)

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        """The calendar of the step, read at its first timer."""
        return self.parts.calendars(self.circumstances.scope)

    def call(
        self,
        element: Element,
        occurrence: int,
        data: JsonObject,
        topic: str,
        answers: JsonObject | None = None,
    ) -> StepCall:
        """Return the request to a handler at this element."""
        return call_at(self.deployed, self.circumstances, element, occurrence, data, topic, answers)

    def _perform_now(self, handler: ImmediateHandler, call: StepCall) -> JsonObject:
        place = (call.element, call.occurrence)
        try:
            if call.element in self.deployed.diagram.guarded:
                # Only here the step goes on after an error: what was half written must go.
                with savepoint(self.session):
                    outputs = copied(handler(call, self.session))
            else:
                outputs = copied(handler(call, self.session))
        except BusinessError as error:
            self.served[place] = Served(call.topic, error=error)
            raise
        self.served[place] = Served(call.topic, outputs=outputs)
        return outputs

    def _note(self, call: StepCall, kind: str) -> None:
        attended_now = kind == "attended" and self.circumstances.secret_at_hand
        job = NewJob(
            key=call.key,
            waiting_id=f"{call.element}#{call.occurrence}",
            kind=kind,
            state="running" if attended_now else "queued",
            delay=self.parts.abandoned_after if attended_now else timedelta(),
            call=call,
        )
        self.served[(call.element, call.occurrence)] = Served(call.topic, job=job)


def call_at(  # noqa: PLR0917  # a call has so many parts
    deployed: Deployed,
    circumstances: Circumstances,
    element: Element,
    occurrence: int,
    data: JsonObject,
    topic: str,
    answers: JsonObject | None = None,
) -> StepCall:
    """Return the request to a handler at an element of a version, as its token sees the data."""
    return StepCall(
        key=f"{circumstances.instance_id}:{element.id}:{occurrence}",
        topic=topic,
        instance_id=circumstances.instance_id,
        business_key=circumstances.business_key,
        scope=circumstances.scope,
        process_id=circumstances.process_id,
        element=element.id,
        element_name=element.name,
        occurrence=occurrence,
        actor=circumstances.actor,
        at=circumstances.at,
        arguments=_apart(deployed.arguments(element.id, data)),
        data=_apart(data),
        answers=answers or {},
        properties=dict(element.properties),
    )


def _apart(data: JsonObject) -> dict[str, Any]:
    """Return process data, or parts of them, so that a handler cannot change them."""
    flat = _FLAT.issuperset(map(type, data.values()))
    return dict(data) if flat else copied(data)


_FLAT = frozenset({str, int, bool, float, type(None)})


def copied(values: JsonObject) -> dict[str, Any]:
    """Return JSON values that share nothing with the given ones. Raises for other types."""
    same: dict[str, Any] = read_json(canonical_json(dict(values)))
    return same
