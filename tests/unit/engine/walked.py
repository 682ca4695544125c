"""What tests of walks share: shapes of the larger kind, and a walk reloaded after every command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from unit.engine.drawing_board import node

from engine import BusinessError
from engine.diagrams import LATER, Diagram, Element, Later, Passage, Walk

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

MESSAGES = '<bpmn:message id="M1" name="reply"/><bpmn:message id="M2" name="withdrawal"/>'
ESCALATIONS = (
    '<bpmn:escalation id="X1" escalationCode="LATE"/>'
    '<bpmn:escalation id="X2" escalationCode="OTHER"/>'
)
REPLY = '<bpmn:messageEventDefinition messageRef="M1"/>'
WITHDRAWAL = '<bpmn:messageEventDefinition messageRef="M2"/>'
LATE = '<bpmn:escalationEventDefinition escalationRef="X1"/>'
HOUR = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)
FAILED = '<bpmn:errorEventDefinition errorRef="Error_1"/>'


def catch(element: str, event: str, inner: str = "") -> str:
    return node("intermediateCatchEvent", element, inner + event)


def throw(element: str, event: str) -> str:
    return node("intermediateThrowEvent", element, event)


def receive(element: str, inner: str = "", message: str = "M1") -> str:
    return node("receiveTask", element, inner, messageRef=message)


def edge(element: str, attached: str, event: str, *, interrupting: bool = True) -> str:
    return node(
        "boundaryEvent",
        element,
        event,
        attachedToRef=attached,
        cancelActivity=str(interrupting).lower(),
    )


def sub(element: str, *parts: str) -> str:
    return node("subProcess", element, "".join(parts))


def each(collection: str, variable: str = "", completion: str = "", sequential: str = "") -> str:
    """The description of a multi-instance activity."""
    until = f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>"
    named = f' camunda:elementVariable="{variable}"' if variable else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics camunda:collection="{collection}"{named}'
        f' isSequential="{sequential or "false"}">{until if completion else ""}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


class Host:
    """Queues service tasks unless told what they give; remembers what it was asked."""

    def __init__(self, **outcomes: Any) -> None:
        self.outcomes = outcomes
        self.sent: list[tuple[str, int, dict[str, Any]]] = []
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def perform(self, element: Element, occurrence: int, data: Any) -> dict[str, Any] | Later:
        self.seen.append((element.id, dict(data)))
        outcome = self.outcomes.get(element.id, LATER)
        if isinstance(outcome, Exception):
            raise outcome
        return {} if element.topic.startswith("notice.") else outcome

    def due(self, element: Element, data: Any) -> datetime:
        return NINE

    def publish(self, element: Element, occurrence: int, data: Any) -> None:
        self.sent.append((element.message, occurrence, dict(data)))

    def decide(self, element: Element, data: Any) -> Mapping[str, Any]:
        return {element.result_variable: f"{element.decision_ref}/{data.get('urgency')}"}


class Driven:
    """A walk that is frozen and resumed after every command, and folded from its passages."""

    def __init__(
        self,
        source: bytes,
        data: dict[str, Any] | None = None,
        host: Host | None = None,
        callees: Mapping[str, bytes] | None = None,
        start: str | None = None,
    ) -> None:
        self.diagram = Diagram.compile(source, callees)
        self.host = host or Host()
        self.walk = self.diagram.begin(data or {}, start)
        self.folded: set[tuple[str, int]] = set()
        self.told: list[str] = []
        self._advance()

    @property
    def waiting(self) -> list[str]:
        return sorted(each.id for each in self.walk.waiting())

    @property
    def data(self) -> dict[str, Any]:
        return self.walk.data

    @property
    def completed(self) -> bool:
        return self.walk.completed

    @property
    def size(self) -> int:
        return len(self.walk.freeze())

    def done(self, waiting_id: str, **outputs: Any) -> None:
        self.walk.complete(waiting_id, outputs)
        self._advance()

    def answer(self, waiting_id: str, **outputs: Any) -> None:
        self.walk.answer(waiting_id, outputs)
        self._advance()

    def fire(self, waiting_id: str) -> None:
        self.walk.fire_timer(waiting_id)
        self._advance()

    def deliver(self, waiting_id: str, **payload: Any) -> None:
        self.walk.deliver(waiting_id, payload)
        self._advance()

    def fail(self, waiting_id: str, code: str) -> bool:
        caught = self.walk.throw_error(waiting_id, code, {"error": {"code": code}})
        self._advance()
        return caught

    def _advance(self) -> None:
        passages = self.walk.advance(self.host)
        self.told = [f"{p.kind} {p.element}#{p.occurrence}" for p in passages]
        self._fold(passages)
        state = self.walk.freeze()
        self.walk = self.diagram.resume(state)
        assert self.walk.freeze() == state
        assert self.walk.open == self.folded

    def _fold(self, passages: list[Passage]) -> None:
        for passage in passages:
            place = (passage.element, passage.occurrence)
            if passage.kind == "entered":
                assert place not in self.folded, place
                self.folded.add(place)
            elif passage.kind != "taken":
                self.folded.remove(place)


def failure(code: str = "SIGNING_FAILED") -> BusinessError:
    return BusinessError(code, "Gagal.")


def one(walk: Walk, waiting_id: str) -> Any:
    """What waits under this id."""
    return next(found for found in walk.waiting() if found.id == waiting_id)
