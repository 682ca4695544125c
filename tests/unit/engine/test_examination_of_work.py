"""The examination of work: deadlines, errors, tasks, circles, reminders and extensions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.engine import drawing_board as board
from unit.engine.drawing_board import (
    catch_error,
    choice,
    diagram,
    end,
    flow,
    lane,
    node,
    notice,
    path,
    properties,
    service,
    start,
    timer,
    user,
)
from unit.engine.examining import CATALOG, FORMS, found, inserted, simple
from unit.engine.walked import each, sub

from engine.diagrams import Diagram, examine


def extended(extension: str) -> bytes:
    """A user task with something in its extensionElements."""
    return inserted(user("odd", f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>"))


def input_parameter(text: str, name: str = "template") -> bytes:
    """A service task with one input parameter."""
    return inserted(
        service(
            "odd",
            inner="<bpmn:extensionElements><camunda:inputOutput>"
            f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
            "</camunda:inputOutput></bpmn:extensionElements>",
        )
    )


DURATIONS = (
    "", "PT60X", '"PT60M"', "-PT1H", "P", "PT", "P1M", "P1Y", "PT0S", "P9999D", "R3/PT10M",
    "2026-01-01", "PT" + "9" * 60 + "H",
)  # fmt: skip


@pytest.mark.parametrize("duration", DURATIONS)
def test_a_deadline_that_cannot_be_counted_is_found(duration: str) -> None:
    source = simple(timer("late", "task", duration), notice("n"), path("late", "n", "done"))

    assert ("late", "timer") in found(source)


@pytest.mark.parametrize("duration", ["PT15M", "PT1H30M", "P1D", "P2W", "P1DT4H", "PT90S"])
def test_a_deadline_that_can_be_counted_passes(duration: str) -> None:
    source = simple(timer("late", "task", duration), notice("n"), path("late", "n", "done"))

    assert found(source) == set()


@pytest.mark.parametrize(
    ("source", "element", "rule"),
    [
        # Timers and errors.
        (
            simple(
                timer("late", "task").replace("timeDuration", "timeCycle"),
                notice("n"),
                path("late", "n", "done"),
            ),
            "late",
            "timer",
        ),
        (simple(catch_error("odd", "task", "Missing"), flow("odd", "done")), "odd", "error-code"),
        (simple(catch_error("odd", "task", ""), flow("odd", "done")), "odd", "error-code"),
        (
            diagram(
                start(),
                user("task"),
                end(),
                path("begin", "task", "done"),
                catch_error("odd", "task"),
                flow("odd", "done"),
                errors={"Error_1": ""},
            ),
            "odd",
            "error-code",
        ),
        (
            simple(
                catch_error("odd", "task").replace(
                    "attachedToRef", 'cancelActivity="false" attachedToRef'
                ),
                flow("odd", "done"),
            ),
            "odd",
            "error-interrupts",
        ),
        (
            simple(
                catch_error("one", "task"),
                catch_error("two", "task"),
                flow("one", "done"),
                flow("two", "done"),
            ),
            "two",
            "error-caught-twice",
        ),
        (
            inserted(service("odd", inner=properties(abandonCode="SIGNING_FAILED"))),
            "odd",
            "error-not-caught",
        ),
        # Tasks.
        (inserted(user("odd", camunda_formKey="")), "odd", "no-form"),
        (inserted(user("odd", camunda_formKey="Review")), "odd", "form-unknown"),
        (inserted(user("odd", camunda_candidateGroups=" , ")), "odd", "no-candidates"),
        (inserted(user("odd")), "odd", "not-in-a-lane"),
        (inserted(user("odd", properties(operation="letter.revue"))), "odd", "operation-unknown"),
        (inserted(user("odd", properties(separateFrom="task, nobody"))), "odd", "separate-from"),
        (
            inserted(user("odd", properties(separateFrom="task", samePerson="maybe"))),
            "odd",
            "same-person",
        ),
        (inserted(service("odd", "")), "odd", "no-topic"),
        (inserted(service("odd", "letter.fax")), "odd", "topic-unknown"),
        (inserted(service("odd", "letter.review")), "odd", "topic-unknown"),
        # Circles and reminders.
        (
            inserted(
                choice("odd"),
                service("turn", "number.reserve"),
                choice("again", "back"),
                path("odd", "turn", "again"),
                flow("again", "odd", flow_id="back"),
                flow("again", "done", "n = 1"),
            ),
            "odd",
            "endless-circle",
        ),
        (simple(timer("late", "task"), flow("late", "done"), user("boss")), "boss", "unreachable"),
        (
            simple(timer("late", "task"), user("boss"), path("late", "boss", "done")),
            "late",
            "reminder-branch",
        ),
        (
            simple(timer("late", "task"), service("work"), path("late", "work", "done")),
            "late",
            "reminder-branch",
        ),
        (simple(timer("late", "task"), flow("late", "task")), "late", "reminder-branch"),
        (
            simple(timer("late", "task"), end("stop", board.TERMINATE), flow("late", "stop")),
            "late",
            "reminder-branch",
        ),
    ],
)
def test_what_is_wrong_with_work_is_found(source: bytes, element: str, rule: str) -> None:
    assert (element, rule) in found(source)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("camunda_class", "x.Y"),
        ("camunda_expression", "x"),
        ("camunda_delegateExpression", "x"),
        ("camunda_type", "mail"),
        ("camunda_formKey", "form"),
        ("camunda_resultVariable", "x"),
    ],
)
def test_an_attribute_that_nobody_carries_out_is_found(attribute: str, value: str) -> None:
    task = node("serviceTask", "odd", camunda_topic="letter.compose", **{attribute: value})

    assert ("odd", "foreign-extension") in found(inserted(task))


@pytest.mark.parametrize("attribute", ["assignee", "candidateUsers", "topic", "dueDate", "formRef"])
def test_performers_are_found_by_groups_only(attribute: str) -> None:
    source = inserted(user("odd", **{f"camunda_{attribute}": "budi"}))

    assert ("odd", "foreign-extension") in found(source)


@pytest.mark.parametrize(
    "extension",
    [
        "<camunda:executionListener event='start'/>",
        "<camunda:taskListener event='create'/>",
        "<camunda:script scriptFormat='groovy'/>",
        "<camunda:formData><camunda:formField id='x'/></camunda:formData>",
        "<camunda:inputOutput><camunda:inputParameter name='a'><camunda:script/>"
        "</camunda:inputParameter></camunda:inputOutput>",
        "<camunda:inputOutput><camunda:outputParameter name='a'>x</camunda:outputParameter>"
        "</camunda:inputOutput>",
        "<camunda:somethingNew/>",
        "<spiffworkflow:preScript>import os</spiffworkflow:preScript>",
        "<spiffworkflow:serviceTaskOperator id='x'/>",
        "<zeebe:taskDefinition xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' type='x'/>",
    ],
)
def test_an_extension_of_another_engine_is_found(extension: str) -> None:
    assert ("odd", "foreign-extension") in found(extended(extension))


@pytest.mark.parametrize("text", ["${x}", "#{x}", "= a ==", "="])
def test_an_input_parameter_is_text_or_feel(text: str) -> None:
    assert ("odd", "parameter") in found(input_parameter(text))


@pytest.mark.parametrize("text", ["surat tugas", '= if a = 1 then "x" else "y"', ""])
def test_an_input_parameter_in_order_passes(text: str) -> None:
    assert found(input_parameter(text)) == set()


@pytest.mark.parametrize(
    "source",
    [
        input_parameter("red", name="color"),
        inserted(
            node("serviceTask", "odd", camunda_topic="letter.compose", camunda_asyncBefore="1")
        ),
        inserted(
            service(
                "odd",
                inner='<bpmn:extensionElements><x:note xmlns:x="urn:x"/></bpmn:extensionElements>',
            )
        ),
    ],
)
def test_what_only_has_no_effect_is_a_warning(source: bytes) -> None:
    findings = [(f.element, f.severity) for f in examine(source, FORMS, CATALOG)]

    assert findings == [("odd", "warning")]


def test_an_error_nobody_catches_is_a_warning() -> None:
    source = diagram(
        lane("task"), start(), user("task"), end(), path("begin", "task", "done"),
        errors={"E": "LOST"},
    )  # fmt: skip
    (warning,) = [f for f in examine(source, FORMS, CATALOG) if f.rule == "error-never-caught"]
    assert (warning.element, warning.severity) == ("E", "warning")


def test_a_diagram_without_lanes_is_only_warned_about() -> None:
    source = diagram(start(), user("task"), end(), path("begin", "task", "done"))

    (warning,) = examine(source, FORMS, CATALOG)

    assert (warning.rule, warning.severity) == ("not-in-a-lane", "warning")
    assert Diagram.compile(source)


def test_without_forms_and_catalog_their_rules_are_left_out() -> None:
    source = inserted(service("odd", "letter.fax")).replace(b"drafter", b"x")
    source = source.replace(b'formKey="form"', b'formKey="unheard_of"')

    assert examine(source, None, None) == []


def test_a_signature_that_is_repeated_without_its_signer_is_found() -> None:
    signing = replace(CATALOG, attended={"letter.sign": CATALOG.immediate["number.reserve"]})
    alone = inserted(service("odd", "letter.sign", each("units", "unit")))
    asked = sub(
        "odd", start("open"), user("ask"), service("sign", "letter.sign"), end("close"),
        path("open", "ask", "sign", "close"), each("units", "unit"),
    )  # fmt: skip

    rules = [{f.rule for f in examine(s, FORMS, signing)} for s in (alone, inserted(asked))]

    assert ["passphrase-repeated" in one for one in rules] == [True, False]
