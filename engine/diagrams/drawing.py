"""A drawing: everything read from a BPMN file, sound or not, as the examination needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from engine.diagrams.bridge import (
    Declared,
    Place,
    element,
    local_name,
    properties,
    qualified,
    text_of,
)
from engine.diagrams.model import EXECUTED, SCOPES, WITHIN, Element, Flow, Lane
from engine.diagrams.reading import BPMN, XmlNode, open_xml

Item = TypeVar("Item", Flow, Element)

#: How many elements a process may have together with all that it calls, calls of calls included.
MOST_CALLED = 1000

#: What became of a call activity: drawn in, or why it could not be.
Call = Literal["drawn", "unknown", "unreadable", "recursive", "too-large"]


@dataclass(frozen=True)
class Drawing:
    """One process and what stands around it. Tolerant: dangling references are kept as written."""

    root: XmlNode
    processes: tuple[XmlNode, ...]
    process: XmlNode  #: the one that is executed
    elements: Mapping[str, Element]  #: those of sub-processes and called processes included
    nodes: Mapping[str, XmlNode]  #: XML of every element
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    properties: Mapping[str, str]  #: of the participant and the process: identity of the SOP
    declared: Declared
    calls: Mapping[str, Call] = field(default_factory=dict)  #: by id of the call activity
    outgoing: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict)  #: in file order
    incoming: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict)
    attached: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    inside: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)  #: by scope; "": top

    @property
    def process_id(self) -> str:
        return str(self.process.get("id", ""))

    @property
    def name(self) -> str:
        """The label of the process, else of its pool, else its id."""
        pools = self.root.iterfind(f"{BPMN}collaboration/{BPMN}participant")
        pool = next((p for p in pools if p.get("processRef") == self.process_id), None)
        own = self.process.get("name", "").strip()
        return str(own or (pool.get("name", "").strip() if pool is not None else "")) or (
            self.process_id
        )

    @property
    def own(self) -> tuple[Element, ...]:
        """The elements of this file, without those of called processes."""
        return tuple(each for each in self.elements.values() if WITHIN not in each.id)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The process itself and every sub-process and call that is drawn in it."""
        return ("", *(e.id for e in self.elements.values() if e.type in SCOPES))

    def starts(self, scope: str) -> tuple[Element, ...]:
        """Return the start events of a scope, in file order."""
        return tuple(e for e in self.inside.get(scope, ()) if e.type == "startEvent")

    def boundaries(self, activity: str) -> tuple[Element, ...]:
        """Return the boundary events attached to the activity, in file order."""
        return self.attached.get(activity, ())

    def around(self, element_id: str) -> Iterator[str]:
        """Yield the element and the scopes around it, the nearest first."""
        while element_id in self.elements:
            yield element_id
            element_id = self.elements[element_id].scope

    def following(self, element_id: str) -> Iterator[str]:
        """Yield the elements a token can reach in one step: along flows or by a boundary event."""
        yield from (flow.target for flow in self.outgoing.get(element_id, ()))
        yield from (event.id for event in self.boundaries(element_id))


def called_processes(source: bytes) -> tuple[str, ...]:
    """Return the ids of the processes that a file calls; nothing for what is no such file."""
    root = open_xml(source).root
    drawing = None if root is None else draw(root)
    calls = () if drawing is None else (drawing.elements[name].called for name in drawing.calls)
    return tuple(dict.fromkeys(name for name in calls if name))


def draw(root: XmlNode, callees: Mapping[str, bytes] | None = None) -> Drawing | None:
    """Return the drawing of the file's process, or ``None`` when the file has no process.

    ``callees`` are the files of the processes that are called, by id of the process.
    """
    processes = tuple(root.iterfind(f"{BPMN}process"))
    if not processes:
        return None
    process = _busiest(processes)
    declared = Declared.read(root)
    sheet = _Sheet(callees or {})
    sheet.read(process, declared, _lanes(process)[1], (process.get("id", ""),))
    elements, flows = sheet.elements, sheet.flows
    return Drawing(
        root=root,
        processes=processes,
        process=process,
        elements=elements,
        nodes=sheet.nodes,
        flows=flows,
        lanes=tuple(_lanes(process)[0]),
        properties={**_pool_properties(root, process), **properties(process)},
        declared=declared,
        calls=sheet.calls,
        outgoing=_grouped(flows.values(), "source"),
        incoming=_grouped(flows.values(), "target"),
        attached=_grouped((e for e in elements.values() if e.attached_to), "attached_to"),
        inside=_grouped(elements.values(), "scope"),
    )


