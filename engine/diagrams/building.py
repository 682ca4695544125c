"""Builds SpiffWorkflow's specification of a drawing from our specs: one flat graph of steps.

Sub-processes and called processes lie in it beside the rest; a token knows the scope it is in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.diagrams import gateways, scopes, specs
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import Element
from engine.diagrams.reaching import reach
from engine.feel import parse

_SPECS: Mapping[str, type[specs.Step]] = {
    "startEvent": specs.StartEvent,
    "endEvent": specs.EndEvent,
    "boundaryEvent": specs.BoundaryEvent,
    "intermediateThrowEvent": specs.ThrowEvent,
    "intermediateCatchEvent": specs.CatchEvent,
    "receiveTask": specs.CatchEvent,
    "userTask": specs.HumanTask,
    "manualTask": specs.HumanTask,
    "serviceTask": specs.ServiceTask,
    "sendTask": specs.ServiceTask,
    "businessRuleTask": specs.RuleTask,
    "subProcess": scopes.SubProcess,
    "callActivity": scopes.SubProcess,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "eventBasedGateway": gateways.EventBasedGateway,
}


def build(drawing: Drawing) -> Any:
    """Return the library's specification of an examined drawing."""
    spec = BpmnProcessSpec(drawing.process_id)
    spec.start.element = None  # the library's own: the root of the tree, drawn nowhere
    for element in drawing.elements.values():
        _step(spec, element)
    for element in drawing.elements.values():
        _connect(spec, drawing, spec.task_specs[element.id])
    joins = [s for s in spec.task_specs.values() if isinstance(s, gateways.InclusiveGateway)]
    spec.inclusive = any(len(join.awaited) > 1 for join in joins)
    return spec


def _step(spec: Any, element: Element) -> None:
    kind, repetition = _SPECS[element.type], element.repetition
    inner = kind(spec, f"{element.id}[each]" if repetition else element.id, element)
    key = element.properties.get("correlationKey", "")
    inner.correlation = parse(key) if key else None
    if repetition is not None:
        body = scopes.MultiInstance(spec, element.id, element, inner)
        body.completion = parse(repetition.completion) if repetition.completion else None


def _connect(spec: Any, drawing: Drawing, step: specs.Step) -> None:
    element, found = step.element, spec.task_specs
    for flow in drawing.outgoing.get(element.id, ()):
        condition = parse(flow.condition) if flow.condition else None
        step.roads.append(specs.Road(flow.id, flow.target, condition, flow.default))
    step.edge = [found[event.id] for event in drawing.boundaries(element.id)]
    inner = step.inner if isinstance(step, scopes.MultiInstance) else step
    if isinstance(inner, scopes.SubProcess):
        inner.first = found[next(e for e in drawing.starts(element.id) if not e.event).id]
    if isinstance(step, gateways.Join):
        step.awaited = {flow.id for flow in drawing.incoming.get(element.id, ())}
    if isinstance(step, gateways.InclusiveGateway):
        step.reach = reach(drawing, element.id)
    if isinstance(step, gateways.EventBasedGateway):
        rivals = frozenset(road.target for road in step.roads)
        for name in rivals:
            found[name].rivals = rivals
