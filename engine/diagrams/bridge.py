"""The bridge from Camunda-7 attributes, which ordinary modelers write, to our elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.diagrams.model import WITHIN, Element, Repetition
from engine.diagrams.reading import BPMN, CAMUNDA, XmlNode

#: Event definitions that we execute, and what we call them.
EVENT_KINDS = {
    f"{BPMN}timerEventDefinition": "timer",
    f"{BPMN}errorEventDefinition": "error",
    f"{BPMN}terminateEventDefinition": "terminate",
    f"{BPMN}messageEventDefinition": "message",
    f"{BPMN}escalationEventDefinition": "escalation",
}


@dataclass(frozen=True)
class Place:
    """The lane in which an element stands."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class Declared:
    """What a file declares beside its process: id -> code or name."""

    errors: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    escalations: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, root: XmlNode) -> Declared:
        def all_of(tag: str, attribute: str) -> dict[str, str]:
            return {
                node.get("id", ""): node.get(attribute, "").strip()
                for node in root.iterfind(f"{BPMN}{tag}")
            }

        return cls(
            all_of("error", "errorCode"),
            all_of("message", "name"),
            all_of("escalation", "escalationCode"),
        )


def qualified(prefix: str, name: str) -> str:
    """Return the id under which an element stands in the diagram that calls its process."""
    return f"{prefix}{WITHIN}{name}" if prefix and name else name


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


def element(node: XmlNode, place: Place, declared: Declared, prefix: str, scope: str) -> Element:
    """Return the element that the flow node describes."""
    definition = event_definition(node)
    event = EVENT_KINDS.get(str(definition.tag), "unknown") if definition is not None else ""
    named = definition if definition is not None else node
    groups = node.get(f"{CAMUNDA}candidateGroups", "")
    error = named.get("errorRef", "") if event == "error" else ""
    escalation = named.get("escalationRef", "") if event == "escalation" else ""
    return Element(
        id=qualified(prefix, node.get("id", "")),
        name=node.get("name", "").strip() or node.get("id", ""),
        type=local_name(node),
        lane_id=place.id,
        lane_name=place.name,
        form_key=qualified(prefix, node.get(f"{CAMUNDA}formKey", "").strip()),
        candidate_groups=tuple(part.strip() for part in groups.split(",") if part.strip()),
        topic=node.get(f"{CAMUNDA}topic", "").strip(),
        properties=_named(properties(node), prefix),
        parameters=parameters(node),
        event=event,
        attached_to=qualified(prefix, node.get("attachedToRef", "")),
        interrupting=node.get("cancelActivity", "true").strip().lower() not in ("false", "0"),
        timer=_timer(definition) if event == "timer" else "",
        error_code=declared.errors.get(error, ""),
        documentation=text_of(node.find(f"{BPMN}documentation")),
        scope=scope,
        message=declared.messages.get(named.get("messageRef", ""), ""),
        escalation_code=declared.escalations.get(escalation, ""),
        repetition=_repetition(node),
        called=node.get("calledElement", "").strip(),
        inputs=_mapping(node, "in"),
        outputs=_mapping(node, "out"),
        decision_ref=qualified(prefix, node.get(f"{CAMUNDA}decisionRef", "").strip()),
        result_variable=node.get(f"{CAMUNDA}resultVariable", "").strip(),
        result_mapping=node.get(f"{CAMUNDA}mapDecisionResult", "").strip(),
    )


def _named(read: dict[str, str], prefix: str) -> dict[str, str]:
    """Return the properties; those that name other elements name them where they now stand."""
    for rule in ("separateFrom", "refuseFrom"):
        if prefix and rule in read:
            named = [part.strip() for part in read[rule].split(",") if part.strip()]
            read[rule] = ",".join(qualified(prefix, name) for name in named)
    return read


def _timer(definition: XmlNode) -> str:
    once, again = (definition.find(f"{BPMN}{tag}") for tag in ("timeDuration", "timeCycle"))
    return text_of(once) or text_of(again)


def _repetition(node: XmlNode) -> Repetition | None:
    drawn = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if drawn is None:
        return None
    return Repetition(
        collection=drawn.get(f"{CAMUNDA}collection", "").strip(),
        variable=drawn.get(f"{CAMUNDA}elementVariable", "").strip(),
        sequential=drawn.get("isSequential", "false").strip().lower() in ("true", "1"),
        completion=text_of(drawn.find(f"{BPMN}completionCondition")),
    )


def _mapping(node: XmlNode, direction: str) -> dict[str, str]:
    found = node.iterfind(f"{BPMN}extensionElements/{CAMUNDA}{direction}")
    return {each.get("target", ""): each.get("source", "") for each in found}


def event_definition(node: XmlNode) -> XmlNode:
    """Return the first event definition of the node."""
    return next(iter(event_definitions(node)), None)


def event_definitions(node: XmlNode) -> list[XmlNode]:
    """Return every event definition of the node, references to shared ones included."""
    return [
        child for child in node if local_name(child).endswith(("EventDefinition", "DefinitionRef"))
    ]
