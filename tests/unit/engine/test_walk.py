"""Walks: what moves a token, what does not, and what is refused."""

from __future__ import annotations

import threading

import pytest
from unit.engine import drawing_board as board
from unit.engine.drawing_board import (
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
    timer,
    user,
)
from unit.engine.looping import LOOP, Host, begun, reloaded, said, to_sign, waiting

from engine.diagrams import Diagram
from engine.errors import DefinitionRejected, EngineError, NoPathOpen, TaskNotOpen


def test_every_movement_of_a_token_is_told() -> None:
    walk = Diagram.compile(LOOP).begin({})
    assert said(walk.advance(Host())) == [
        "entered begin#1", "left begin#1", "taken begin_to_draft#1", "entered draft#1",
    ]  # fmt: skip

    walk.complete("draft#1", {})
    walk.advance(Host())
    walk.complete("review#1", {"decision": "return"})

    assert said(walk.advance(Host())) == [
        "left review#1", "taken review_to_approved#1", "entered approved#1", "left approved#1",
        "taken approved_to_draft#1", "entered draft#2",
    ]  # fmt: skip
    assert walk.open == {("draft", 2)}


def test_a_task_completed_twice_is_refused() -> None:
    walk = begun(LOOP)
    walk.complete("draft#1", {})

    with pytest.raises(TaskNotOpen) as refused:
        walk.complete("draft#1", {})

    assert refused.value.details == {"waiting_id": "draft#1"}


@pytest.mark.parametrize("wrong", ["review#1", "draft#2", "draft", "", "nothing#1", "sign#1"])
def test_a_task_that_is_not_open_is_refused(wrong: str) -> None:
    walk = begun(LOOP)
    state = walk.freeze()

    for move in (walk.complete, walk.answer):
        with pytest.raises(TaskNotOpen):
            move(wrong, {"decision": "approve"})
    with pytest.raises(TaskNotOpen):
        walk.throw_error(wrong, "SIGNING_FAILED", {})
    with pytest.raises(TaskNotOpen):
        walk.fire_timer(wrong)

    assert walk.freeze() == state


def test_a_task_is_completed_and_a_job_is_answered_never_the_other_way_round() -> None:
    walk = begun(LOOP)

    with pytest.raises(TaskNotOpen):
        walk.answer("draft#1", {})
    to_sign(walk)
    with pytest.raises(TaskNotOpen):
        walk.complete("sign#1", {})


def test_a_queued_job_waits_and_its_answer_goes_into_the_data() -> None:
    walk = begun(LOOP)
    host = to_sign(walk)
    assert host.asked == [("sign", 1)]

    walk = reloaded(LOOP, walk)
    walk.answer("sign#1", {"signed_document": "abc"})
    walk.advance(host)

    assert walk.completed
    assert walk.data == {"decision": "approve", "signed_document": "abc"}
    assert walk.waiting() == []


def test_an_immediate_service_task_passes_in_the_same_step() -> None:
    walk = begun(LOOP)
    to_sign(walk, Host(sign={"number": "005/1"}))

    assert walk.completed
    assert walk.data["number"] == "005/1"


