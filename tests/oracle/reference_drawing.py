"""What the reference interpreter reads of a BPMN file: plain XML, looked up by id."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

_SCOPES = (f"{BPMN}subProcess", f"{BPMN}callActivity")
#: Attributes that name an element, or something declared in the same file.
_NAMING = (
    "id", "sourceRef", "targetRef", "attachedToRef", "default", "errorRef", "escalationRef",
    "messageRef",
)  # fmt: skip


@dataclass(frozen=True)
class Repetition:
    """A multi-instance activity: over which list, and when it is enough."""

    collection: str
    variable: str
    sequential: bool
    enough: int  #: so many instances suffice; 0: all are needed
    collect: str


class Drawing:
    """One file; every question is answered from its XML.

    ``called`` are the files of the processes it calls: each is drawn into the activity that calls
    it, its elements named ``call!element``.
    """

    def __init__(self, source: bytes, called: Mapping[str, bytes]) -> None:
        self._codes: dict[str, str] = {}
        process = self._read(source, called, "")
        inside = [node for node in process.iter() if node.get("id")]
        self._nodes = {node.get("id", ""): node for node in inside}
        self._flows = {k: n for k, n in self._nodes.items() if n.tag == f"{BPMN}sequenceFlow"}
        self._scopes = {
            inner.get("id", ""): node.get("id", "")
            for node in process.iter()
            if node.tag in _SCOPES
            for inner in node
        }

    # Elements.

    def knows(self, at: str) -> bool:
        return at in self._nodes

    def kind(self, at: str) -> str:
        return self._nodes[at].tag.removeprefix(BPMN)

    def topic(self, at: str) -> str:
        return self._nodes[at].get(f"{CAMUNDA}topic", "")

    def start_of(self, scope: str) -> str:
        starts = (i for i in self._nodes if self.kind(i) == "startEvent")
        return next(i for i in starts if self._scopes.get(i, "") == scope and not self.event(i))

    def repetition(self, at: str) -> Repetition | None:
        drawn = self._nodes[at].find(f"{BPMN}multiInstanceLoopCharacteristics")
        if drawn is None:
            return None
        condition = drawn.findtext(f"{BPMN}completionCondition") or ""
        counted = re.fullmatch(r"nrOfCompletedInstances >= (\d+)", condition)
        return Repetition(
            drawn.get(f"{CAMUNDA}collection", ""),
            drawn.get(f"{CAMUNDA}elementVariable", ""),
            drawn.get("isSequential") == "true",
            int(counted[1]) if counted else 0,
            self.property(at, "collect"),
        )

    def property(self, at: str, name: str) -> str:
        named = self._nodes[at].iterfind(f"{BPMN}extensionElements/*/{CAMUNDA}property")
        return next((each.get("value", "") for each in named if each.get("name") == name), "")

    def mapping(self, at: str, direction: str) -> dict[str, str]:
        """What a call passes "in" or "out": name there -> name here."""
        drawn = self._nodes[at].iterfind(f"{BPMN}extensionElements/{CAMUNDA}{direction}")
        return {each.get("target", ""): each.get("source", "") for each in drawn}

    def decision(self, at: str) -> tuple[str, str]:
        """Which decision is asked, and the name of its result."""
        drawn = self._nodes[at]
        return drawn.get(f"{CAMUNDA}decisionRef", ""), drawn.get(f"{CAMUNDA}resultVariable", "")

    # Events.

    def event(self, at: str) -> str:
        """The kind of event, or "" for none; a receive task waits for a message."""
        if self.kind(at) == "receiveTask":
            return "message"
        definition = self._definition(at)
        return "" if definition is None else self._short(definition.tag)

    def code(self, at: str) -> str:
        definition = self._definition(at)
        assert definition is not None
        named = definition.get("errorRef") or definition.get("escalationRef") or ""
        return self._codes.get(named, "")

    def boundaries(self, at: str) -> list[str]:
        return [i for i, n in self._nodes.items() if n.get("attachedToRef") == at]

    def attached_to(self, event: str) -> str:
        return self._nodes[event].get("attachedToRef", "")

    def interrupts(self, event: str) -> bool:
        return self._nodes[event].get("cancelActivity", "true") == "true"

    # Flows.

    def outgoing(self, at: str) -> list[str]:
        return [i for i, f in self._flows.items() if f.get("sourceRef") == at]

    def incoming(self, at: str) -> list[str]:
        return [i for i, f in self._flows.items() if f.get("targetRef") == at]

    def target(self, flow: str) -> str:
        return self._flows[flow].get("targetRef", "")

    def default(self, gateway: str) -> str:
        return self._nodes[gateway].get("default") or self.outgoing(gateway)[0]

    def holds(self, flow: str, data: Mapping[str, Any]) -> bool:
        condition = self._flows[flow].findtext(f"{BPMN}conditionExpression")
        if condition is None:
            return True
        matched = re.fullmatch(r'(\w+) = "(\w+)"', condition)
        assert matched, condition
        return bool(data.get(matched[1]) == matched[2])

    def reached(self, at: str, gateway: str) -> set[str]:
        """Incoming flows of the gateway that a token at the element can reach, not through it."""
        found: set[str] = set()
        pending, seen = [at], {gateway}
        while pending:
            here = pending.pop()
            if here in seen:
                continue
            seen.add(here)
            for flow in self.outgoing(here):
                if self.target(flow) == gateway:
                    found.add(flow)
                pending.append(self.target(flow))
            pending += self.boundaries(here)
        return found

    # Reading.

    def _read(self, source: bytes, called: Mapping[str, bytes], call: str) -> ET.Element:
        root = ET.fromstring(source)  # noqa: S314  # drawn by the test itself
        process = root.find(f"{BPMN}process")
        assert process is not None
        for node in root.iter():
            for name in _NAMING:
                if call and node.get(name):
                    node.set(name, f"{call}!{node.get(name)}")
        for node in root:
            code = node.get("errorCode") or node.get("escalationCode") or ""
            self._codes[node.get("id", "")] = code
        for node in list(process.iter(f"{BPMN}callActivity")):
            file = called[node.get("calledElement", "")]
            node.extend(self._read(file, called, node.get("id", "")))
        return process

    def _definition(self, at: str) -> ET.Element | None:
        definitions = (c for c in self._nodes[at] if c.tag.endswith("EventDefinition"))
        return next(definitions, None)

    def _short(self, tag: str) -> str:
        return tag.removeprefix(BPMN).removesuffix("EventDefinition")
