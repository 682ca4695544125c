"""The picture: everything drawn, inside its lane, connected and readable."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

MARGIN = 5  # an outline and its neighbour must not touch


def test_every_element_and_flow_is_drawn(drawing: Any) -> None:
    assert drawing.nodes.keys() <= drawing.shapes.keys()
    assert {flow.id for flow in drawing.flows} <= drawing.edges.keys()


def test_every_element_stands_in_exactly_one_lane(drawing: Any) -> None:
    placed = [element for elements in drawing.lanes.values() for element in elements]

    assert sorted(placed) == sorted(drawing.nodes)


def test_every_shape_lies_inside_its_lane_and_every_lane_inside_the_pool(drawing: Any) -> None:
    for lane, elements in drawing.lanes.items():
        outside = [e for e in elements if not drawing.shapes[lane].holds(drawing.shapes[e])]

        assert drawing.shapes["office"].holds(drawing.shapes[lane])
        assert outside == []


def test_five_lanes_lie_below_one_another_without_a_gap(drawing: Any) -> None:
    boxes = [drawing.shapes[lane] for lane in drawing.lanes]

    assert len(boxes) == 5
    assert all(above.y + above.height == below.y for above, below in pairwise(boxes))


def test_no_two_shapes_overlap(drawing: Any) -> None:
    attached = {key: node.get("attachedToRef") for key, node in drawing.nodes.items()}

    overlapping = [
        pair
        for pair in combinations(drawing.nodes, 2)
        if drawing.shapes[pair[0]].overlaps(drawing.shapes[pair[1]])
        and attached[pair[0]] != pair[1]
        and attached[pair[1]] != pair[0]
    ]

    assert overlapping == []


def test_a_boundary_event_sits_on_the_edge_of_its_task(drawing: Any) -> None:
    for event, node in drawing.of_type("boundaryEvent").items():
        task, (x, y) = drawing.shapes[node.get("attachedToRef")], drawing.shapes[event].middle

        assert task.x < x < task.x + task.width
        assert y in (task.y, task.y + task.height)


def test_every_edge_is_orthogonal_and_ends_at_its_shapes(drawing: Any) -> None:
    for flow in drawing.flows:
        way = drawing.edges[flow.id]

        assert len(way) >= 2
        assert drawing.shapes[flow.source].near(way[0]), flow.id
        assert drawing.shapes[flow.target].near(way[-1]), flow.id
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way)), flow.id


def test_no_edge_runs_through_a_shape_that_is_not_its_own(drawing: Any) -> None:
    for flow in drawing.flows:
        ends = {flow.source, flow.target}
        ends |= {str(drawing.nodes[end].get("attachedToRef")) for end in ends}
        crossed = [
            element
            for element in drawing.nodes.keys() - ends
            if any(
                _runs_through(a, b, drawing.shapes[element])
                for a, b in pairwise(drawing.edges[flow.id])
            )
        ]

        assert crossed == [], flow.id


def test_no_label_lies_on_a_task(drawing: Any) -> None:
    tasks = drawing.of_type("userTask", "serviceTask", "sendTask")

    hidden = [
        (label, task)
        for label, box in drawing.labels.items()
        for task in tasks
        if box.overlaps(drawing.shapes[task])
    ]

    assert hidden == []


def test_no_two_labels_overlap(drawing: Any) -> None:
    overlapping = [
        pair
        for pair in combinations(drawing.labels, 2)
        if drawing.labels[pair[0]].overlaps(drawing.labels[pair[1]])
    ]

    assert overlapping == []


def _runs_through(start: Any, end: Any, box: Any) -> bool:
    (x1, x2), (y1, y2) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return bool(
        x1 < box.x + box.width - MARGIN
        and x2 > box.x + MARGIN
        and y1 < box.y + box.height - MARGIN
        and y2 > box.y + MARGIN
    )
