"""A few lines of Python that become a BPMN diagram: enough for tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="urn:test">'
)


class DiagramBuilder:
    """Collects elements and flows; ``source()`` is the BPMN file."""

    def __init__(self, process_id: str = "letter", name: str = "Surat") -> None:
        self._process = (process_id, name)
        self._nodes: list[str] = []
        self._flows: list[str] = []
        self._defaults: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._lanes: dict[str, list[str]] = {}

    def start(self, element: str = "begin") -> DiagramBuilder:
        return self._node("startEvent", element)

    def end(self, element: str = "done") -> DiagramBuilder:
        return self._node("endEvent", element)

    def user(
        self, element: str, group: str, *, form: str = "form", lane: str = "", **properties: str
    ) -> DiagramBuilder:
        self._lanes.setdefault(lane or group, []).append(element)
        attributes = {"camunda:formKey": form, "camunda:candidateGroups": group}
        return self._node("userTask", element, attributes, _properties(properties))

    def service(
        self,
        element: str,
        topic: str,
        parameters: Mapping[str, str] | None = None,
        *,
        kind: str = "serviceTask",
        **properties: str,
    ) -> DiagramBuilder:
        attributes = {"camunda:type": "external", "camunda:topic": topic}
        inner = _properties(properties) + _parameters(parameters or {})
        return self._node(kind, element, attributes, inner)

    def call(self, element: str, process_id: str) -> DiagramBuilder:
        """A call of another process."""
        return self._node("callActivity", element, {"calledElement": process_id})

    def rule(
        self, element: str, decision: str, variable: str, mapping: str = "singleEntry"
    ) -> DiagramBuilder:
        """A business rule task that asks a decision."""
        attributes = {
            "camunda:decisionRef": decision,
            "camunda:resultVariable": variable,
            "camunda:mapDecisionResult": mapping,
        }
        return self._node("businessRuleTask", element, attributes)

    def decide(self, element: str, default: str) -> DiagramBuilder:
        """An exclusive gateway; ``default`` is the id of the flow for "otherwise"."""
        self._defaults[element] = default
        return self._node("exclusiveGateway", element, {"default": default})

    def parallel(self, element: str) -> DiagramBuilder:
        return self._node("parallelGateway", element)

    def timer(
        self,
        element: str,
        at: str,
        duration: str,
        *,
        interrupting: bool = False,
        **properties: str,
    ) -> DiagramBuilder:
        event = (
            '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">'
            f"{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        )
        return self._boundary(element, at, event, interrupting, properties)

    def error(self, element: str, at: str, code: str) -> DiagramBuilder:
        self._errors[code] = f"error_{code}"
        event = f'<bpmn:errorEventDefinition errorRef="error_{code}"/>'
        return self._boundary(element, at, event, True, {})

    def flow(self, source: str, target: str, when: str = "", name: str = "") -> DiagramBuilder:
        flow_id = name or f"{source}_to_{target}"
        condition = (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
            f"{escape(when)}</bpmn:conditionExpression>"
            if when
            else ""
        )
        self._flows.append(
            f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">'
            f"{condition}</bpmn:sequenceFlow>"
        )
        return self

    def path(self, *elements: str) -> DiagramBuilder:
        """Flows from each element to the next."""
        for source, target in pairwise(elements):
            self.flow(source, target)
        return self

    def source(self) -> bytes:
        process_id, name = self._process
        errors = "".join(
            f'<bpmn:error id="{ref}" name="{code}" errorCode="{code}"/>'
            for code, ref in self._errors.items()
        )
        lanes = "".join(
            f'<bpmn:lane id="lane_{number}" name={quoteattr(lane)}>'
            + "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in members)
            + "</bpmn:lane>"
            for number, (lane, members) in enumerate(self._lanes.items())
        )
        lane_set = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        return (
            f"{_HEAD}{errors}<bpmn:process id={quoteattr(process_id)} name={quoteattr(name)}"
            f' isExecutable="true">{lane_set}{"".join(self._nodes)}{"".join(self._flows)}'
            "</bpmn:process></bpmn:definitions>"
        ).encode()

    def _boundary(
        self, element: str, at: str, event: str, interrupting: bool, properties: Mapping[str, str]
    ) -> DiagramBuilder:
        attributes = {"attachedToRef": at, "cancelActivity": str(interrupting).lower()}
        return self._node("boundaryEvent", element, attributes, _properties(properties), event)

    def _node(
        self,
        kind: str,
        element: str,
        attributes: Mapping[str, str] | None = None,
        extensions: Sequence[str] | str = "",
        inner: str = "",
    ) -> DiagramBuilder:
        written = "".join(f" {key}={quoteattr(text)}" for key, text in (attributes or {}).items())
        extra = (
            f"<bpmn:extensionElements>{''.join(extensions)}</bpmn:extensionElements>"
            if extensions
            else ""
        )
        self._nodes.append(
            f'<bpmn:{kind} id="{element}" name={quoteattr(element.replace("_", " "))}{written}>'
            f"{extra}{inner}</bpmn:{kind}>"
        )
        return self


def _properties(properties: Mapping[str, str]) -> str:
    if not properties:
        return ""
    written = "".join(
        f'<camunda:property name="{key}" value={quoteattr(value)}/>'
        for key, value in properties.items()
    )
    return f"<camunda:properties>{written}</camunda:properties>"


def _parameters(parameters: Mapping[str, str]) -> str:
    if not parameters:
        return ""
    written = "".join(
        f'<camunda:inputParameter name="{key}">{escape(value)}</camunda:inputParameter>'
        for key, value in parameters.items()
    )
    return f"<camunda:inputOutput>{written}</camunda:inputOutput>"
