"""What the tests of the diagrams read: the files themselves, as data, without the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

FOLDER = Path(__file__).parents[3] / "bpmn"
NAMES = ("outgoing_letter_sop_1_2_12", "outgoing_letter_kecamatan")

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
TASKS = ("userTask", "serviceTask", "sendTask")
NODES = (*TASKS, "exclusiveGateway", "startEvent", "endEvent", "boundaryEvent")

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """The rectangle of a shape."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, other: Box) -> bool:
        """Whether the other box lies wholly in this one."""
        right, bottom = self.x + self.width, self.y + self.height
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= right
            and other.y + other.height <= bottom
        )

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def near(self, point: Point, slack: float = 1) -> bool:
        """Whether the point lies in the box or on its edge."""
        x, y = point
        return (
            self.x - slack <= x <= self.x + self.width + slack
            and self.y - slack <= y <= self.y + self.height + slack
        )


@dataclass(frozen=True)
class Flow:
    """A sequence flow as written."""

    id: str
    name: str
    source: str
    target: str
    condition: str


class Drawing:
    """One file: its elements by id, its flows, its shapes and its edges."""

    def __init__(self, file: Path) -> None:
        self.source = file.read_bytes()
        self.root = etree.fromstring(self.source)
        process = self.root.find(f"{BPMN}process")
        assert process is not None
        self.process = process
        self.nodes = {str(node.get("id")): node for node in process if _kind(node) in NODES}
        self.lanes = {
            str(lane.get("id")): [str(ref.text) for ref in lane.findall(f"{BPMN}flowNodeRef")]
            for lane in process.iter(f"{BPMN}lane")
        }
        self.flows = [_flow(node) for node in process.findall(f"{BPMN}sequenceFlow")]
        self.shapes = {str(s.get("bpmnElement")): _box(s) for s in self.root.iter(f"{DI}BPMNShape")}
        self.labels = {
            str(shape.get("bpmnElement")): _box(label)
            for tag in ("BPMNShape", "BPMNEdge")
            for shape in self.root.iter(f"{DI}{tag}")
            if (label := shape.find(f"{DI}BPMNLabel")) is not None and len(label)
        }
        self.edges = {
            str(edge.get("bpmnElement")): [
                (float(p.get("x")), float(p.get("y")))
                for p in edge
                if etree.QName(p).localname == "waypoint"
            ]
            for edge in self.root.iter(f"{DI}BPMNEdge")
        }

    def of_type(self, *kinds: str) -> dict[str, Any]:
        return {key: node for key, node in self.nodes.items() if _kind(node) in kinds}

    def leaving(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == element]

    def arriving(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == element]

    def default(self, element: str) -> str:
        return str(self.nodes[element].get("default") or "")

    def properties(self, node: Any) -> Mapping[str, str]:
        """The camunda:property values of an element or of the process."""
        found = node.iterfind(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property")
        return {each.get("name"): each.get("value") for each in found}

    def kind(self, element: str) -> str:
        return _kind(self.nodes[element])


def _kind(node: Any) -> str:
    return str(etree.QName(node).localname)


def _flow(node: Any) -> Flow:
    condition = node.findtext(f"{BPMN}conditionExpression") or ""
    return Flow(
        node.get("id"),
        node.get("name") or "",
        node.get("sourceRef"),
        node.get("targetRef"),
        condition.strip(),
    )


def _box(shape: Any) -> Box:
    bounds = next(each for each in shape if etree.QName(each).localname == "Bounds")
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


@pytest.fixture(params=NAMES)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    """Each of the two SOPs in turn."""
    return Drawing(FOLDER / f"{request.param}.bpmn")


@pytest.fixture
def forms() -> dict[str, Any]:
    """Every form that lies beside the diagrams, by its key."""
    return {
        file.stem: json.loads(file.read_text("utf-8"))
        for file in sorted((FOLDER / "forms").glob("*.json"))
    }
