"""Random walks through random diagrams, reloaded after every step, against a second reading."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from oracle.drawn import Drawn
from oracle.random_diagrams import Draughtsman
from oracle.random_tables import Table
from oracle.reference_interpreter import Reference
from oracle.world import service
from unit.engine.drawing_board import choice as gateway
from unit.engine.drawing_board import diagram, end, flow, fork, path, start, user

from engine import BusinessError
from engine.diagrams import LATER, Diagram, Element, Later, Passage, Walk
from engine.errors import TaskNotOpen

BEGINNING = {"letter": 1, "items": ["x", "y", "z"], "reference": "r-1"}
DUE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Host:
    """The same service, in the shape a walk asks for."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables

    def perform(self, element: Element, occurrence: int, data: Any) -> dict[str, Any] | Later:
        outcome, values = service(element.id, element.topic, occurrence, data)
        if outcome == "error":
            raise BusinessError(values["code"], values["sentence"])
        return LATER if outcome == "later" else values

    def due(self, element: Element, data: Any) -> datetime:
        return DUE

    def publish(self, element: Element, occurrence: int, data: Any) -> None:
        """Nobody listens."""

    def decide(self, element: Element, data: Any) -> dict[str, Any]:
        table = self._tables[element.decision_ref.rpartition("!")[2]]
        return {element.result_variable: table.decide(data)}


@pytest.mark.parametrize("seed", range(80))
def test_a_walk_agrees_with_the_reference_after_every_step(seed: int) -> None:
    drawn = Draughtsman(seed).drawn()
    for walk_seed in range(3):
        _walk(drawn, _chance(seed * 1000 + walk_seed), steps=60)


def test_a_join_in_a_loop_waits_for_every_branch_of_every_pass() -> None:
    # The library alone lets d begin on the second pass although c is not done.
    source = diagram(
        start(), gateway("m"), user("a"), fork("g"), user("b"), user("c"), fork("j"), user("d"),
        gateway("again", "again_to_done"), end(),
        path("begin", "m", "a", "g", "b", "j", "d", "again", "done"), path("g", "c", "j"),
        flow("again", "m", 'pick = "b"'),
    )  # fmt: skip

    for seed in range(100):
        _walk(Drawn(source), _chance(seed), steps=40)


def test_tokens_in_excess_wait_at_their_join() -> None:
    # Unsound on purpose: b can arrive twice before c arrives once.
    source = diagram(
        start(), fork("g"), user("a"), fork("twice"), gateway("m"), gateway("x", "x_to_m"),
        user("c"), gateway("mc"), fork("j"), user("d"), end(),
        path("begin", "g", "a", "twice", "x", "m", "j", "d", "done"), path("twice", "m"),
        path("g", "mc", "c", "j"), flow("x", "mc", 'pick = "a"'),
    )  # fmt: skip

    for seed in range(60):
        _walk(Drawn(source), _chance(seed), steps=30)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # reproducible, not secret


def _walk(drawn: Drawn, chance: random.Random, steps: int) -> None:
    host = Host(drawn.tables)
    compiled = Diagram.compile(drawn.source, drawn.called)
    start = chance.choice(compiled.starts).id
    reference = Reference(drawn, service, BEGINNING, start)
    walk = compiled.begin(dict(BEGINNING), start)
    folded: set[tuple[str, int]] = set()
    spent: list[str] = []
    for step in range(steps):
        passages = walk.advance(host)
        folded = _fold(folded, passages)
        walk = _reloaded(compiled, walk)
        _compare(walk, reference, passages, folded)
        if not reference.waiting:
            break
        for waiting_id in spent[-3:]:
            with pytest.raises(TaskNotOpen):
                walk.complete(waiting_id, {})
        spent.append(_command(walk, reference, chance, step))


def _command(walk: Walk, reference: Reference, chance: random.Random, step: int) -> str:
    waiting_id, kind = chance.choice(sorted(reference.waiting))
    values: dict[str, Any] = {
        "pick": chance.choice(["a", "a", "b", "c"]),
        "fail": chance.random() < 0.4,
        "one": chance.choice(["a", "b"]),
        "two": chance.choice(["a", "b"]),
        "k": step,
    }
    if kind == "timer":
        walk.fire_timer(waiting_id)
        reference.fire(waiting_id)
    elif kind == "message":
        walk.deliver(waiting_id, {"told": step})
        reference.fire(waiting_id, {"told": step})
    elif kind == "task":
        walk.complete(waiting_id, values)
        reference.complete(waiting_id, values)
    elif chance.random() < 0.3:
        code = chance.choice(["E1", "E2"])
        caught = walk.throw_error(waiting_id, code, {"thrown": step})
        assert caught == reference.throw(waiting_id, code, {"thrown": step})
        return waiting_id if caught else "nobody#1"
    else:
        walk.answer(waiting_id, {"answer": step})
        reference.complete(waiting_id, {"answer": step})
    return waiting_id


def _reloaded(compiled: Diagram, walk: Walk) -> Walk:
    state = walk.freeze()
    again = compiled.resume(state)
    assert again.freeze() == state
    return again


def _compare(
    walk: Walk, reference: Reference, passages: list[Passage], folded: set[tuple[str, int]]
) -> None:
    assert {(w.id, w.kind) for w in walk.waiting()} == reference.waiting
    assert all(w.due == (DUE if w.kind == "timer" else None) for w in walk.waiting())
    for waiting_id, kind in reference.waiting:
        if kind in ("task", "job"):
            assert walk.view(waiting_id) == reference.view(waiting_id)
    assert walk.open == reference.open == folded
    assert walk.completed == reference.completed
    assert walk.data == reference.data
    assert Counter((p.kind, p.element, p.occurrence) for p in passages) == reference.new_passages()


def _fold(folded: set[tuple[str, int]], passages: list[Passage]) -> set[tuple[str, int]]:
    for passage in passages:
        place = (passage.element, passage.occurrence)
        if passage.kind == "entered":
            assert place not in folded
            folded = folded | {place}
        elif passage.kind != "taken":
            assert place in folded
            folded = folded - {place}
    return folded
