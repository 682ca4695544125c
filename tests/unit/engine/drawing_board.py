"""A drawing board for tests: short calls that add up to a BPMN file."""

from __future__ import annotations

import itertools

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="Definitions" targetNamespace="urn:test">'
)


def flow(source: str, target: str, condition: str = "", flow_id: str = "") -> str:
    """A sequence flow; its id is made of its ends."""
    body = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    name = flow_id or f"{source}_to_{target}"
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{body}'
        "</bpmn:sequenceFlow>"
    )


def path(*elements: str) -> str:
    """Sequence flows from each element to the next."""
    return "".join(flow(a, b) for a, b in itertools.pairwise(elements))


def node(kind: str, element: str, inner: str = "", **attributes: str) -> str:
    """Any element; ``camunda_x`` becomes ``camunda:x``."""
    written = "".join(
        f' {key.replace("camunda_", "camunda:")}="{value}"' for key, value in attributes.items()
    )
    return f'<bpmn:{kind} id="{element}"{written}>{inner}</bpmn:{kind}>'


def start(element: str = "begin") -> str:
    return node("startEvent", element)


def end(element: str = "done", inner: str = "") -> str:
    return node("endEvent", element, inner)


TERMINATE = "<bpmn:terminateEventDefinition/>"


def user(element: str, inner: str = "", **attributes: str) -> str:
    given = {"camunda_formKey": "form", "camunda_candidateGroups": "drafter", **attributes}
    return node("userTask", element, inner, **given)


def service(element: str, topic: str = "letter.compose", inner: str = "") -> str:
    return node("serviceTask", element, inner, camunda_topic=topic)


def notice(element: str) -> str:
    return node("sendTask", element, camunda_topic="notice.remind")


def choice(element: str, default: str = "") -> str:
    return node("exclusiveGateway", element, **({"default": default} if default else {}))


def fork(element: str) -> str:
    return node("parallelGateway", element)


def timer(
    element: str, attached: str, duration: str = "PT1H", *, interrupting: bool = False
) -> str:
    return node(
        "boundaryEvent",
        element,
        "<bpmn:timerEventDefinition>"
        f"<bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>",
        attachedToRef=attached,
        cancelActivity=str(interrupting).lower(),
    )


def catch_error(element: str, attached: str, error: str = "Error_1") -> str:
    ref = f' errorRef="{error}"' if error else ""
    return node(
        "boundaryEvent",
        element,
        f"<bpmn:errorEventDefinition{ref}/>",
        attachedToRef=attached,
    )


def properties(**values: str) -> str:
    inner = "".join(f'<camunda:property name="{k}" value="{v}"/>' for k, v in values.items())
    return (
        "<bpmn:extensionElements><camunda:properties>"
        f"{inner}</camunda:properties></bpmn:extensionElements>"
    )


def lane(*elements: str) -> str:
    refs = "".join(f"<bpmn:flowNodeRef>{e}</bpmn:flowNodeRef>" for e in elements)
    return (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="lane_1" name="Pelaksana">'
        f"{refs}</bpmn:lane></bpmn:laneSet>"
    )


def diagram(
    *parts: str,
    errors: dict[str, str] | None = None,
    executable: str = "true",
    layout: str = "",
    process: str = "p",
) -> bytes:
    """A whole file with one process, called ``p`` unless told otherwise, in one pool."""
    if errors is None:
        errors = {"Error_1": "SIGNING_FAILED"} if 'errorRef="Error_1"' in "".join(parts) else {}
    declared = "".join(f'<bpmn:error id="{k}" errorCode="{v}"/>' for k, v in errors.items())
    return (
        f"{HEAD}"
        '<bpmn:collaboration id="together">'
        f'<bpmn:participant id="pool" name="Dinas" processRef="{process}"/>'
        "</bpmn:collaboration>"
        f'<bpmn:process id="{process}" name="Surat" isExecutable="{executable}">{"".join(parts)}'
        f"</bpmn:process>{declared}{layout}</bpmn:definitions>"
    ).encode()
