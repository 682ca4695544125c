"""Sub-processes and calls: tokens inside, and how they end, fail, escalate and are withdrawn."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import (
    TERMINATE,
    choice,
    diagram,
    end,
    flow,
    fork,
    node,
    notice,
    path,
    service,
    start,
    user,
)
from unit.engine.walked import (
    ESCALATIONS,
    FAILED,
    HOUR,
    LATE,
    MESSAGES,
    WITHDRAWAL,
    Driven,
    Host,
    edge,
    failure,
    one,
    sub,
    throw,
)

from engine.diagrams import Diagram, drawn_in
from engine.errors import DefinitionRejected, TaskNotOpen


def _around(*inside: str, beside: str = "", layout: str = "") -> bytes:
    """begin -> s (a sub-process with what is drawn inside) -> after -> done."""
    return diagram(
        start(), sub("s", start("in"), *inside), user("after"), end(),
        path("begin", "s", "after", "done"), beside, layout=layout,
    )  # fmt: skip


TWO = fork("g") + user("a") + user("b") + fork("j") + end("out") + path("in", "g", "a", "j", "out")
TWO += path("g", "b", "j")
#: A boundary event on the sub-process that leads to the task "other".
OTHER = user("other") + path("e", "other", "done")


def test_a_sub_process_is_left_when_its_last_token_has_ended() -> None:
    walk = Driven(_around(TWO))
    assert walk.waiting == ["a#1", "b#1"]
    assert ("s", 1) in walk.walk.open

    walk.done("a#1")
    walk.done("b#1")

    assert walk.waiting == ["after#1"]
    assert walk.told[-3:] == ["left s#1", "taken s_to_after#1", "entered after#1"]


def test_two_ends_inside_are_both_awaited() -> None:
    inside = fork("g") + user("a") + user("b") + end("x") + end("y")
    walk = Driven(_around(inside + path("in", "g", "a", "x") + path("g", "b", "y")))

    walk.done("a#1")
    assert walk.waiting == ["b#1"]
    walk.done("b#1")

    assert walk.waiting == ["after#1"]


@pytest.mark.parametrize(
    ("event", "happens"),
    [(HOUR, lambda walk: walk.fire("e#1")), (WITHDRAWAL, lambda walk: walk.deliver("e#1"))],
)
def test_an_interrupting_event_withdraws_all_that_is_inside(event: str, happens: object) -> None:
    walk = Driven(_around(TWO, beside=edge("e", "s", event) + OTHER, layout=MESSAGES))
    walk.done("a#1")
    assert ("j", 1) in walk.walk.open

    happens(walk)  # type: ignore[operator]

    assert walk.waiting == ["other#1"]
    assert walk.told[:4] == ["cancelled b#1", "cancelled j#1", "cancelled s#1", "entered e#1"]
    with pytest.raises(TaskNotOpen):
        walk.done("b#1")


def test_a_reminder_on_a_sub_process_leaves_it_alone() -> None:
    beside = edge("e", "s", HOUR, interrupting=False) + notice("n") + end("over")
    walk = Driven(_around(TWO, beside=beside + path("e", "n", "over")))

    walk.fire("e#1")

    assert walk.waiting == ["a#1", "b#1"]


def test_a_terminate_end_ends_only_its_own_scope() -> None:
    inside = fork("g") + user("a") + user("b") + end("stop", TERMINATE) + end("out")
    source = diagram(
        start(), fork("f"), sub("s", start("in"), inside, path("in", "g", "a", "stop"),
        path("g", "b", "out")), user("beside"), fork("j"), end(),
        path("begin", "f", "s", "j", "done"), path("f", "beside", "j"),
    )  # fmt: skip
    walk = Driven(source)

    walk.done("a#1")

    assert walk.waiting == ["beside#1"]
    assert "cancelled b#1" in walk.told
    assert "left s#1" in walk.told


def test_an_error_end_goes_to_the_nearest_scope_that_catches_its_code() -> None:
    inner = sub("t", start("in_t"), user("a"), end("fail", FAILED), path("in_t", "a", "fail"))
    inside = inner + edge("wrong", "t", FAILED.replace("Error_1", "Error_2")) + end("out")
    inside += path("in", "t", "out") + path("wrong", "out")
    source = _around(inside, beside=edge("e", "s", FAILED) + OTHER)
    declared = b'<bpmn:error id="Error_2" errorCode="E2"/></bpmn:definitions>'
    walk = Driven(source.replace(b"</bpmn:definitions>", declared))

    walk.done("a#1")

    assert walk.waiting == ["other#1"]
    assert "cancelled t#1" in walk.told


def test_an_error_of_a_task_inside_is_caught_nearest_first() -> None:
    mend = service("a") + user("mend") + edge("near", "a", FAILED) + end("out")
    mend += path("in", "a", "out") + path("near", "mend", "out")
    source = _around(mend, beside=edge("e", "s", FAILED) + OTHER)

    walk = Driven(source, host=Host(a=failure()))

    assert walk.waiting == ["mend#1"]


def test_an_error_of_a_task_inside_reaches_the_edge_of_the_sub_process() -> None:
    inside = fork("g") + service("a") + user("b") + fork("j") + end("out")
    inside += path("in", "g", "a", "j", "out") + path("g", "b", "j")
    source = _around(inside, beside=edge("e", "s", FAILED) + OTHER)

    at_once = Driven(source, host=Host(a=failure()))
    assert at_once.waiting == ["other#1"]
    assert at_once.data["error"] == {"code": "SIGNING_FAILED", "sentence": "Gagal."}
    later = Driven(source)
    assert not later.fail("a#1", "UNKNOWN")
    assert later.fail("a#1", "SIGNING_FAILED")
    assert later.waiting == ["other#1"]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("kind", ["throw", "end"])
def test_an_escalation_is_heard_around(kind: str, interrupting: bool) -> None:
    last = throw("tell", LATE) + user("b") + end("out") + path("a", "tell", "b", "out")
    if kind == "end":
        last = end("tell", LATE) + path("a", "tell")
    beside = edge("e", "s", LATE, interrupting=interrupting) + notice("n") + end("over")
    source = _around(
        user("a") + path("in", "a") + last, beside=beside + path("e", "n", "over"),
        layout=ESCALATIONS,
    )  # fmt: skip
    walk = Driven(source)

    walk.done("a#1")

    assert "entered e#1" in walk.told
    if interrupting:
        assert walk.completed
    else:
        assert walk.waiting == (["b#1"] if kind == "throw" else ["after#1"])


def test_an_escalation_that_nobody_hears_changes_nothing() -> None:
    inside = throw("tell", LATE) + user("b") + end("out") + path("in", "tell", "b", "out")

    assert Driven(_around(inside, layout=ESCALATIONS)).waiting == ["b#1"]


def test_an_escalation_that_does_not_interrupt_may_come_again() -> None:
    inside = choice("m") + throw("tell", LATE) + user("b") + choice("x", "x_to_out") + end("out")
    inside += path("in", "m", "tell", "b", "x", "out") + flow("x", "m", "more = true")
    beside = edge("e", "s", LATE, interrupting=False) + notice("n") + end("over")
    beside += path("e", "n", "over")
    walk = Driven(_around(inside, beside=beside, layout=ESCALATIONS))
    assert "entered e#1" in walk.told

    walk.done("b#1", more=True)

    assert walk.told.count("entered e#1") == 1
    assert walk.waiting == ["b#2"]


def test_an_escalation_that_comes_again_takes_the_turn_it_would_have_after_a_reload() -> None:
    # The verification walks without reloading: it must meet the events in the recorded order.
    inside = fork("g") + user("a") + user("b") + user("c") + fork("j") + end("out")
    inside += throw("tell_b", LATE) + throw("tell_c", LATE)
    inside += path("in", "g", "a", "j", "out") + path("g", "b", "tell_b", "j")
    inside += path("g", "c", "tell_c", "j")
    beside = edge("e", "s", LATE, interrupting=False) + notice("n") + end("over")
    source = _around(inside, beside=beside + path("e", "n", "over"), layout=ESCALATIONS)
    reloaded, host = Driven(source), Host()
    whole = reloaded.diagram.begin({})
    whole.advance(host)

    for task in ("a#1", "b#1", "c#1"):
        reloaded.done(task)
        whole.complete(task, {})

        told = [f"{p.kind} {p.element}#{p.occurrence}" for p in whole.advance(host)]
        assert told == reloaded.told


def test_a_sub_process_in_a_loop_leaves_nothing_behind() -> None:
    source = diagram(
        start(), choice("m"), sub("s", start("in"), TWO), choice("x", "x_to_done"), end(),
        path("begin", "m", "s", "x", "done"), flow("x", "m", "more = true"),
    )  # fmt: skip
    walk = Driven(source)
    first = walk.size
    for number in range(1, 60):
        walk.done(f"a#{number}")
        walk.done(f"b#{number}", more=True)

    assert walk.size - first <= len("more") + 2
    assert walk.waiting == ["a#60", "b#60"]


def test_sub_processes_may_stand_in_each_other() -> None:
    deepest = user("a") + end("out_2")
    inner = sub("t", start("in_2"), deepest, path("in_2", "a", "out_2"))
    walk = Driven(_around(inner + end("out") + path("in", "t", "out")))

    walk.done("a#1")

    assert walk.told.index("left t#1") < walk.told.index("left s#1")
    assert walk.waiting == ["after#1"]


# Calls

CALLEE = diagram(
    start(), user("review"), choice("ok", "ok_to_done"), end(), end("bad", LATE),
    path("begin", "review", "ok", "done"), flow("ok", "bad", 'decision = "return"'),
    layout=ESCALATIONS,
).replace(b'id="p"', b'id="checking"')  # fmt: skip


def _calling(inner: str = "", beside: str = "", called: str = "checking") -> bytes:
    return diagram(
        start(), node("callActivity", "check", inner, calledElement=called), user("after"), end(),
        path("begin", "check", "after", "done"), beside, layout=ESCALATIONS,
    )  # fmt: skip


def test_a_called_process_is_walked_in_the_same_instance() -> None:
    walk = Driven(_calling(), callees={"checking": CALLEE})
    assert walk.waiting == ["check!review#1"]
    assert walk.walk.open == {("check", 1), ("check!review", 1)}

    walk.done("check!review#1", decision="approve")

    assert walk.waiting == ["after#1"]
    assert walk.data == {"decision": "approve"}


def test_an_escalation_of_a_called_process_is_heard_by_its_caller() -> None:
    beside = edge("e", "check", LATE) + user("other") + path("e", "other", "done")
    walk = Driven(_calling(beside=beside), callees={"checking": CALLEE})

    walk.done("check!review#1", decision="return")

    assert walk.waiting == ["other#1"]


def test_a_mapping_gives_the_called_process_data_of_its_own() -> None:
    mapping = (
        '<bpmn:extensionElements><camunda:in source="letter" target="subject"/>'
        '<camunda:out source="decision" target="outcome"/></bpmn:extensionElements>'
    )
    walk = Driven(_calling(mapping), {"letter": "L", "secret": 1}, callees={"checking": CALLEE})
    assert walk.walk.view("check!review#1") == {"subject": "L"}
    assert one(walk.walk, "check!review#1").local == {"subject": "L"}

    walk.done("check!review#1", decision="approve", note="mine")

    assert walk.data == {"letter": "L", "secret": 1, "outcome": "approve"}


def test_two_calls_of_one_process_do_not_meet() -> None:
    source = diagram(
        start(), fork("g"), node("callActivity", "one", calledElement="checking"),
        node("callActivity", "two", calledElement="checking"), fork("j"), end(),
        path("begin", "g", "one", "j", "done"), path("g", "two", "j"),
    )  # fmt: skip
    walk = Driven(source, callees={"checking": CALLEE})
    assert walk.waiting == ["one!review#1", "two!review#1"]

    walk.done("one!review#1")

    assert walk.waiting == ["two!review#1"]


def test_calls_may_lead_to_calls() -> None:
    middle = _calling().replace(b'id="p"', b'id="middle"')
    callees = {"checking": CALLEE, "middle": middle}

    walk = Driven(_calling(called="middle"), callees=callees)

    assert walk.waiting == ["check!check!review#1"]
    assert walk.diagram.calls == ("middle", "checking")


def test_an_element_is_drawn_in_the_process_that_is_called_nearest_to_it() -> None:
    assert drawn_in("review") == ("", "review")
    assert drawn_in("check!review") == ("check", "review")
    assert drawn_in("check!again!review") == ("check!again", "review")


@pytest.mark.parametrize(
    ("callees", "why"),
    [
        ({}, "not deployed"),
        ({"checking": b"<x/>"}, "cannot be read"),
        ({"checking": _calling().replace(b'id="p"', b'id="checking"')}, "calls itself"),
        ({"checking": _calling(called="p").replace(b'id="p"', b'id="checking"')}, "calls itself"),
    ],
)
def test_a_call_that_leads_nowhere_or_back_is_refused(callees: dict[str, bytes], why: str) -> None:
    with pytest.raises(DefinitionRejected, match=why):
        Diagram.compile(_calling(), callees)


def test_calls_that_multiply_are_stopped_before_they_fill_the_memory() -> None:
    callees = {}
    for number in range(12):
        inner = "".join(
            node("callActivity", f"c{n}", calledElement=f"p{number + 1}") for n in range(3)
        )
        callees[f"p{number}"] = diagram(
            start(), inner, end(), path("begin", "c0", "c1", "c2", "done")
        ).replace(b'id="p"', f'id="p{number}"'.encode())

    with pytest.raises(DefinitionRejected) as refused:
        Diagram.compile(_calling(called="p0"), callees)

    assert "larger than 1000" in str(refused.value.details["findings"])