def test_conditions_are_tried_in_the_order_of_the_file_not_of_the_page() -> None:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="shape_{name}" bpmnElement="{name}">'
        f'<dc:Bounds x="0" y="{y}" width="1" height="1"/></bpmndi:BPMNShape>'
        for name, y in (("low", 900), ("high", 10))
    )
    layout = (
        '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="plane">'
        f"{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    # "low" is drawn below "high", but its flow comes first in the file; default stands in between.
    source = diagram(
        start(), choice("x", "x_to_other"), user("low"), user("high"), user("other"), end(),
        path("begin", "x"), flow("x", "other"), flow("x", "low", "n = 1 or n = 2"),
        flow("x", "high", "n = 3"), path("low", "done"), path("high", "done"),
        path("other", "done"), layout=layout,
    )  # fmt: skip

    assert waiting(begun(source, {"n": 1})) == ["low#1"]
    assert waiting(begun(source, {"n": 3})) == ["high#1"]
    assert waiting(begun(source, {"n": 9})) == ["other#1"]
    assert waiting(begun(source, {"n": "1"})) == ["other#1"]
    assert waiting(begun(source)) == ["other#1"]


def test_a_gateway_without_an_open_path_says_so() -> None:
    # Examined diagrams have a default flow; a spec can still be asked without one.
    compiled = Diagram.compile(LOOP)
    gateway = compiled._spec.task_specs["approved"]
    gateway.roads = [road for road in gateway.roads if not road.default]
    walk = compiled.begin({})
    walk.advance(Host())
    walk.complete("draft#1", {})
    walk.advance(Host())
    walk.complete("review#1", {"decision": "?"})

    with pytest.raises(NoPathOpen, match="approved"):
        walk.advance(Host())
    with pytest.raises(RuntimeError):
        walk.freeze()


def test_two_tasks_in_parallel_each_finish_alone() -> None:
    source = diagram(
        start(), fork("g"), user("a"), user("b"), fork("j"), end(),
        path("begin", "g", "a", "j", "done"), path("g", "b", "j"),
    )  # fmt: skip
    walk = begun(source)
    walk.complete("b#1", {"b": 1})
    walk.advance(Host())
    walk = reloaded(source, walk)

    assert waiting(walk) == ["a#1"]
    assert walk.open == {("a", 1), ("j", 1)}
    assert not walk.completed

    walk.complete("a#1", {"a": 1})
    assert said(walk.advance(Host()))[-3:] == ["taken j_to_done#1", "entered done#1", "left done#1"]
    assert walk.completed
    assert walk.data == {"a": 1, "b": 1}


def test_a_terminate_event_ends_everything_else() -> None:
    source = diagram(
        start(), fork("g"), user("a"), user("b"), service("c"), end(), end("stop", board.TERMINATE),
        timer("late", "b"), notice("n"), end("e"), path("late", "n", "e"),
        path("begin", "g", "a", "stop"), path("g", "b", "done"), path("g", "c", "done"),
    )  # fmt: skip
    walk = begun(source)

    walk.complete("a#1", {})
    passages = said(walk.advance(Host()))

    assert walk.completed
    assert walk.waiting() == []
    assert passages[-2:] == ["cancelled b#1", "cancelled c#1"]


def test_a_manual_task_waits_for_a_person() -> None:
    source = diagram(start(), node("manualTask", "a"), end(), path("begin", "a", "done"))

    assert [w.kind for w in begun(source).waiting()] == ["task"]


def test_a_diagram_that_circles_is_stopped() -> None:
    source = diagram(
        start(), choice("m"), service("a", "number.reserve"), choice("x", "x_to_m"), end(),
        path("begin", "m", "a", "x", "m"), flow("x", "done", "n = 1"),
    )  # fmt: skip

    with pytest.raises(EngineError, match="circles"):
        begun(source, host=Host(a={}))


def test_an_unsound_diagram_is_not_compiled() -> None:
    with pytest.raises(DefinitionRejected) as rejected:
        Diagram.compile(diagram(start(), node("scriptTask", "evil"), end(), path("begin", "done")))

    assert [f.element for f in rejected.value.details["findings"]] == ["evil"]  # type: ignore[attr-defined]


def test_one_compiled_diagram_serves_many_threads() -> None:
    compiled, faults = Diagram.compile(LOOP), []

    def drive() -> None:
        walk = compiled.begin({})
        walk.advance(Host())
        for number in range(1, 40):
            walk = compiled.resume(walk.freeze())
            walk.complete(f"draft#{number}", {})
            walk.advance(Host())
            walk.complete(f"review#{number}", {"decision": "return"})
            walk.advance(Host())
        if waiting(walk) != ["draft#40"]:
            faults.append(waiting(walk))

    threads = [threading.Thread(target=drive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []


def test_a_long_chain_of_tasks_is_compiled_and_walked() -> None:
    names = [f"task_{number}" for number in range(190)]
    source = diagram(start(), *(user(name) for name in names), end(), path("begin", *names, "done"))
    walk = begun(source)

    for name in names:
        walk.complete(f"{name}#1", {})
        walk.advance(Host())

    assert walk.completed
