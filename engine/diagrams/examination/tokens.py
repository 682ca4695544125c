"""Tokens: plays every way through parallel branches, and finds joins that wait for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import Element, Finding

#: How many moves are played before the diagram counts as too entangled.
MOST_MOVES = 20_000

#: The flows on which a token stands, sorted; a flow stands twice for two tokens.
Situation = tuple[str, ...]


def check_tokens(drawing: Drawing) -> Iterator[Finding]:
    """No join waits for a branch that was not taken, and no branch is taken twice.

    Choices are played both ways, since data are unknown; reminder branches are left out.
    """
    if not any(e.type == "parallelGateway" for e in drawing.elements.values()):
        return
    start = next((e for e in drawing.elements.values() if e.type == "startEvent"), None)
    if start is None:
        return
    first = tuple(flow.id for flow in drawing.outgoing.get(start.id, ()))
    seen, pending, reported, moves = {first}, [first], set(), 0
    while pending:
        situation = pending.pop()
        for finding in _problems(drawing, situation):
            if (finding.element, finding.rule) not in reported:
                reported.add((finding.element, finding.rule))
                yield finding
        if len(set(situation)) < len(situation):
            continue
        for after in _next(drawing, situation):
            moves += 1
            if after not in seen:
                seen.add(after)
                pending.append(after)
        if moves > MOST_MOVES:
            yield Finding(
                drawing.process_id,
                "too-entangled",
                "Cabang paralel terlalu rumit untuk diperiksa. Kurangi cabang yang berjalan"
                " bersamaan.",
                "The parallel branches are too entangled to be examined. Draw fewer branches that"
                " run at the same time.",
            )
            return


def _problems(drawing: Drawing, situation: Situation) -> Iterator[Finding]:
    doubled = next((f for f in situation if situation.count(f) > 1), None)
    if doubled is not None:
        yield Finding(
            doubled,
            "doubled",
            "Aliran ini dapat dilalui dua kali sekaligus, sehingga langkah berikutnya dikerjakan"
            " ganda. Satukan cabang paralel dengan gerbang paralel lebih dahulu.",
            "This flow can be taken twice at once, so that the next steps are done twice. Join the"
            " parallel branches with a parallel gateway first.",
        )
    elif situation and not any(True for _ in _next(drawing, situation)):
        stuck = drawing.flows[situation[0]].target
        yield Finding(
            stuck,
            "deadlock",
            f"Gerbang paralel «{_name(drawing, stuck)}» dapat menunggu cabang yang tidak pernah"
            " tiba. Satukan pilihan eksklusif dengan gerbang eksklusif.",
            f'Parallel gateway "{_name(drawing, stuck)}" can wait for a branch that never comes.'
            " Join exclusive choices with an exclusive gateway.",
        )


def _next(drawing: Drawing, situation: Situation) -> Iterator[Situation]:
    for flow_id in dict.fromkeys(situation):
        element = drawing.elements.get(drawing.flows[flow_id].target)
        if element is None:
            continue
        arriving = [flow_id]
        if element.type == "parallelGateway":
            arriving = [flow.id for flow in drawing.incoming.get(element.id, ())]
            if flow_id != arriving[0] or not set(arriving) <= set(situation):
                continue
        left = list(situation)
        for used in arriving:
            left.remove(used)
        for leaving in _ways_out(drawing, element):
            yield () if element.event == "terminate" else tuple(sorted([*left, *leaving]))


def _ways_out(drawing: Drawing, element: Element) -> list[list[str]]:
    outgoing = [flow.id for flow in drawing.outgoing.get(element.id, ())]
    if element.type == "exclusiveGateway":
        return [[flow] for flow in outgoing]
    interrupted = [
        [flow.id for flow in drawing.outgoing.get(event.id, ())]
        for event in drawing.boundaries(element.id)
        if event.interrupting
    ]
    return [outgoing, *interrupted]


def _name(drawing: Drawing, element_id: str) -> str:
    element = drawing.elements.get(element_id)
    return element.name if element is not None else element_id
