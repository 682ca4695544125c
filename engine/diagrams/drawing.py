"""A drawing: everything read from a BPMN file, sound or not, as the examination needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from engine.diagrams.bridge import Place, element, local_name, properties, text_of
from engine.diagrams.model import EXECUTED, Element, Flow, Lane
from engine.diagrams.reading import BPMN, XmlNode

Item = TypeVar("Item", Flow, Element)


@dataclass(frozen=True)
class Drawing:
    """One process and what stands around it. Tolerant: dangling references are kept as written."""

    root: XmlNode
    processes: tuple[XmlNode, ...]
    process: XmlNode  #: the one that is executed
    elements: Mapping[str, Element]
    nodes: Mapping[str, XmlNode]  #: XML of every element
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    properties: Mapping[str, str]  #: of the participant and the process: identity of the SOP
    error_codes: Mapping[str, str]  #: id of bpmn:error -> errorCode
    outgoing: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict)  #: in file order
    incoming: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict)
    attached: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)

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

    def boundaries(self, activity: str) -> tuple[Element, ...]:
        """Return the boundary events attached to the activity, in file order."""
        return self.attached.get(activity, ())

    def following(self, element_id: str) -> Iterator[str]:
        """Yield the elements a token can reach in one step: along flows or by a boundary event."""
        yield from (flow.target for flow in self.outgoing.get(element_id, ()))
        yield from (event.id for event in self.boundaries(element_id))


def draw(root: XmlNode) -> Drawing | None:
    """Return the drawing of the file's process, or ``None`` when the file has no process."""
    processes = tuple(root.iterfind(f"{BPMN}process"))
    if not processes:
        return None
    process = next((p for p in processes if p.find(f"{BPMN}startEvent") is not None), processes[0])
    codes = {e.get("id", ""): e.get("errorCode", "").strip() for e in root.iterfind(f"{BPMN}error")}
    lanes, places = _lanes(process)
    nodes = {
        n.get("id", ""): n
        for n in process.iterfind(f"{BPMN}*")
        if local_name(n) in EXECUTED and n.get("id")
    }
    elements = {i: element(n, places.get(i, Place()), codes) for i, n in nodes.items()}
    flows = _flows(process, nodes)
    return Drawing(
        root=root,
        processes=processes,
        process=process,
        elements=elements,
        nodes=nodes,
        flows=flows,
        lanes=lanes,
        properties={**_pool_properties(root, process), **properties(process)},
        error_codes=codes,
        outgoing=_grouped(flows.values(), "source"),
        incoming=_grouped(flows.values(), "target"),
        attached=_grouped((e for e in elements.values() if e.attached_to), "attached_to"),
    )


def _flows(process: XmlNode, nodes: Mapping[str, XmlNode]) -> dict[str, Flow]:
    flows = {}
    for node in process.iterfind(f"{BPMN}sequenceFlow"):
        flow_id, source = node.get("id", ""), node.get("sourceRef", "")
        gateway = nodes.get(source)
        flows[flow_id] = Flow(
            id=flow_id,
            source=source,
            target=node.get("targetRef", ""),
            name=node.get("name", ""),
            condition=text_of(node.find(f"{BPMN}conditionExpression")),
            default=gateway is not None and gateway.get("default") == flow_id,
        )
    return flows


def _grouped(items: Iterable[Item], key: str) -> dict[str, tuple[Item, ...]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(str(getattr(item, key)), []).append(item)
    return {name: tuple(group) for name, group in groups.items()}


def _lanes(process: XmlNode) -> tuple[tuple[Lane, ...], dict[str, Place]]:
    lanes, places = [], {}
    for node in process.iterfind(f".//{BPMN}lane"):
        place = Place(node.get("id", ""), node.get("name", "").strip())
        members = tuple(text_of(ref) for ref in node.iterfind(f"{BPMN}flowNodeRef"))
        lanes.append(Lane(place.id, place.name, members))
        # A nested lane comes after the lane around it, so that the innermost one stands.
        places.update(dict.fromkeys(members, place))
    return tuple(lanes), places


def _pool_properties(root: XmlNode, process: XmlNode) -> dict[str, str]:
    for participant in root.iterfind(f"{BPMN}collaboration/{BPMN}participant"):
        if participant.get("processRef") == process.get("id"):
            return properties(participant)
    return {}
