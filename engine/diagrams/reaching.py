"""Reaching: by which of its flows a token elsewhere can still come to an inclusive gateway."""

from __future__ import annotations

from engine.diagrams.drawing import Drawing


def reach(drawing: Drawing, gateway: str) -> dict[str, frozenset[str]]:
    """Return, for each element, the incoming flows of the gateway that a token there can reach.

    Ways that pass the gateway itself do not count; a token in an activity can also leave it by a
    boundary event.
    """
    backward: dict[str, list[str]] = {}
    for element in drawing.elements:
        for target in drawing.following(element):
            backward.setdefault(target, []).append(element)
    found: dict[str, set[str]] = {}
    for flow in drawing.incoming.get(gateway, ()):
        pending, seen = [flow.source], {gateway}
        while pending:
            element = pending.pop()
            if element not in seen:
                seen.add(element)
                found.setdefault(element, set()).add(flow.id)
                pending.extend(backward.get(element, ()))
    return {element: frozenset(flows) for element, flows in found.items()}
