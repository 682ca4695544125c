"""The examination: what the library would drop, downgrade or run is found at its element."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    lane,
    node,
    notice,
    path,
    properties,
    start,
    timer,
    user,
)
from unit.engine.examining import CATALOG, FORMS, found, inserted, simple

from engine.diagrams import Diagram, Finding, examine

BPMN_FOLDER = Path(__file__).parents[3] / "bpmn"


def beside(part: str) -> bytes:
    """A sound process, and something beside it in the file."""
    return simple().replace(b"</bpmn:definitions>", f"{part}</bpmn:definitions>".encode())


def test_a_sound_diagram_has_no_findings() -> None:
    assert found(simple()) == set()


@pytest.mark.parametrize("file", sorted(BPMN_FOLDER.glob("*.bpmn")), ids=lambda f: f.stem)
def test_our_own_diagrams_have_no_findings(file: Path) -> None:
    assert examine(file.read_bytes(), None, None) == []
    assert Diagram.compile(file.read_bytes()).elements


@pytest.mark.parametrize(
    ("source", "element", "rule"),
    [
        # What the library executes.
        (
            inserted(node("scriptTask", "odd", "<bpmn:script>import os</bpmn:script>")),
            "odd",
            "not-supported",
        ),
        # What it drops, downgrades or refuses in riddles.
        (simple(user("lost"), flow("lost", "done")), "lost", "unreachable"),
        (simple(node("complexGateway", "lost")), "lost", "not-supported"),
        (
            simple(timer("late", "nobody"), notice("n"), path("late", "n", "done")),
            "late",
            "attached-to-nothing",
        ),
        (
            simple(timer("late", "done"), notice("n"), path("late", "n", "done")),
            "late",
            "attached-to-nothing",
        ),
        (simple(flow("nobody", "done", flow_id="f")), "f", "missing-reference"),
        (simple(flow("task", "nobody", flow_id="f")), "f", "missing-reference"),
        (
            simple(lane("nobody").replace("lanes", "lanes_2").replace("lane_1", "lane_2")),
            "lane_2",
            "missing-reference",
        ),
        (diagram(start(), user("task"), end(), path("begin", "task")), "task", "dead-end"),
        (diagram(start(), user("task"), path("begin", "task")), "p", "no-end"),
        (diagram(user("task"), end(), path("task", "done")), "p", "no-start"),
        (simple(start("second"), flow("second", "task")), "second", "several-starts"),
        (simple(flow("done", "task")), "done", "flow-after-end"),
        (simple(flow("task", "begin", flow_id="f")), "f", "flow-into-event"),
        (simple(user("other"), path("task", "other", "done")), "task", "several-ways-out"),
        (
            diagram(
                start(),
                user("task"),
                end(),
                flow("begin", "task"),
                flow("task", "done", "x = 1", "f"),
            ),
            "f",
            "condition-ignored",
        ),
        (
            simple(user("round"), user("again"), path("round", "again", "round")),
            "again",
            "unreachable",
        ),
        (
            inserted(
                choice("odd", "odd_to_done"),
                user("trap"),
                flow("odd", "trap", "x = 1"),
                flow("trap", "trap"),
            ),
            "trap",
            "no-way-out",
        ),
        (
            inserted(node("intermediateThrowEvent", "odd", "<bpmn:linkEventDefinition/>")),
            "odd",
            "event-kind",
        ),
        (
            inserted(node("intermediateThrowEvent", "odd", "<bpmn:compensateEventDefinition/>")),
            "odd",
            "event-kind",
        ),
        (inserted(node("intermediateThrowEvent", "odd")), "odd", "event-kind"),
        (
            inserted(node("intermediateCatchEvent", "odd", "<bpmn:signalEventDefinition/>")),
            "odd",
            "event-kind",
        ),
        (
            inserted(node("intermediateCatchEvent", "odd", "<bpmn:conditionalEventDefinition/>")),
            "odd",
            "event-kind",
        ),
        (simple(end("odd", "<bpmn:compensateEventDefinition/>")), "odd", "event-kind"),
        (simple(end("odd", "<bpmn:signalEventDefinition/>")), "odd", "event-kind"),
        (simple(end("odd", "<bpmn:errorEventDefinition/>")), "odd", "error-not-caught"),
        (
            diagram(
                node("startEvent", "begin", "<bpmn:conditionalEventDefinition/>"),
                user("task"),
                end(),
                path("begin", "task", "done"),
            ),
            "begin",
            "event-kind",
        ),
        (
            simple(
                node("boundaryEvent", "odd", "<bpmn:signalEventDefinition/>", attachedToRef="task"),
                flow("odd", "done"),
            ),
            "odd",
            "event-kind",
        ),
        (
            simple(node("boundaryEvent", "odd", attachedToRef="task"), flow("odd", "done")),
            "odd",
            "event-kind",
        ),
        (
            inserted(node("subProcess", "odd", start("in") + end("out"), triggeredByEvent="true")),
            "odd",
            "not-supported",
        ),
        (inserted(node("adHocSubProcess", "odd")), "odd", "not-supported"),
        (inserted(node("transaction", "odd")), "odd", "not-supported"),
        (inserted(node("complexGateway", "odd")), "odd", "not-supported"),
        (inserted(node("choreographyTask", "odd")), "odd", "not-supported"),
        (inserted(node("task", "odd")), "odd", "not-supported"),
        (inserted(node("receiveTask", "odd")), "odd", "no-message"),
        (inserted(node("receiveTask", "odd", instantiate="true")), "odd", "not-supported"),
        (inserted(node("inclusiveGateway", "odd") + flow("odd", "task")), "odd", "no-default"),
        (inserted(node("eventBasedGateway", "odd")), "odd", "race-alone"),
        (
            inserted(node("eventBasedGateway", "odd", eventGatewayType="Parallel")),
            "odd",
            "not-supported",
        ),
        (inserted(node("callActivity", "odd", calledElement="x")), "odd", "call"),
        (inserted(user("odd", isForCompensation="true")), "odd", "not-supported"),
        (inserted(user("odd", "<bpmn:multiInstanceLoopCharacteristics/>")), "odd", "repetition"),
        (inserted(user("odd", "<bpmn:standardLoopCharacteristics/>")), "odd", "not-supported"),
        (
            inserted(
                node(
                    "subProcess",
                    "odd",
                    start("in")
                    + end("out")
                    + path("in", "out")
                    + "<bpmn:standardLoopCharacteristics/>",
                )
            ),
            "odd",
            "not-supported",
        ),
        (
            inserted(
                user(
                    "odd",
                    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3"
                    "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
                )
            ),
            "odd",
            "not-supported",
        ),
        (inserted(user("odd", "<bpmn:ioSpecification/>")), "odd", "not-supported"),
        (inserted(user("odd", "<bpmn:potentialOwner/>")), "odd", "not-supported"),
        (simple('<x:userTask xmlns:x="urn:x" id="odd"/>'), "odd", "not-supported"),
        (
            beside('<bpmn:process id="q"><bpmn:subProcess id="s"/></bpmn:process>'),
            "q",
            "several-processes",
        ),
        (
            beside("").replace(b'processRef="p"', b'processRef="nobody"'),
            "pool",
            "missing-reference",
        ),
        (inserted(node("sendTask", "odd", messageRef="m")), "odd", "not-supported"),
        (inserted(user("odd", properties(sla="PT1H") * 2)), "odd", "duplicate-name"),
        (beside('<bpmn:import id="odd"/>'), "odd", "not-supported"),
        # The process and its ids.
        (diagram(start(), end(), path("begin", "done"), executable="false"), "p", "not-executable"),
        (
            beside('<bpmn:process id="q"><bpmn:startEvent id="s"/></bpmn:process>'),
            "q",
            "several-processes",
        ),
        (simple(user("task")), "task", "duplicate-id"),
        (simple(flow("task", "done", flow_id="task")), "task", "duplicate-id"),
        (inserted(user("End"), at="End"), "End", "unusable-id"),
        (inserted(user("Start"), at="Start"), "Start", "unusable-id"),
        (inserted(user("a.b"), at="a.b"), "a.b", "unusable-id"),
        (inserted(user("a#1"), at="a#1"), "a#1", "unusable-id"),
        (inserted(user("x" * 101), at="x" * 101), "x" * 101, "unusable-id"),
        (simple('<bpmn:sequenceFlow sourceRef="task" targetRef="done"/>'), "task", "unusable-id"),
        (simple(node("userTask", "").replace(' id=""', "")), "", "unusable-id"),
    ],
)
def test_what_is_not_executed_as_drawn_is_found(source: bytes, element: str, rule: str) -> None:
    assert (element, rule) in found(source)


def test_documentation_of_every_kind_is_allowed() -> None:
    source = simple(
        '<bpmn:textAnnotation id="note"><bpmn:text>Catatan</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="line" sourceRef="task" targetRef="note"/>'
        '<bpmn:dataObject id="data"/><bpmn:dataObjectReference id="ref" dataObjectRef="data"/>'
        '<bpmn:group id="group"/>'
    )
    source = source.replace(
        b'camunda:candidateGroups="drafter">',
        b'camunda:candidateGroups="drafter"><bpmn:documentation>x</bpmn:documentation>'
        b'<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>ref</bpmn:targetRef>'
        b"</bpmn:dataOutputAssociation>",
        1,
    )

    assert found(source) == set()
    walk = Diagram.compile(source).begin({})
    walk.advance(None)  # type: ignore[arg-type]
    assert [w.id for w in walk.waiting()] == ["task#1"]


def test_every_finding_says_what_to_do_in_two_languages() -> None:
    source = inserted(node("scriptTask", "odd"), timer("late", "x"), choice("g"), user("y"))

    findings = examine(source, FORMS, CATALOG)

    assert len(findings) > 5
    for finding in findings:
        assert finding.message.endswith(".")
        assert finding.message_en.endswith(".")
        assert finding.message != finding.message_en


def test_errors_come_before_warnings_and_nothing_twice() -> None:
    source = inserted(node("scriptTask", "odd", camunda_asyncBefore="true"))

    findings: list[Finding] = examine(source, FORMS, CATALOG)

    assert [f.severity for f in findings] == sorted(f.severity for f in findings)
    assert len(findings) == len(set(findings))
