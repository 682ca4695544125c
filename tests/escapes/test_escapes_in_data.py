"""Escapes in process data: they go in and come out as what they are, or do not go in."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from escapes.canary import JUEL, TOUCH, Canary
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    lane,
    path,
    start,
    user,
)

from engine import EngineError
from engine.diagrams import Diagram

CHOOSING = diagram(
    lane("task", "other"), start(), user("task"), choice("ask", "ask_to_done"), user("other"),
    end(), path("begin", "task", "ask"), flow("ask", "other", 'x.__class__ = "str"'),
    flow("ask", "done"), path("other", "done"),
)  # fmt: skip


class Host:
    """Asked for nothing by this diagram."""

    def perform(self, element: Any, occurrence: int, data: Any) -> Any:
        raise AssertionError

    def due(self, element: Any, data: Any) -> datetime:
        return datetime.now(UTC)

    def publish(self, element: Any, occurrence: int, data: Any) -> None:
        raise AssertionError

    def decide(self, element: Any, data: Any) -> Any:
        raise AssertionError


#: Data that other serializers would turn into objects, or other evaluators into code.
KEPT: dict[str, Any] = {
    "typename": {"typename": "os.system", "args": ["touch CANARY"]},
    "typename of the library": {"typename": "BpmnWorkflow", "tasks": {}},
    "typename of a task": {"typename": "Task", "data": {"x": 1}, "state": 64},
    "class of Python": {"__class__": "subprocess.Popen", "__reduce__": ["x"]},
    "py/object": {"py/object": "os.system", "py/reduce": ["touch CANARY"]},
    "prototype": {"__proto__": {"admin": True}, "constructor": {"prototype": {}}},
    "YAML": "!!python/object/apply:os.system ['touch CANARY']",
    "Python": TOUCH,
    "JUEL": JUEL,
    "template": "{{ cycler.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "format": "{0.__class__.__init__.__globals__}",
    "null byte": "a\0b",
    "surrogate pair": "😀",
    "dunder keys": {"__import__": "os", "__builtins__": {}},
}

REFUSED: dict[str, Any] = {
    "object": object(),
    "function": print,
    "class": int,
    "bytes": pickle.dumps(print),
    "set": {1, 2},
    "huge number": 10**1_000,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "number as a key": {1: 2},
}


@pytest.mark.parametrize("name", KEPT)
def test_hostile_data_stay_data(canary: Canary, name: str) -> None:
    drawn = Diagram.compile(CHOOSING)

    with canary.watched():
        walk = drawn.begin({"x": KEPT[name]})
        walk.advance(Host())
        again = drawn.resume(walk.freeze())
        assert again.data == {"x": KEPT[name]}
        [waiting] = again.waiting()
        again.complete(waiting.id, {"y": KEPT[name]})
        again.advance(Host())

    assert again.completed, "an attribute of Python decided the way"
    assert again.data == {"x": KEPT[name], "y": KEPT[name]}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_json_is_not_saved(canary: Canary, name: str) -> None:
    walk = Diagram.compile(CHOOSING).begin({"x": REFUSED[name]})
    walk.advance(Host())

    with canary.watched(), pytest.raises((TypeError, ValueError, OverflowError)):
        walk.freeze()


def test_bottomless_data_are_not_saved(canary: Canary) -> None:
    deep: list[Any] = []
    for _ in range(2_000):
        deep = [deep]
    walk = Diagram.compile(CHOOSING).begin({"x": deep})
    walk.advance(Host())

    with canary.watched(), pytest.raises(TypeError):
        walk.freeze()


@pytest.mark.parametrize("size", [0, 1, 90, 3_000])
def test_a_forged_state_is_an_error_and_no_object(canary: Canary, size: int) -> None:
    drawn = Diagram.compile(CHOOSING)
    forged = pickle.dumps({"x": TOUCH})[:size] + b"\x80" * size

    with canary.watched(), pytest.raises(EngineError):
        drawn.resume(canary.armed(forged))
