"""Has SpiffWorkflow's parser build the executable specification, from our specs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.diagrams import specs
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import Finding
from engine.errors import DefinitionRejected
from engine.feel import Expression


class _Reading(TaskParser):
    """How we read an element: named flows, our own guard, data associations as documentation."""

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        return {}

    def parse_incoming_data_references(self) -> list[Any]:
        return []

    def parse_outgoing_data_references(self) -> list[Any]:
        return []

    def handles_multiple_outgoing(self) -> bool:
        return True  # the examination has refused them where they have no meaning

    def connect_outgoing(
        self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool
    ) -> None:
        flow = sequence_flow_node.get("id")
        condition = self.process_parser.parser.conditions.get(flow)
        self.task.roads.append(specs.Road(flow, outgoing_task.name, condition, is_default))
        if isinstance(outgoing_task, specs.ParallelGateway):
            outgoing_task.awaited.add(flow)

    def _add_boundary_event(self, children: list[Any]) -> Any:
        # The library looks the guard up by this name when another flow leads to the activity.
        guard = specs.Guard(self.spec, f"{self.bpmn_id}.BoundaryEventSplit", lane=self.task.lane)
        guard.connect(self.task)
        for event in children:
            guard.connect(self.process_parser.parse_node(event))
        return guard


class _Start(_Reading, StartEventParser):
    pass


class _End(_Reading, EndEventParser):
    pass


class _Boundary(_Reading, BoundaryEventParser):
    pass


class DiagramParser(BpmnParser):
    """Reads one examined process. Page positions are left out: order is the order of the file."""

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  # the library's extension point is a class attribute
        full_tag("startEvent"): (_Start, specs.StartEvent),
        full_tag("endEvent"): (_End, specs.EndEvent),
        full_tag("boundaryEvent"): (_Boundary, specs.BoundaryEvent),
        full_tag("userTask"): (_Reading, specs.HumanTask),
        full_tag("manualTask"): (_Reading, specs.HumanTask),
        full_tag("serviceTask"): (_Reading, specs.ServiceTask),
        full_tag("sendTask"): (_Reading, specs.ServiceTask),
        full_tag("exclusiveGateway"): (_Reading, specs.ExclusiveGateway),
        full_tag("parallelGateway"): (_Reading, specs.ParallelGateway),
    }
    PARSER_CLASSES: dict[str, Any] = {}  # noqa: RUF012  # nothing else is executed

    def __init__(self, conditions: Mapping[str, Expression]) -> None:
        super().__init__()
        self.conditions = conditions  #: by id of the sequence flow

    def build(self, drawing: Drawing) -> Any:
        """Return the library's specification of the process.

        Raises ``DefinitionRejected`` when the library read less than is drawn: nothing of a
        diagram may be dropped silently.
        """
        try:
            self._add_errors(drawing.root)
            self.create_parser(drawing.process)
            spec = self.get_spec(drawing.process_id)
        except (ValidationException, RecursionError) as error:
            where = str(getattr(error, "id", "") or drawing.process_id)
            raise _not_built(where, str(error)) from error
        for element in drawing.elements.values():
            built = spec.task_specs.get(element.id)
            drawn = [flow.id for flow in drawing.outgoing.get(element.id, ())]
            if built is None or [road.flow for road in built.roads] != drawn:
                raise _not_built(element.id, "not executed as drawn")
        return spec


def rejected(findings: list[Finding]) -> DefinitionRejected:
    """Return the refusal; its text says the first finding, its details hold them all."""
    first = findings[0]
    more = f" And {len(findings) - 1} more." if len(findings) > 1 else ""
    return DefinitionRejected(f"{first.element}: {first.message_en}{more}", findings=findings)


def _not_built(element: str, reason: str) -> DefinitionRejected:
    finding = Finding(
        element,
        "not-executable-as-drawn",
        f"Bagian ini tidak dapat dijalankan sebagaimana digambar ({reason}). Gambar ulang unsur ini"
        " beserta alirannya.",
        f"This part cannot be executed as drawn ({reason}). Draw the element and its flows again.",
    )
    return rejected([finding])
