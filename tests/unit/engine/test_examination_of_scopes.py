"""The examination of what is larger: scopes, races, repetitions, calls, joins that starve."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    fork,
    lane,
    node,
    path,
    properties,
    service,
    start,
    user,
)
from unit.engine.examining import CATALOG, FORMS, found, inserted
from unit.engine.walked import (
    ESCALATIONS,
    FAILED,
    HOUR,
    LATE,
    MESSAGES,
    REPLY,
    WITHDRAWAL,
    catch,
    each,
    edge,
    receive,
    sub,
    throw,
)

from engine.diagrams import examine

TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)
INSIDE = start("in") + user("a") + end("out") + path("in", "a", "out")


def drawn(*parts: str) -> bytes:
    """begin -> task -> odd -> done, with messages and escalations declared."""
    source = inserted(*parts)
    return source.replace(b"</bpmn:definitions>", f"{MESSAGES}{ESCALATIONS}".encode()
                          + b"</bpmn:definitions>")  # fmt: skip


def raced(*parts: str) -> bytes:
    """begin -> task -> odd (a race) -> reply -> done, and beside it what the test draws."""
    return diagram(
        lane("task"), start(), user("task"), node("eventBasedGateway", "odd"),
        catch("reply", REPLY), end(), path("begin", "task", "odd", "reply", "done"), *parts,
        layout=MESSAGES,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "element", "rule"),
    [
        (drawn(sub("odd", user("a"), end("out"), path("a", "out"))), "odd", "no-start"),
        (drawn(sub("odd", start("in"), user("a"), path("in", "a"))), "odd", "no-end"),
        (drawn(sub("odd", INSIDE, start("in_2"), path("in_2", "a"))), "in_2", "several-starts"),
        (
            drawn(sub("odd", INSIDE, node("startEvent", "in_2", REPLY), path("in_2", "a"))),
            "in_2",
            "event-kind",
        ),
        (drawn(sub("odd", INSIDE, user("b"), path("b", "out"))), "b", "unreachable"),
        (drawn(sub("odd", INSIDE), flow("a", "done", flow_id="f")), "f", "crosses-border"),
        (drawn(sub("odd", INSIDE, node("scriptTask", "b"))), "b", "not-supported"),
        (drawn(sub("odd", INSIDE), edge("e", "a", HOUR), path("e", "done")), "e",
         "attached-to-nothing"),
        (drawn(user("odd"), edge("e", "odd", LATE), path("e", "done")), "e",
         "escalation-from-nothing"),
        (
            drawn(sub("odd", start("in"), end("out", FAILED), path("in", "out"))),
            "out",
            "error-not-caught",
        ),
        (
            drawn(sub("odd", start("in"), throw("t", "<bpmn:escalationEventDefinition/>"),
                      end("out"), path("in", "t", "out"))),
            "t",
            "escalation-code",
        ),
        (
            drawn(sub("odd", start("in"), end("out", LATE), path("in", "out"))),
            "out",
            "escalation-not-heard",
        ),
        (
            drawn(sub("odd", INSIDE), edge("e", "odd", LATE), edge("f", "odd", LATE),
                  path("e", "done"), path("f", "done")),
            "f",
            "escalation-caught-twice",
        ),
        # What waits.
        (drawn(catch("odd", TIMER.format("soon"))), "odd", "timer"),
        (drawn(catch("odd", TIMER.format("P2Y"))), "odd", "timer"),
        (drawn(catch("odd", '<bpmn:messageEventDefinition messageRef="M9"/>')), "odd",
         "no-message"),
        (drawn(receive("odd", properties(correlationKey="1 +"))), "odd", "correlation-key"),
        (raced(), "odd", "race-alone"),
        (raced(user("x"), path("odd", "x", "done")), "x", "race"),
        (
            raced(receive("x", message="M2"),
                  path("odd", "x", "done"), path("task", "x")),
            "x",
            "race",
        ),
        # What is repeated, called, decided.
        (drawn(user("odd", each("two words"))), "odd", "repetition"),
        (drawn(user("odd", each("units", "1st"))), "odd", "repetition"),
        (drawn(user("odd", each("units", "unit", "nrOfInstances &gt;"))), "odd", "completion"),
        (drawn(choice("odd", "odd_to_done").replace("></", f">{each('units')}</")), "odd",
         "not-supported"),
        (drawn(node("callActivity", "odd", calledElement="nobody")), "odd", "call"),
        (
            drawn(node("callActivity", "odd", "<bpmn:extensionElements><camunda:in source='a'/>"
                       "</bpmn:extensionElements>", calledElement="nobody")),
            "odd",
            "call-mapping",
        ),
        (
            drawn(node("callActivity", "odd", "<bpmn:extensionElements><camunda:in"
                       " businessKey='a'/></bpmn:extensionElements>", calledElement="nobody")),
            "odd",
            "foreign-extension",
        ),
        (drawn(node("businessRuleTask", "odd")), "odd", "decision"),
        (
            drawn(node("businessRuleTask", "odd", camunda_decisionRef="d",
                       camunda_resultVariable="r", camunda_mapDecisionResult="odd")),
            "odd",
            "decision",
        ),
        # Choices.
        (drawn(node("inclusiveGateway", "odd", default="odd_to_done"), path("odd", "task")),
         "odd_to_task", "no-condition"),
        (drawn(node("inclusiveGateway", "odd", default="odd_to_done"),
               flow("odd", "task", "1 +")), "odd_to_task", "condition"),
        (drawn(node("inclusiveGateway", "odd", default="odd_to_done"),
               flow("odd", "task", "n = 1 and n = 2")), "odd_to_task", "never-true"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_larger_elements_is_found(
    source: bytes, element: str, rule: str
) -> None:
    assert (element, rule) in found(source)


@pytest.mark.parametrize(
    "source",
    [
        drawn(sub("odd", INSIDE)),
        drawn(sub("odd", INSIDE), edge("e", "odd", FAILED), path("e", "done")),
        drawn(sub("odd", start("in"), end("out", FAILED), path("in", "out")),
              edge("e", "odd", FAILED), path("e", "done")),
        drawn(sub("odd", start("in"), end("out", LATE), path("in", "out")),
              edge("e", "odd", LATE), path("e", "done")),
        raced(catch("x", HOUR), path("odd", "x", "done")),
        drawn(throw("odd", WITHDRAWAL)),
        drawn(user("odd", properties(collect="all") + each("units", "unit"))),
    ],
)  # fmt: skip
def test_sound_larger_elements_are_accepted(source: bytes) -> None:
    errors = [f for f in examine(source, FORMS, CATALOG) if f.severity == "error"]

    assert {f.rule for f in errors} <= {"not-in-a-lane"}


def _inclusive(*, joined_by: str, default: str = "b") -> bytes:
    return diagram(
        lane("a", "b"), start(), node("inclusiveGateway", "split", default=f"split_to_{default}"),
        user("a"), user("b"), node(joined_by, "join"), end(), path("begin", "split", "b", "join"),
        flow("split", "a", "x = 1"), path("a", "join", "done"),
    )  # fmt: skip


def test_inclusive_branches_are_joined_by_an_inclusive_gateway() -> None:
    assert not {rule for _, rule in found(_inclusive(joined_by="inclusiveGateway"))}
    assert ("join", "deadlock") in found(_inclusive(joined_by="parallelGateway"))
    assert ("join_to_done", "doubled") in found(_inclusive(joined_by="exclusiveGateway"))


def test_inclusive_joins_that_wait_for_each_other_are_found() -> None:
    # Each holds a token and could still send one to the other.
    source = diagram(
        lane(), start(), fork("g"), node("inclusiveGateway", "one"), choice("x", "x_to_done"),
        node("inclusiveGateway", "two"), choice("y", "y_to_done"), end(),
        path("begin", "g", "one", "x", "done"), path("g", "two", "y", "done"),
        flow("x", "two", "n = 1"), flow("y", "one", "n = 2"),
    )  # fmt: skip

    assert {"deadlock"} & {rule for _, rule in found(source)}


def test_branches_inside_a_sub_process_are_played_by_themselves() -> None:
    inside = start("in") + fork("g") + user("a") + user("b") + choice("m") + end("out")
    inside += path("in", "g", "a", "m", "out") + path("g", "b", "m")

    assert ("m_to_out", "doubled") in found(drawn(sub("odd", inside)))


@pytest.mark.parametrize(
    ("inside", "circles"),
    [
        (user("a") + path("in", "a", "out"), False),
        (service("a", "number.reserve") + path("in", "a", "out"), True),
        (receive("a") + path("in", "a", "out"), False),
        (choice("c", "c_to_out") + user("a") + flow("c", "a", "n = 1") + path("in", "c", "out")
         + path("a", "out"), True),
    ],
)  # fmt: skip
def test_a_circle_through_a_sub_process_rests_where_every_way_through_it_rests(
    inside: str, circles: bool
) -> None:
    scope = sub("s", start("in"), inside, end("out"))
    source = diagram(
        start(), choice("m"), scope, choice("x", "x_to_done"), end(),
        path("begin", "m", "s", "x", "done"), flow("x", "m", "n = 3"), layout=MESSAGES,
    )  # fmt: skip

    assert ("endless-circle" in {rule for _, rule in found(source)}) == circles


def test_a_repetition_alone_does_not_rest_for_its_list_may_be_empty() -> None:
    source = diagram(
        start(), choice("m"), user("a", each("units")), choice("x", "x_to_done"), end(),
        path("begin", "m", "a", "x", "done"), flow("x", "m", "n = 3"),
    )  # fmt: skip

    assert "endless-circle" in {rule for _, rule in found(source)}
