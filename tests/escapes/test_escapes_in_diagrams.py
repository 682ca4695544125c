"""Escapes in diagrams: each is refused at deployment, at the element where it stands."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest
from escapes.canary import JUEL, TOUCH, WALK, Canary
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    lane,
    node,
    path,
    start,
    timer,
    user,
)
from unit.engine.examining import CATALOG, FORMS, inserted

from engine import DefinitionRejected
from engine.diagrams import Diagram, examine

CODE, EVIL, MARKUP = escape(TOUCH), quoteattr(JUEL)[1:-1], escape(JUEL)


def extended(inner: str, kind: str = "serviceTask", **attributes: str) -> bytes:
    """A task with something in its extension elements."""
    given = {"camunda_topic": "letter.compose", **attributes}
    body = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"
    return inserted(node(kind, "odd", body, **given))


def task(kind: str = "serviceTask", inner: str = "", **attributes: str) -> bytes:
    return inserted(node(kind, "odd", inner, **attributes))


def asked(condition: str, attributes: str = "") -> bytes:
    """A gateway with one hostile condition."""
    written = (
        f'<bpmn:sequenceFlow id="hostile" sourceRef="ask" targetRef="task">'
        f"<bpmn:conditionExpression{attributes}>{escape(condition)}</bpmn:conditionExpression>"
        "</bpmn:sequenceFlow>"
    )
    return diagram(
        lane("task"), start(), user("task"), choice("ask", "ask_to_done"), end(),
        path("begin", "task", "ask"), flow("ask", "done"), written,
    )  # fmt: skip


def delayed(duration: str, kind: str = "timeDuration") -> bytes:
    drawn = timer("odd", "task", escape(duration)).replace("timeDuration", kind)
    return diagram(
        lane("task"), start(), user("task"), end(), drawn, end("late"),
        path("begin", "task", "done"), path("odd", "late"),
    )  # fmt: skip


def repeated(inner: str = "", **attributes: str) -> bytes:
    loop = node("multiInstanceLoopCharacteristics", "loop", inner, **attributes)
    return inserted(user("odd", loop))


def correlated(key: str) -> bytes:
    """A receive task that waits for a message with a hostile correlation key."""
    held = (
        "<bpmn:extensionElements><camunda:properties>"
        f'<camunda:property name="correlationKey" value={quoteattr(key)}/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    return inserted(node("receiveTask", "odd", held, messageRef="reply"))


def parameter(value: str) -> bytes:
    return extended(
        "<camunda:inputOutput><camunda:inputParameter"
        f' name="template">{escape(value)}</camunda:inputParameter></camunda:inputOutput>'
    )


LISTS = {"camunda_collection": "units", "camunda_elementVariable": "unit"}

HOSTILE: dict[str, tuple[bytes, str, str]] = {
    # code in elements and extensions of other engines
    "script task in Python": (task("scriptTask", f"<bpmn:script>{CODE}</bpmn:script>",
                                   scriptFormat="python"), "odd", "not-supported"),
    "script task in Groovy": (task("scriptTask", f"<bpmn:script>{MARKUP}</bpmn:script>",
                                   scriptFormat="groovy"), "odd", "not-supported"),
    "script in a service task": (task(inner=f"<bpmn:script>{CODE}</bpmn:script>",
                                      camunda_topic="letter.compose"), "odd", "not-supported"),
    "preScript": (extended(f"<spiffworkflow:preScript>{CODE}</spiffworkflow:preScript>"),
                  "odd", "foreign-extension"),
    "postScript": (extended(f"<spiffworkflow:postScript>{CODE}</spiffworkflow:postScript>"),
                   "odd", "foreign-extension"),
    "operator of another engine": (extended('<spiffworkflow:serviceTaskOperator id="os.system"/>'),
                                   "odd", "foreign-extension"),
    "Java class": (task(camunda_class="java.lang.Runtime"), "odd", "foreign-extension"),
    "expression": (task(camunda_expression=EVIL), "odd", "foreign-extension"),
    "delegate expression": (task(camunda_delegateExpression=EVIL), "odd", "foreign-extension"),
    "implementation": (task(camunda_type="shell"), "odd", "foreign-extension"),
    "execution listener": (extended('<camunda:executionListener event="start"><camunda:script'
                                    f' scriptFormat="python">{CODE}</camunda:script>'
                                    "</camunda:executionListener>"), "odd", "foreign-extension"),
    "task listener": (inserted(user("odd", "<bpmn:extensionElements><camunda:taskListener"
                                           ' class="Evil"/></bpmn:extensionElements>')),
                      "odd", "foreign-extension"),
    "connector": (extended("<camunda:connector><camunda:connectorId>http-connector"
                           "</camunda:connectorId></camunda:connector>"),
                  "odd", "foreign-extension"),
    "field injection": (extended(f'<camunda:field name="x" expression="{EVIL}"/>'),
                        "odd", "foreign-extension"),
    "script in a parameter": (extended("<camunda:inputOutput><camunda:inputParameter name='x'>"
                                       f"<camunda:script>{CODE}</camunda:script>"
                                       "</camunda:inputParameter></camunda:inputOutput>"),
                              "odd", "foreign-extension"),
    "output parameter": (extended("<camunda:inputOutput><camunda:outputParameter name='x'>"
                                  f"{MARKUP}</camunda:outputParameter></camunda:inputOutput>"),
                         "odd", "foreign-extension"),
    "assignee expression": (inserted(user("odd", camunda_assignee=EVIL)),
                            "odd", "foreign-extension"),
    "topic of Python": (task(camunda_topic="os.system"), "odd", "topic-unknown"),
    "form outside the house": (inserted(user("odd", camunda_formKey="../../../etc/passwd")),
                               "odd", "form-unknown"),
    "called process by expression": (task("callActivity", calledElement=EVIL), "odd", "call"),
    "mapping by a class": (task("callActivity", calledElement="p2",
                                camunda_variableMappingClass="Evil"),
                           "odd", "foreign-extension"),
    "decision by a class": (task("businessRuleTask", camunda_class="Evil"),
                            "odd", "foreign-extension"),
    "assignment": (inserted(user("odd", "<bpmn:ioSpecification/>")), "odd", "not-supported"),
    "import": (diagram(start(), end(), path("begin", "done")).replace(
        b"<bpmn:collaboration", b'<bpmn:import location="http://evil/"/><bpmn:collaboration'),
        "", "not-supported"),
    # conditions
    "Python condition": (asked(TOUCH), "hostile", "condition"),
    "attribute walk": (asked(WALK), "hostile", "condition"),
    "JUEL condition": (asked(JUEL), "hostile", "condition"),
    "condition language": (asked("true", ' language="python"'), "hostile", "condition"),
    "condition resource": (asked("", ' camunda:resource="deployment://x.groovy"'),
                           "hostile", "condition"),
    "endless condition": (asked("true or " * 50_000 + "true"), "hostile", "condition"),
    "huge literal": (asked("n = " + "9" * 1_000_000), "hostile", "condition"),
    "tower of exponents": (asked("9 ** 9 ** 9 ** 9 = n"), "hostile", "condition"),
    "deep condition": (asked("not(" * 80 + "n" + ")" * 80), "hostile", "condition"),
    # timers
    "Python timer": (delayed(TOUCH), "odd", "timer"),
    "JUEL timer": (delayed(JUEL), "odd", "timer"),
    "timer by expression": (delayed("= delay"), "odd", "timer"),
    "endless timer": (delayed("P" + "9" * 100_000 + "D"), "odd", "timer"),
    "timer of ages": (delayed("P99999999999W"), "odd", "timer"),
    "burst of timers": (delayed("R999999999/PT0.001S", "timeCycle"), "odd", "timer"),
    # repetitions, correlations, parameters
    "cardinality by code": (repeated(f"<bpmn:loopCardinality>{CODE}</bpmn:loopCardinality>"),
                            "odd", "not-supported"),
    "collection by code": (repeated(camunda_collection=escape(TOUCH, {'"': "&quot;"}),
                                    camunda_elementVariable="x"), "odd", "repetition"),
    "collection by JUEL": (repeated(camunda_collection=EVIL, camunda_elementVariable="x"),
                           "odd", "repetition"),
    "item called as a secret": (repeated(camunda_collection="units",
                                         camunda_elementVariable="__class__.x"),
                                "odd", "repetition"),
    "completion by code": (repeated(f"<bpmn:completionCondition>{CODE}</bpmn:completionCondition>",
                                    **LISTS), "odd", "completion"),
    "correlation by code": (correlated(TOUCH), "odd", "correlation-key"),
    "correlation by JUEL": (correlated(JUEL), "odd", "correlation-key"),
    "endless correlation": (correlated("a." * 100_000 + "a"), "odd", "correlation-key"),
    "Python parameter": (parameter("=" + TOUCH), "odd", "parameter"),
    "JUEL parameter": (parameter(JUEL), "odd", "parameter"),
    "endless parameter": (parameter("=" + "a+" * 100_000 + "a"), "odd", "parameter"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_an_escape_is_refused_where_it_stands(canary: Canary, name: str) -> None:
    source, place, rule = HOSTILE[name]
    source = canary.armed(source)

    with canary.watched():
        findings = examine(source, FORMS, CATALOG)

    errors = [each for each in findings if each.severity == "error"]
    assert (place, rule) in {(each.element, each.rule) for each in errors}
    assert all(each.message and each.message_en for each in errors)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_escape_is_not_compiled_into_something_else(canary: Canary, name: str) -> None:
    """What compiling alone accepts are names of the office: they are looked up, not executed."""
    source, _, rule = HOSTILE[name]
    looked_up = {"topic-unknown", "form-unknown"}

    with canary.watched():
        try:
            Diagram.compile(canary.armed(source))
            compiled = True
        except DefinitionRejected:
            compiled = False

    assert compiled is (rule in looked_up)
