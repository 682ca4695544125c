"""A compiled diagram: one version of a definition, ready to be walked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.catalog import JsonObject
from engine.diagrams.codec import Codec
from engine.diagrams.drawing import Drawing
from engine.diagrams.examination import inspect
from engine.diagrams.model import Element, Flow, Lane
from engine.diagrams.parser import DiagramParser, rejected
from engine.diagrams.walk import Walk
from engine.diagrams.workflow import TokenWorkflow
from engine.feel import parse


class Diagram:
    """Immutable, and shared between instances and threads; compile once a version and keep it."""

    process_id: str
    name: str
    source: bytes
    elements: Mapping[str, Element]  #: every flow node, by id, in the order of the file
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    process_properties: Mapping[str, str]  #: camunda:property of pool and process: the SOP itself

    def __init__(self, source: bytes, drawing: Drawing) -> None:
        self.source = source
        self.process_id = drawing.process_id
        self.name = drawing.name
        self.elements = MappingProxyType(dict(drawing.elements))
        self.flows = MappingProxyType(dict(drawing.flows))
        self.lanes = drawing.lanes
        self.process_properties = MappingProxyType(dict(drawing.properties))
        conditions = {f.id: parse(f.condition) for f in drawing.flows.values() if f.condition}
        self._spec = DiagramParser(conditions).build(drawing)
        self._codec = Codec(self._spec, self.elements)

    @classmethod
    def compile(cls, source: bytes) -> Diagram:
        """Return the diagram, or raise ``DefinitionRejected`` with the findings that forbid it."""
        drawing, findings = inspect(source)
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors or drawing is None:
            raise rejected(errors)
        return cls(source, drawing)

    def begin(self, data: JsonObject) -> Walk:
        """Start a new walk with these process data; it moves at the first ``advance``."""
        workflow = TokenWorkflow(self._spec, self.elements, dict(data))
        workflow.begin()
        return Walk(workflow, self._codec, settled=False)

    def resume(self, state: bytes) -> Walk:
        """Go on with a walk that was frozen on this very version."""
        return Walk(self._codec.decode(state), self._codec, settled=True)
