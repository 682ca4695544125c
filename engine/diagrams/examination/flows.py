"""Sequence flows: every one leads from an element to an element, and every token can get home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import GATEWAYS, WITHIN, Element, Finding, Flow
from engine.diagrams.reading import BPMN


def check_references(drawing: Drawing) -> Iterator[Finding]:
    """Flows, defaults and lanes name elements that exist."""
    containers = (drawing.process, *drawing.process.iter(f"{BPMN}subProcess"))
    drawn = {node.get("id") for container in containers for node in container}
    for flow in drawing.flows.values():
        if WITHIN in flow.id:
            continue
        yield from _check_border(drawing, flow)
        for end in (flow.source, flow.target):
            if end not in drawn:
                yield Finding(
                    flow.id,
                    "missing-reference",
                    f"Aliran ini menunjuk unsur {end!r} yang tidak ada. Sambungkan lagi alirannya.",
                    f"This flow refers to element {end!r}, which does not exist. Connect it again.",
                )
    for lane in drawing.lanes:
        for member in lane.elements:
            if member not in drawn:
                yield Finding(
                    lane.id,
                    "missing-reference",
                    f"Lane «{lane.name}» menunjuk unsur {member!r} yang tidak ada. Geser unsur ke"
                    " dalam lane lagi.",
                    f'Lane "{lane.name}" refers to element {member!r}, which does not exist. Move'
                    " the element into the lane again.",
                )
    for element in drawing.own:
        element_id, default = element.id, drawing.nodes[element.id].get("default")
        own = {flow.id for flow in drawing.outgoing.get(element_id, ())}
        if default and default not in own:
            yield Finding(
                element_id,
                "missing-reference",
                f"Aliran baku {default!r} tidak keluar dari unsur ini. Pilih lagi aliran bakunya.",
                f"Default flow {default!r} does not leave this element. Choose the default again.",
            )


def _check_border(drawing: Drawing, flow: Flow) -> Iterator[Finding]:
    ends = [drawing.elements.get(end) for end in (flow.source, flow.target)]
    if len({end.scope for end in ends if end is not None}) > 1:
        yield Finding(
            flow.id,
            "crosses-border",
            "Aliran ini melintasi tepi subproses. Alirkan ke subproses itu sendiri, atau keluar"
            " dari tepinya dengan kejadian tepi.",
            "This flow crosses the border of a sub-process. Lead it to the sub-process itself, or"
            " out of it by a boundary event.",
        )


def check_ways(drawing: Drawing) -> Iterator[Finding]:
    """Every element has the flows it needs, and none that would be ignored."""
    for element in drawing.own:
        outgoing = drawing.outgoing.get(element.id, ())
        yield from _check_outgoing(element, outgoing)
        if element.type in ("startEvent", "boundaryEvent"):
            for flow in drawing.incoming.get(element.id, ()):
                yield Finding(
                    flow.id,
                    "flow-into-event",
                    f"Tidak ada aliran yang boleh masuk ke «{element.name}». Arahkan ke tugas atau"
                    " gerbang.",
                    f'No flow may lead into "{element.name}". Lead it to a task or a gateway.',
                )
        if element.type not in ("exclusiveGateway", "inclusiveGateway"):
            for flow in outgoing:
                if flow.condition or flow.default:
                    yield Finding(
                        flow.id,
                        "condition-ignored",
                        f"Syarat pada aliran dari «{element.name}» akan diabaikan. Gambar gerbang"
                        " eksklusif sesudahnya dan pindahkan syaratnya ke sana.",
                        f'The condition on the flow from "{element.name}" would be ignored. Draw an'
                        " exclusive gateway after it and move the condition there.",
                    )


def _check_outgoing(element: Element, outgoing: tuple[Flow, ...]) -> Iterator[Finding]:
    if element.type == "endEvent":
        if outgoing:
            yield Finding(
                element.id,
                "flow-after-end",
                f"Ada aliran keluar dari kejadian akhir «{element.name}». Hapus aliran itu.",
                f'A flow leaves end event "{element.name}". Remove the flow.',
            )
    elif not outgoing:
        yield Finding(
            element.id,
            "dead-end",
            f"«{element.name}» tidak punya aliran keluar. Hubungkan ke langkah berikut atau ke"
            " kejadian akhir.",
            f'"{element.name}" has no outgoing flow. Connect it to the next step or an end event.',
        )
    elif len(outgoing) > 1 and element.type not in GATEWAYS:
        yield Finding(
            element.id,
            "several-ways-out",
            f"«{element.name}» punya {len(outgoing)} aliran keluar. Gambar gerbang eksklusif atau"
            " paralel sesudahnya.",
            f'"{element.name}" has {len(outgoing)} outgoing flows. Draw an exclusive or parallel'
            " gateway after it.",
        )


def check_reach(drawing: Drawing) -> Iterator[Finding]:
    """Every element can be reached from the start of its scope, and an end of it from there."""
    for scope in ("", *(e.id for e in drawing.own if e.type == "subProcess")):
        yield from _check_reach(drawing, drawing.inside.get(scope, ()))


def _check_reach(drawing: Drawing, elements: tuple[Element, ...]) -> Iterator[Finding]:
    onward = {element.id: tuple(drawing.following(element.id)) for element in elements}
    backward: dict[str, list[str]] = {element.id: [] for element in elements}
    for name, targets in onward.items():
        for target in targets:
            backward.setdefault(target, []).append(name)
    starts = [e.id for e in elements if e.type == "startEvent"]
    ends = [e.id for e in elements if e.type == "endEvent"]
    reached, returning = _reached(starts, onward), _reached(ends, backward)
    for element in elements:
        if starts and element.id not in reached:
            yield Finding(
                element.id,
                "unreachable",
                f"«{element.name}» tidak dapat dicapai dari kejadian awal. Hubungkan dengan aliran,"
                " atau hapus.",
                f'"{element.name}" cannot be reached from the start event. Connect it, or delete'
                " it.",
            )
        elif ends and element.id not in returning and drawing.outgoing.get(element.id):
            yield Finding(
                element.id,
                "no-way-out",
                f"Dari «{element.name}» tidak ada jalan ke kejadian akhir. Gambar jalan keluar.",
                f'No way leads from "{element.name}" to an end event. Draw a way out.',
            )


def _reached(first: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    found, pending = set(first), list(first)
    while pending:
        for target in ways.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return found
