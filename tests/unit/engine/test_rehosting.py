"""A walk at rest is put on another diagram: scopes, repetitions, calls, messages, races, joins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    fork,
    node,
    path,
    properties,
    service,
    start,
    user,
)
from unit.engine.walked import (
    HOUR,
    MESSAGES,
    REPLY,
    WITHDRAWAL,
    Driven,
    catch,
    each,
    edge,
    one,
    receive,
    sub,
)

from engine.diagrams import Diagram, Past, Rehosting

UNITS = {"units": ["umum", "hukum", "keuangan"]}


def tried(
    walk: Driven,
    source: bytes,
    callees: Mapping[str, bytes] | None = None,
    past: Past | None = None,
) -> Rehosting:
    target = Diagram.compile(source, callees)
    state = walk.walk.freeze()
    found = walk.diagram.rehost(state, target, walk.host, past or Past())
    assert walk.walk.freeze() == state
    return found


def rules(walk: Driven, source: bytes, **more: Any) -> list[tuple[str, str]]:
    """What blocks."""
    found = tried(walk, source, **more)
    blockers = [each for each in found.findings if each.severity == "error"]
    assert (found.walk is None) == bool(blockers)
    return [(each.element, each.rule) for each in blockers]


def move(walk: Driven, source: bytes, callees: Mapping[str, bytes] | None = None) -> Rehosting:
    """Go on along the other diagram; what was open stays open, under its own number."""
    found = tried(walk, source, callees)
    assert found.walk is not None, found.findings
    assert found.walk.open == walk.walk.open
    walk.diagram = Diagram.compile(source, callees)
    state = found.walk.freeze()
    walk.walk = walk.diagram.resume(state)
    assert walk.walk.freeze() == state
    return found


# Sub-processes


def around(*inside: str, before: str = "", after: str = "") -> bytes:
    """begin -> s (with what is drawn inside) -> after -> done."""
    return diagram(
        start(), sub("s", start("in"), *inside), user("after"), end(), before,
        path("begin", "s", "after", "done"), after,
    )  # fmt: skip


def test_a_sub_process_goes_on_with_a_step_that_was_added_inside() -> None:
    walk = Driven(around(user("a"), end("out"), path("in", "a", "out")))

    move(walk, around(user("a"), user("b"), end("out"), path("in", "a", "b", "out")))
    walk.done("a#1")
    assert walk.waiting == ["b#1"]
    walk.done("b#1")

    assert walk.waiting == ["after#1"]


def test_a_step_that_was_moved_out_of_its_sub_process_blocks() -> None:
    walk = Driven(around(user("a"), end("out"), path("in", "a", "out")))
    outside = diagram(
        start(), sub("s", start("in"), user("b"), end("out"), path("in", "b", "out")),
        user("a"), end(), path("begin", "s", "a", "done"),
    )  # fmt: skip
    plain = diagram(start(), user("a"), end(), path("begin", "a", "done"))

    assert rules(walk, outside) == [("a", "scope-changed")]
    assert set(rules(walk, plain)) == {("s", "gone"), ("a", "scope-changed")}


def test_a_join_inside_a_sub_process_must_not_starve() -> None:
    def inside(*names: str) -> bytes:
        ways = "".join(user(name) + path("g", name, "j") for name in names)
        return around(fork("g"), fork("j"), ways, end("out"), path("in", "g"), path("j", "out"))

    walk = Driven(inside("a", "b"))

    assert rules(walk, inside("a", "b", "c")) == [("j", "deadlock")]


# Repetitions


def paraf(inner: str, task: str = "", **collected: str) -> bytes:
    drawn = task or user("paraf", properties(**(collected or {"collect": "decisions"})) + inner)
    return diagram(
        start(), drawn, user("after"), end(), path("begin", "paraf", "after", "done")
    )  # fmt: skip


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_repetition_goes_on_where_it_was(sequential: str) -> None:
    walk = Driven(paraf(each("units", "unit", sequential=sequential)), UNITS)
    walk.done("paraf#2", decision="a")

    until = "nrOfCompletedInstances >= 2".replace(">", "&gt;")
    found = move(walk, paraf(each("units", "unit", until, sequential)))
    assert found.findings == ()
    assert one(walk.walk, "paraf#3").local == {"unit": "hukum", "loopCounter": 2}
    walk.done("paraf#3", decision="b")

    assert walk.waiting == ["after#1"]
    assert walk.data["decisions"] == [{"decision": "a"}, {"decision": "b"}, None]


@pytest.mark.parametrize(
    "changed",
    [
        paraf(each("units", "unit", sequential="true")),
        paraf(each("units", "name")),
        paraf(each("others", "unit")),
        paraf(each("units", "unit"), operation="letter.review"),
        paraf(""),
    ],
    ids=["sequential", "variable", "collection", "collect", "once"],
)
def test_another_repetition_blocks_while_it_goes_on(changed: bytes) -> None:
    walk = Driven(paraf(each("units", "unit")), UNITS)

    assert rules(walk, changed) == [("paraf", "repetition-changed")]


def test_jobs_of_a_repetition_keep_their_topic() -> None:
    drawn = each("units", "unit")
    walk = Driven(paraf("", task=service("paraf", "letter.send", drawn)), UNITS)

    other = paraf("", task=service("paraf", "letter.post", drawn))

    assert rules(walk, other) == [("paraf", "job-changed")]


# Calls


def calling(*more: str, called: str = "check", mapping: str = "") -> bytes:
    inner = f"<bpmn:extensionElements>{mapping}</bpmn:extensionElements>" if mapping else ""
    call = node("callActivity", "c", inner, calledElement=called)
    ways = path("begin", "c", *more, "done")
    return diagram(start(), call, *(user(name) for name in more), end(), ways)


def callee(*tasks: str, process: str = "check") -> bytes:
    drawn = "".join(user(name) for name in tasks)
    source = diagram(start(), drawn, end(), path("begin", *tasks, "done"))
    return source.replace(b'id="p"', f'id="{process}"'.encode()).replace(
        b'processRef="p"', f'processRef="{process}"'.encode()
    )


def test_a_called_process_goes_on_as_it_is_drawn_now() -> None:
    walk = Driven(calling(), callees={"check": callee("a")})

    move(walk, calling("after"), {"check": callee("a", "b")})
    walk.done("c!a#1")
    walk.done("c!b#1")

    assert walk.waiting == ["after#1"]


def test_another_called_process_or_other_data_for_it_block() -> None:
    walk = Driven(calling(), callees={"check": callee("a")})
    other = {"other": callee("a", process="other")}
    mapping = '<camunda:in source="units" target="units"/>'

    assert rules(walk, calling(called="other"), callees=other) == [("c", "call-changed")]
    assert rules(walk, calling(mapping=mapping), callees={"check": callee("a")}) == [
        ("c", "call-changed")
    ]
    assert rules(walk, calling(), callees={"check": callee("b")}) == [("c!a", "gone")]


# Messages and races


def awaiting(inner: str = "", message: str = "M1", *beside: str) -> bytes:
    return diagram(
        start(), receive("wait", inner, message), end(), path("begin", "wait", "done"), *beside,
        layout=MESSAGES,
    )  # fmt: skip


def test_what_waits_for_a_message_keeps_waiting_for_the_same_one() -> None:
    walk = Driven(awaiting(properties(correlationKey="unit")), {"unit": "umum"})

    move(walk, awaiting(properties(correlationKey='"another"'.replace('"', "&quot;"))))

    assert one(walk.walk, "wait#1").correlation == "umum"
    assert rules(walk, awaiting("", "M2")) == [("wait", "message-changed")]


def test_a_message_that_cannot_be_waited_for_blocks() -> None:
    walk = Driven(awaiting())
    event = properties(correlationKey="nobody") + WITHDRAWAL
    drawn = awaiting("", "M1", edge("e", "wait", event), end("off"), flow("e", "off"))

    assert rules(walk, drawn) == [("e", "not-armed")]


def test_a_race_is_run_to_its_end_between_those_who_began_it() -> None:
    def racing(*more: str) -> bytes:
        names = ("reply", "late", *more)
        ways = "".join(path("race", name, f"end_{name}") + end(f"end_{name}") for name in names)
        return diagram(
            start(), node("eventBasedGateway", "race"), catch("reply", REPLY),
            catch("late", HOUR), "".join(catch(name, WITHDRAWAL) for name in more),
            path("begin", "race"), ways, layout=MESSAGES,
        )  # fmt: skip

    walk = Driven(racing())

    assert set(rules(walk, racing("taken_back"))) == {
        ("reply", "race-changed"), ("late", "race-changed"),
    }  # fmt: skip
    move(walk, racing())
    walk.deliver("reply#1")
    assert walk.completed


def test_the_ways_of_a_race_may_meet_again() -> None:
    def racing(*after: str) -> bytes:
        return diagram(
            start(), node("eventBasedGateway", "race"), catch("reply", REPLY), catch("late", HOUR),
            choice("merge"), *map(user, after), end(), path("begin", "race", "reply", "merge"),
            path("race", "late", "merge", *after, "done"), layout=MESSAGES,
        )  # fmt: skip

    walk = Driven(racing("a"))

    move(walk, racing("a", "b"))
    walk.deliver("reply#1")
    walk.done("a#1")
    assert walk.waiting == ["b#1"]


# Edges and joins


def reviewed(*beside: str) -> bytes:
    return diagram(
        start(), user("a"), end(), path("begin", "a", "done"), *beside, layout=MESSAGES
    )  # fmt: skip


LATE = (edge("late", "a", HOUR, interrupting=False), end("told"), flow("late", "told"))


def test_an_event_that_has_happened_is_not_armed_once_more() -> None:
    walk = Driven(reviewed())

    fresh = tried(walk, reviewed(*LATE))
    spent = tried(walk, reviewed(*LATE), past=Past(entered=frozenset({"late#1"})))

    assert (fresh.armed, spent.armed) == (("late#1",), ())


def test_only_what_a_move_armed_may_be_dropped() -> None:
    walk = Driven(reviewed(*LATE))

    assert rules(walk, reviewed()) == [("late", "event-gone")]
    dropped = tried(walk, reviewed(), past=Past(droppable=frozenset({"late#1"})))

    assert (dropped.dropped, [finding.rule for finding in dropped.findings]) == (
        ("late#1",), ["event-dropped"],
    )  # fmt: skip


def test_there_and_back_leads_to_the_same_bytes() -> None:
    first = diagram(start(), user("x"), user("a"), end(), path("begin", "x", "a", "done"))
    walk = Driven(first)
    walk.done("x#1")
    before = walk.walk.freeze()

    move(walk, reviewed())
    move(walk, first)

    assert walk.walk.freeze() == before


def test_an_inclusive_join_that_has_gathered_somebody_keeps_its_flows() -> None:
    def drawn(*more: str) -> bytes:
        gateways = fork("g") + node("inclusiveGateway", "j")
        names = ("a", "b", *more)
        ways = "".join(user(name) + path("g", name, "j") for name in names)
        return diagram(start(), gateways, ways, end(), path("begin", "g"), path("j", "done"))

    walk = Driven(drawn())
    assert rules(walk, drawn("c")) == []
    walk.done("a#1")

    assert rules(walk, drawn("c")) == [("j", "join-changed")]


def test_a_task_without_a_form_blocks() -> None:
    walk = Driven(reviewed())
    bare = diagram(
        start(), user("a", camunda_formKey=""), end(), path("begin", "a", "done")
    )  # fmt: skip

    assert rules(walk, bare) == [("a", "form-missing")]
