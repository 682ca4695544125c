"""The catalog: which handler answers which topic of the diagrams, and what a handler is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

JsonObject = Mapping[str, Any]

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """Who acts, in which position, and for whom."""

    person: str  #: id of the person; "system" when no person acted
    name: str  #: as shown to readers of the history
    position: str = ""  #: id of the position in which the person acts
    on_behalf_of: str = ""  #: as shown to readers, e.g. "Plh. Kepala Dinas"; empty for one's own
    positions: frozenset[str] = frozenset()  #: every position the person may act in now


SYSTEM = Actor("system", "Alur Surat")


class Secret:
    """A passphrase on its way to the signer: shown to nobody, gone after one use."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: str | None = value

    def reveal_once(self) -> str:
        """Return the passphrase and forget it. Raises ``LookupError`` the second time."""
        value, self._value = self._value, None
        if value is None:
            raise LookupError("The secret was used already.")
        return value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("A secret is not written anywhere.")


class StepCall(NamedTuple):
    """One request of a diagram to a handler."""

    key: str  #: instance, element and occurrence: the same on every attempt
    topic: str  #: dotted noun.verb, as written in the diagram
    instance_id: str
    business_key: str  #: what the instance is about: the letter's id
    scope: str  #: the office whose calendar and books are meant
    process_id: str
    element: str
    element_name: str  #: label in the diagram
    occurrence: int  #: the n-th time the element was entered, from 1
    actor: Actor
    at: datetime
    arguments: JsonObject = _NONE  #: input parameters, evaluated
    data: JsonObject = _NONE  #: process data: small control values
    answers: JsonObject = _NONE  #: what the person answered (user tasks)
    properties: Mapping[str, str] = _NONE  #: camunda:property of the element


class ImmediateHandler(Protocol):
    """Works on our own books inside the step's transaction: commits or vanishes with it.

    Returns values that are merged into the process data. May raise ``BusinessError``.
    """

    def __call__(self, call: StepCall, session: Session) -> JsonObject: ...


class QueuedHandler(Protocol):
    """Touches the world: ``perform`` with the books closed, ``record`` in the finishing step."""

    def perform(self, call: StepCall) -> JsonObject:
        """Do the work under ``call.key``; a repeat must not do it twice. Returns JSON."""
        ...

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Enter the outcome into the books; returns values for the process data."""
        ...


class AttendedHandler(Protocol):
    """Like a queued handler, but needs a person's secret: runs in the request that brings it."""

    def perform(self, call: StepCall, secret: Secret) -> JsonObject: ...

    def recall(self, call: StepCall) -> JsonObject | None:
        """Return what was done for this call before its request died; ``None`` if nothing was."""
        ...

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject: ...


@dataclass(frozen=True)
class Stop:
    """Something that stopped at an element and waits for an operator: an incident."""

    business_key: str
    scope: str
    element: str  #: empty where a message or a moment began no instance
    element_name: str
    reference: str  #: job key, task id or waiting id; else what could not begin
    at: datetime


class StopWatch(Protocol):
    """Is told of an incident in the step that raises it: what it writes commits with the step."""

    def __call__(self, stop: Stop, session: Session) -> None: ...


def unwatched(stop: Stop, session: Session) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Topic:
    """How a topic is offered to process owners in the modeler."""

    label: str  #: Indonesian
    label_en: str
    parameters: tuple[str, ...] = ()  #: names of the input parameters it understands
    decides: bool = False  #: of user tasks: the way behind depends on what the person decides


@dataclass(frozen=True)
class HandlerCatalog:
    """Every topic of the house. A topic stands in exactly one of the five maps.

    ``answers`` are operations of user tasks (``camunda:property name="operation"``): they run
    inside the step that completes the task. ``notices`` are queued, but the token does not wait.
    """

    answers: Mapping[str, ImmediateHandler] = field(default_factory=dict)
    immediate: Mapping[str, ImmediateHandler] = field(default_factory=dict)
    queued: Mapping[str, QueuedHandler] = field(default_factory=dict)
    attended: Mapping[str, AttendedHandler] = field(default_factory=dict)
    notices: Mapping[str, QueuedHandler] = field(default_factory=dict)
    stopped: StopWatch = unwatched  #: told of every incident
    topics: Mapping[str, Topic] = field(default_factory=dict)  #: labels for the modeler


class RouteRequest(NamedTuple):
    """A user task that looks for its performers."""

    instance_id: str
    business_key: str
    scope: str
    element: str
    lane: str
    candidate_groups: tuple[str, ...]  #: roles, e.g. "unit_head"
    data: JsonObject
    at: datetime


class TaskRouter(Protocol):
    """Finds the positions that may perform a task, in the scope of what the instance is about."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        """Return ids of positions; an empty tuple makes the task an incident."""
        ...
