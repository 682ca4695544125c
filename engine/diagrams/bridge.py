"""The bridge from Camunda-7 attributes, which ordinary modelers write, to our elements."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagrams.model import Element
from engine.diagrams.reading import BPMN, CAMUNDA, XmlNode

#: Event definitions that we execute, and what we call them.
EVENT_KINDS = {
    f"{BPMN}timerEventDefinition": "timer",
    f"{BPMN}errorEventDefinition": "error",
    f"{BPMN}terminateEventDefinition": "terminate",
}


@dataclass(frozen=True)
class Place:
    """The lane in which an element stands."""

    id: str = ""
    name: str = ""


def local_name(node: XmlNode) -> str:
    """Return the tag without its namespace."""
    return str(node.tag).rpartition("}")[2]


def text_of(node: XmlNode) -> str:
    """Return the text of the node without white space around it."""
    return "" if node is None else "".join(node.itertext()).strip()


def extensions(node: XmlNode) -> list[XmlNode]:
    """Return what stands directly in the extensionElements of the node."""
    return list(node.iterfind(f"{BPMN}extensionElements/*"))


def properties(node: XmlNode) -> dict[str, str]:
    """Return the camunda:property values of the node: the last of equal names stands."""
    found = node.iterfind(
        f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property",
    )
    return {p.get("name", ""): p.get("value", "") for p in found if p.get("name")}


def parameters(node: XmlNode) -> dict[str, str]:
    """Return the camunda:inputParameter values: literal text, or ``=`` and an expression."""
    found = node.iterfind(
        f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}inputParameter",
    )
    return {p.get("name", ""): (p.text or "").strip() for p in found if p.get("name")}


def element(node: XmlNode, place: Place, error_codes: dict[str, str]) -> Element:
    """Return the element that the flow node describes."""
    definition = event_definition(node)
    event = EVENT_KINDS.get(str(definition.tag), "unknown") if definition is not None else ""
    error = definition.get("errorRef", "") if event == "error" else ""
    groups = node.get(f"{CAMUNDA}candidateGroups", "")
    return Element(
        id=node.get("id", ""),
        name=node.get("name", "").strip() or node.get("id", ""),
        type=local_name(node),
        lane_id=place.id,
        lane_name=place.name,
        form_key=node.get(f"{CAMUNDA}formKey", "").strip(),
        candidate_groups=tuple(part.strip() for part in groups.split(",") if part.strip()),
        topic=node.get(f"{CAMUNDA}topic", "").strip(),
        properties=properties(node),
        parameters=parameters(node),
        event=event,
        attached_to=node.get("attachedToRef", ""),
        interrupting=node.get("cancelActivity", "true").strip().lower() not in ("false", "0"),
        timer=text_of(definition.find(f"{BPMN}timeDuration")) if event == "timer" else "",
        error_code=error_codes.get(error, ""),
        documentation=text_of(node.find(f"{BPMN}documentation")),
    )


def event_definition(node: XmlNode) -> XmlNode:
    """Return the first event definition of the node."""
    return next(iter(event_definitions(node)), None)


def event_definitions(node: XmlNode) -> list[XmlNode]:
    """Return every event definition of the node, references to shared ones included."""
    return [
        child for child in node if local_name(child).endswith(("EventDefinition", "DefinitionRef"))
    ]