class _Sheet:
    """What was read so far, from the file itself and from those it calls."""

    def __init__(self, callees: Mapping[str, bytes]) -> None:
        self.callees = callees
        self.elements: dict[str, Element] = {}
        self.nodes: dict[str, XmlNode] = {}
        self.flows: dict[str, Flow] = {}
        self.calls: dict[str, Call] = {}

    def read(  # noqa: PLR0917  # what a file gives, and where it is put
        self,
        container: XmlNode,
        declared: Declared,
        places: Mapping[str, Place],
        chain: tuple[str, ...],
        prefix: str = "",
        scope: str = "",
        around: Place | None = None,
    ) -> None:
        """Read a process or sub-process and all that stands in it."""
        defaults = {n.get("default", "") for n in container} - {""}
        for node in container.iterfind(f"{BPMN}*"):
            if local_name(node) == "sequenceFlow":
                self._flow(node, prefix, defaults)
            elif local_name(node) in EXECUTED and node.get("id"):
                place = places.get(node.get("id"), around or Place())
                drawn = element(node, place, declared, prefix, scope)
                self.elements[drawn.id], self.nodes[drawn.id] = drawn, node
                if drawn.type == "subProcess":
                    self.read(node, declared, places, chain, prefix, drawn.id, place)
                elif drawn.type == "callActivity":
                    self.calls[drawn.id] = self._call(drawn, chain)

    def _flow(self, node: XmlNode, prefix: str, defaults: set[str]) -> None:
        flow_id = qualified(prefix, node.get("id", ""))
        self.flows[flow_id] = Flow(
            id=flow_id,
            source=qualified(prefix, node.get("sourceRef", "")),
            target=qualified(prefix, node.get("targetRef", "")),
            name=node.get("name", ""),
            condition=text_of(node.find(f"{BPMN}conditionExpression")),
            default=node.get("id", "") in defaults,
        )

    def _call(self, call: Element, chain: tuple[str, ...]) -> Call:
        if call.called in chain:
            return "recursive"
        source = self.callees.get(call.called)
        if source is None:
            return "unknown"
        root = open_xml(source).root
        processes = () if root is None else tuple(root.iterfind(f"{BPMN}process"))
        process = next((p for p in processes if p.get("id") == call.called), None)
        if process is None:
            return "unreadable"
        if len(self.elements) > MOST_CALLED:
            return "too-large"
        places = _lanes(process)[1]
        self.read(process, Declared.read(root), places, (*chain, call.called), call.id, call.id)
        return "drawn"


def _busiest(processes: tuple[XmlNode, ...]) -> XmlNode:
    return next((p for p in processes if p.find(f"{BPMN}startEvent") is not None), processes[0])


def _grouped(items: Iterable[Item], key: str) -> dict[str, tuple[Item, ...]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(str(getattr(item, key)), []).append(item)
    return {name: tuple(group) for name, group in groups.items()}


def _lanes(process: XmlNode) -> tuple[list[Lane], dict[str, Place]]:
    lanes, places = [], {}
    for node in process.iterfind(f".//{BPMN}lane"):
        place = Place(node.get("id", ""), node.get("name", "").strip())
        members = tuple(text_of(ref) for ref in node.iterfind(f"{BPMN}flowNodeRef"))
        lanes.append(Lane(place.id, place.name, members))
        # A nested lane comes after the lane around it, so that the innermost one stands.
        places.update(dict.fromkeys(members, place))
    return lanes, places


def _pool_properties(root: XmlNode, process: XmlNode) -> dict[str, str]:
    for participant in root.iterfind(f"{BPMN}collaboration/{BPMN}participant"):
        if participant.get("processRef") == process.get("id"):
            return properties(participant)
    return {}
