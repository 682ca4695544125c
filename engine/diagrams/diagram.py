"""A compiled diagram: one version of a definition, ready to be walked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.catalog import JsonObject
from engine.diagrams.building import build
from engine.diagrams.codec import Codec
from engine.diagrams.contract import WalkHost
from engine.diagrams.drawing import Drawing
from engine.diagrams.examination import inspect
from engine.diagrams.model import Element, Finding, Flow, Lane
from engine.diagrams.rehosting import (
    Past,
    Rehosting,
    arm,
    begins,
    blocked,
    compare,
    not_armed,
    without,
)
from engine.diagrams.snapshot import restore
from engine.diagrams.walk import Walk
from engine.diagrams.workflow import TokenWorkflow
from engine.errors import DefinitionRejected, EngineError


class Diagram:
    """Immutable, and shared between instances and threads; compile once a version and keep it."""

    process_id: str
    name: str
    source: bytes
    #: every flow node, by id, in the order of the file; those of called processes among them
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    process_properties: Mapping[str, str]  #: camunda:property of pool and process: the SOP itself
    starts: tuple[Element, ...]  #: the ways to begin: plain, by message, by timer
    calls: tuple[str, ...]  #: ids of the processes called, by this one or by those it calls
    #: elements with data of their own: what they write does not change the process data at once
    apart: frozenset[str]
    closed: frozenset[str]  #: elements that see no process data but what their call passes in

    guarded: frozenset[str]  #: elements whose errors are foreseen, at their edge or around them

    def __init__(self, source: bytes, drawing: Drawing) -> None:
        self.source = source
        self.process_id = drawing.process_id
        self.name = drawing.name
        self.elements = MappingProxyType(dict(drawing.elements))
        self.flows = MappingProxyType(dict(drawing.flows))
        self.lanes = drawing.lanes
        self.process_properties = MappingProxyType(dict(drawing.properties))
        self.starts = drawing.starts("")
        called = (element.called for element in drawing.elements.values() if element.called)
        self.calls = tuple(dict.fromkeys(called))
        self.apart = frozenset(
            name
            for name in drawing.elements
            if any(_keeps_data(drawing.elements[each]) for each in drawing.around(name))
        )
        self.closed = frozenset(
            name
            for name, element in drawing.elements.items()
            if any(_maps_data(drawing.elements[each]) for each in drawing.around(element.scope))
        )
        catching = {each.attached_to for each in self.elements.values() if each.event == "error"}
        self.guarded = frozenset(
            name for name in drawing.elements if not catching.isdisjoint(drawing.around(name))
        )
        self._drawing = drawing
        self._spec = build(drawing)
        self._codec = Codec(self._spec, self.elements)

    @classmethod
    def compile(cls, source: bytes, callees: Mapping[str, bytes] | None = None) -> Diagram:
        """Return the diagram, or raise ``DefinitionRejected`` with the findings that forbid it.

        ``callees`` are the files of the processes it calls, and of those that they call, by id.
        """
        drawing, findings = inspect(source, callees or {})
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors or drawing is None:
            raise _rejected(errors)
        return cls(source, drawing)

    def begin(self, data: JsonObject, start_event_id: str | None = None) -> Walk:
        """Start a new walk with these process data; it moves at the first ``advance``.

        Begins at the plain start event unless another one is named. Raises ``EngineError`` when
        there is none like that.
        """
        wanted = [
            start
            for start in self.starts
            if (not start.event if start_event_id is None else start.id == start_event_id)
        ]
        if not wanted:
            raise EngineError(
                f"Process {self.process_id} has no such start event.", element=start_event_id
            )
        workflow = TokenWorkflow(self._spec, dict(data))
        workflow.spawn(self._spec.task_specs[wanted[0].id], None)
        return Walk(workflow, self._codec, settled=False)

    def resume(self, state: bytes) -> Walk:
        """Go on with a walk that was frozen on this very version."""
        return Walk(self._codec.decode(state), self._codec, settled=True)

    def rehost(self, state: bytes, target: Diagram, host: WalkHost, past: Past) -> Rehosting:
        """Put a walk that was frozen on this version on another one; the state is not changed.

        Nothing moves: tokens stay at their elements, armed events keep their due times. Events that
        are new at the edge of an open activity are armed now; ``host`` says when they are due.
        """
        snapshot = self._codec.read(state)
        findings = compare(self._drawing, target._drawing, snapshot, past)
        if blocked(findings):
            return Rehosting(tuple(findings))
        snapshot, dropped = without(snapshot, target.elements)
        workflow = restore(target._spec, snapshot)
        workflow.host = host
        try:
            armed = arm(workflow, self.elements, past)
        except EngineError as error:  # a correlation key that these data do not give
            return Rehosting((*findings, not_armed(error)))
        finally:
            workflow.host = None
        findings += [begins(target.elements[each.rpartition("#")[0]]) for each in armed]
        walk = Walk(workflow, target._codec, settled=True)
        return Rehosting(tuple(dict.fromkeys(findings)), walk, armed, dropped)


def _keeps_data(element: Element) -> bool:
    return bool(element.repetition) or _maps_data(element)


def _maps_data(element: Element) -> bool:
    return bool(element.inputs or element.outputs)


def _rejected(findings: list[Finding]) -> DefinitionRejected:
    """Return the refusal; its text says the first finding, its details hold them all."""
    first = findings[0]
    more = f" And {len(findings) - 1} more." if len(findings) > 1 else ""
    return DefinitionRejected(f"{first.element}: {first.message_en}{more}", findings=findings)
