"""A drawing for diagrams of tests, as browsers need it: all in a row, flows back above it."""

from __future__ import annotations

from lxml import etree

_MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_WIDE, _HIGH, _APART = 100, 80, 60
_BREADTHS = {"Event": 36, "Gateway": 50}
_MIDDLE = 140


def drawn(source: bytes) -> bytes:
    """Return the diagram with a shape for each element, in the order of the file."""
    process = etree.fromstring(source).find(f"{_MODEL}process")
    assert process is not None
    boxes: dict[str, tuple[int, int]] = {}  # left edge and width
    left = 80
    for node in process:
        if (
            node.tag != f"{_MODEL}sequenceFlow"
            and node.get("id")
            and node.tag != f"{_MODEL}laneSet"
        ):
            wide = next((each for end, each in _BREADTHS.items() if node.tag.endswith(end)), _WIDE)
            boxes[node.get("id")] = (left, wide)
            left += wide + _APART
    shapes = "".join(_shape(name, *box) for name, box in boxes.items())
    lines = "".join(_line(flow, boxes) for flow in process.iterfind(f"{_MODEL}sequenceFlow"))
    page = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" id="page">'
        f'<di:BPMNPlane id="plane" bpmnElement="{process.get("id")}">{shapes}{lines}</di:BPMNPlane>'
        "</di:BPMNDiagram></bpmn:definitions>"
    )
    return source.replace(b"</bpmn:definitions>", page.encode())


def _shape(name: str, left: int, wide: int) -> str:
    high = _HIGH if wide == _WIDE else wide
    return (
        f'<di:BPMNShape id="{name}_shape" bpmnElement="{name}"><dc:Bounds x="{left}"'
        f' y="{_MIDDLE - high // 2}" width="{wide}" height="{high}"/></di:BPMNShape>'
    )


def _line(flow: etree._Element, boxes: dict[str, tuple[int, int]]) -> str:
    left, wide = boxes[str(flow.get("sourceRef"))]
    to, breadth = boxes[str(flow.get("targetRef"))]
    bends = [(left + wide, _MIDDLE), (to, _MIDDLE)]
    if to < left:
        above = _MIDDLE - _HIGH
        start, end = left + wide // 2, to + breadth // 2
        bends = [(start, _MIDDLE - 25), (start, above), (end, above), (end, _MIDDLE - _HIGH // 2)]
    points = "".join(f'<dd:waypoint x="{x}" y="{y}"/>' for x, y in bends)
    name = flow.get("id")
    return f'<di:BPMNEdge id="{name}_line" bpmnElement="{name}">{points}</di:BPMNEdge>'
