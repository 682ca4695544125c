"""Tokens: plays every way through parallel branches, and finds joins that wait for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import Element, Finding
from engine.diagrams.reaching import reach

#: How many moves are played before the diagram counts as too entangled.
MOST_MOVES = 20_000

#: The flows on which a token stands, sorted; a flow stands twice for two tokens.
Situation = tuple[str, ...]


def check_tokens(drawing: Drawing) -> Iterator[Finding]:
    """No join waits for a branch that was not taken, and no branch is taken twice.

    Choices are played both ways, since data are unknown; reminder branches are left out. Each
    sub-process is played by itself, and counts as one step in what surrounds it.
    """
    for scope in ("", *(e.id for e in drawing.own if e.type == "subProcess")):
        inside = drawing.inside.get(scope, ())
        if any(e.type in ("parallelGateway", "inclusiveGateway") for e in inside):
            play = _Play(drawing, scope)
            yield from play.findings([play.beginning(start) for start in drawing.starts(scope)])


def play_from(drawing: Drawing, scope: str, situation: Situation) -> Iterator[Finding]:
    """Play on from tokens that are on their way already."""
    yield from _Play(drawing, scope).findings([situation])


class _Play:
    """One scope, played in every way."""

    def __init__(self, drawing: Drawing, scope: str) -> None:
        self._drawing = drawing
        self._scope = scope
        self._reach = {
            element.id: reach(drawing, element.id)
            for element in drawing.inside.get(scope, ())
            if element.type == "inclusiveGateway"
        }

    def beginning(self, start: Element) -> Situation:
        return tuple(flow.id for flow in self._drawing.outgoing.get(start.id, ()))

    def findings(self, first: list[Situation]) -> Iterator[Finding]:
        seen, pending, moves = set(first), list(first), 0
        reported: set[tuple[str, str]] = set()
        while pending:
            situation = pending.pop()
            for finding in self._problems(situation):
                if (finding.element, finding.rule) not in reported:
                    reported.add((finding.element, finding.rule))
                    yield finding
            if len(set(situation)) < len(situation):
                continue
            for after in self._next(situation):
                moves += 1
                if moves > MOST_MOVES:
                    yield _too_entangled(self._scope or self._drawing.process_id)
                    return
                if after not in seen:
                    seen.add(after)
                    pending.append(after)

    def _problems(self, situation: Situation) -> Iterator[Finding]:
        doubled = next((f for f in situation if situation.count(f) > 1), None)
        if doubled is not None:
            yield Finding(
                doubled,
                "doubled",
                "Aliran ini dapat dilalui dua kali sekaligus, sehingga langkah berikutnya"
                " dikerjakan ganda. Satukan cabang paralel dengan gerbang paralel lebih dahulu.",
                "This flow can be taken twice at once, so that the next steps are done twice. Join"
                " the parallel branches with a parallel gateway first.",
            )
        elif situation and next(self._next(situation), None) is None:
            stuck = self._drawing.flows[situation[0]].target
            element = self._drawing.elements.get(stuck)
            name = element.name if element is not None else stuck
            yield Finding(
                stuck,
                "deadlock",
                f"Gerbang «{name}» dapat menunggu cabang yang tidak pernah tiba. Satukan pilihan"
                " eksklusif dengan gerbang eksklusif.",
                f'Gateway "{name}" can wait for a branch that never comes. Join exclusive choices'
                " with an exclusive gateway.",
            )

    def _next(self, situation: Situation) -> Iterator[Situation]:
        for flow_id in dict.fromkeys(situation):
            element = self._drawing.elements.get(self._drawing.flows[flow_id].target)
            if element is None:
                continue
            arriving = self._arriving(element, flow_id, situation)
            if not arriving:
                continue
            left = list(situation)
            for used in arriving:
                left.remove(used)
            for leaving in self._ways_out(element):
                ended = element.type == "endEvent" and element.event in ("terminate", "error")
                yield () if ended else tuple(sorted([*left, *leaving]))

    def _arriving(self, element: Element, flow: str, situation: Situation) -> list[str]:
        """Return the flows whose tokens the element takes now, if this flow is the first one."""
        incoming = [each.id for each in self._drawing.incoming.get(element.id, ())]
        if element.type == "parallelGateway":
            return incoming if flow == incoming[0] and set(incoming) <= set(situation) else []
        if element.type != "inclusiveGateway":
            return [flow]
        taken = [each for each in incoming if each in situation]
        if flow != taken[0]:
            return []
        empty, ways = set(incoming) - set(taken), self._reach[element.id]
        for other in set(situation) - set(incoming):
            coming = ways.get(self._drawing.flows[other].target, frozenset())
            if coming & empty and not coming & set(taken):
                return []
        return taken

    def _ways_out(self, element: Element) -> Iterator[list[str]]:
        outgoing = [flow.id for flow in self._drawing.outgoing.get(element.id, ())]
        if element.type in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([flow] for flow in outgoing)
            return
        if element.type == "inclusiveGateway":
            for size in range(1, len(outgoing) + 1):
                yield from (list(chosen) for chosen in combinations(outgoing, size))
            return
        yield outgoing
        for event in self._drawing.boundaries(element.id):
            if event.interrupting:
                yield [flow.id for flow in self._drawing.outgoing.get(event.id, ())]


def _too_entangled(where: str) -> Finding:
    return Finding(
        where,
        "too-entangled",
        "Cabang paralel terlalu rumit untuk diperiksa. Kurangi cabang yang berjalan bersamaan.",
        "The parallel branches are too entangled to be examined. Draw fewer branches that run at"
        " the same time.",
    )
