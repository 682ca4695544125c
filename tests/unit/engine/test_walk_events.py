"""Events that wait or tell: messages, moments, races, and the ways to begin."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import diagram, end, node, notice, path, properties, start, user
from unit.engine.walked import (
    HOUR,
    MESSAGES,
    NINE,
    REPLY,
    WITHDRAWAL,
    Driven,
    catch,
    edge,
    one,
    receive,
    throw,
)

from engine.errors import EngineError, TaskNotOpen


def _between(*parts: str, at: str = "wait") -> bytes:
    return diagram(
        start(), user("a"), end(), path("begin", "a", at, "done"), *parts, layout=MESSAGES
    )


@pytest.mark.parametrize("shape", [catch("wait", REPLY), receive("wait")])
def test_a_message_moves_the_token_that_waits_for_it(shape: str) -> None:
    walk = Driven(_between(shape))
    walk.done("a#1")
    found = one(walk.walk, "wait#1")
    assert (found.kind, found.message, found.correlation) == ("message", "reply", "")

    walk.deliver("wait#1", answer="yes")

    assert walk.completed
    assert walk.data == {"answer": "yes"}


def test_a_message_is_delivered_once() -> None:
    walk = Driven(_between(catch("wait", REPLY)))
    walk.done("a#1")
    walk.walk.deliver("wait#1", {})

    with pytest.raises(TaskNotOpen):
        walk.walk.deliver("wait#1", {})


@pytest.mark.parametrize(("value", "text"), [("005/1", "005/1"), (17, "17")])
def test_the_correlation_is_computed_when_the_wait_begins(value: object, text: str) -> None:
    key = properties(correlationKey="number")
    walk = Driven(_between(catch("wait", REPLY, key)))
    walk.done("a#1", number=value)

    assert one(walk.walk, "wait#1").correlation == text


def test_a_correlation_key_without_a_value_is_refused() -> None:
    walk = Driven(_between(catch("wait", REPLY, properties(correlationKey="number"))))

    with pytest.raises(EngineError, match="correlation key"):
        walk.done("a#1")


def test_the_refusal_of_a_correlation_key_does_not_quote_it() -> None:
    walk = Driven(_between(catch("wait", REPLY, properties(correlationKey="number"))))

    with pytest.raises(EngineError, match="gives list") as refused:
        walk.done("a#1", number=["rahasia"])
    assert "rahasia" not in str(refused.value)


def test_a_timer_between_tasks_waits_for_its_moment() -> None:
    walk = Driven(_between(catch("wait", HOUR)))
    walk.done("a#1")
    assert one(walk.walk, "wait#1").due == NINE

    walk.fire("wait#1")

    assert walk.completed


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_at_the_edge_of_a_task(interrupting: bool) -> None:
    key = properties(correlationKey="&quot;A&quot;")
    source = diagram(
        start(), user("a"), end(), path("begin", "a", "done"), notice("n"), end("over"),
        edge("e", "a", key + WITHDRAWAL, interrupting=interrupting), path("e", "n", "over"),
        layout=MESSAGES,
    )  # fmt: skip
    walk = Driven(source)

    walk.deliver("e#1")

    assert walk.completed == interrupting
    if not interrupting:
        walk.deliver("e#1")  # it may come again while the task is open
        assert one(walk.walk, "e#1").correlation == "A"
        walk.done("a#1")
        assert walk.completed


RACE = diagram(
    start(), node("eventBasedGateway", "race"), catch("reply", REPLY), catch("late", HOUR),
    receive("taken_back", message="M2"), user("a"), user("b"), user("c"), end(),
    path("begin", "race", "reply", "a", "done"), path("race", "late", "b", "done"),
    path("race", "taken_back", "c", "done"), layout=MESSAGES,
)  # fmt: skip


@pytest.mark.parametrize(("first", "task"), [("reply", "a"), ("late", "b"), ("taken_back", "c")])
def test_the_first_event_behind_the_gateway_wins(first: str, task: str) -> None:
    walk = Driven(RACE)
    assert walk.waiting == ["late#1", "reply#1", "taken_back#1"]

    if first == "late":
        walk.fire("late#1")
    else:
        walk.deliver(f"{first}#1")

    assert walk.waiting == [f"{task}#1"]
    assert sum(line.startswith("cancelled") for line in walk.told) == 2


def test_what_is_thrown_is_given_to_the_host() -> None:
    source = _between(
        throw("tell", REPLY), end("last", WITHDRAWAL), path("tell", "last"), at="tell"
    )
    walk = Driven(source.replace(b'<bpmn:sequenceFlow id="tell_to_done" sourceRef="tell"'
                                 b' targetRef="done"></bpmn:sequenceFlow>', b"")
                  .replace(b'<bpmn:endEvent id="done"></bpmn:endEvent>', b""))  # fmt: skip

    walk.done("a#1", x=1)

    assert walk.host.sent == [("reply", 1, {"x": 1}), ("withdrawal", 1, {"x": 1})]
    assert walk.completed


STARTS = diagram(
    start(), node("startEvent", "asked", REPLY), node("startEvent", "monday", HOUR), user("a"),
    end(), path("begin", "a", "done"), path("asked", "a"), path("monday", "a"), layout=MESSAGES,
)  # fmt: skip


def test_a_process_begins_in_the_way_that_is_named() -> None:
    assert [s.id for s in Driven(STARTS).diagram.starts] == ["begin", "asked", "monday"]

    assert Driven(STARTS).told[0] == "entered begin#1"
    assert Driven(STARTS, start="asked").told[0] == "entered asked#1"
    assert Driven(STARTS, start="monday").waiting == ["a#1"]
    with pytest.raises(EngineError, match="no such start"):
        Driven(STARTS, start="a")
