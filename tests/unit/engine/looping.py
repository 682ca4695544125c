"""A letter that goes round: its diagram, a host, and walks of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from unit.engine.drawing_board import (
    catch_error,
    choice,
    diagram,
    end,
    flow,
    notice,
    path,
    service,
    start,
    timer,
    user,
)

from engine.diagrams import LATER, Diagram, Element, Later, Walk

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

LOOP = diagram(
    start(), user("draft"), user("review"), choice("approved", "to_sign"),
    service("sign"), user("mend"), end(),
    path("begin", "draft", "review", "approved"),
    flow("approved", "draft", 'decision = "return"'), flow("approved", "sign", flow_id="to_sign"),
    path("sign", "done"), timer("late", "review", "PT2H"), notice("remind"), end("reminded"),
    path("late", "remind", "reminded"), catch_error("failed", "sign"),
    path("failed", "mend", "sign"),
)  # fmt: skip


class Host:
    """Queues every service task except notices; counts the hours for timers."""

    def __init__(self, **outcomes: Any) -> None:
        self.outcomes = outcomes
        self.asked: list[tuple[str, int]] = []

    def perform(self, element: Element, occurrence: int, data: Any) -> dict[str, Any] | Later:
        self.asked.append((element.id, occurrence))
        outcome = self.outcomes.get(element.id, LATER)
        if isinstance(outcome, Exception):
            raise outcome
        return {} if element.topic.startswith("notice.") else outcome

    def due(self, element: Element, data: Any) -> datetime:
        return NINE + timedelta(hours=int(element.timer[2:-1]))


def begun(source: bytes, data: dict[str, Any] | None = None, host: Host | None = None) -> Walk:
    walk = Diagram.compile(source).begin(data or {})
    walk.advance(host or Host())
    return walk


def waiting(walk: Walk) -> list[str]:
    return [each.id for each in walk.waiting()]


def said(passages: list[Any]) -> list[str]:
    return [f"{p.kind} {p.element}#{p.occurrence}" for p in passages]


def to_sign(walk: Walk, host: Host | None = None) -> Host:
    host = host or Host()
    walk.complete("draft#1", {})
    walk.advance(host)
    walk.complete("review#1", {"decision": "approve"})
    walk.advance(host)
    return host


def reloaded(source: bytes, walk: Walk) -> Walk:
    return Diagram.compile(source).resume(walk.freeze())
