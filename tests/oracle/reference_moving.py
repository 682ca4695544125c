"""How the reference goes on along another version: by the ids of elements, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from oracle.drawn import Drawn
from oracle.reference_drawing import Drawing
from oracle.reference_interpreter import Reference


@dataclass(frozen=True)
class Move:
    """What becomes of a reference on another version."""

    blocks: frozenset[str]  #: elements that forbid the move; nothing was changed then
    armed: frozenset[str] = frozenset()  #: events that begin to wait
    dropped: frozenset[str] = frozenset()  #: events that wait no longer


def move(reference: Reference, drawn: Drawn, droppable: Collection[str]) -> Move:
    """Put the tokens on another version, where all of them have a place.

    ``droppable`` are events that the move which is undone has armed. Elements keep their type from
    one of our versions to the next.
    """
    old, new = reference.drawing, Drawing(drawn.source, drawn.called)
    blocks: set[str] = set()
    armed: set[str] = set()
    dropped: set[str] = set()
    edges: list[list[str]] = []
    for token in reference.tokens:
        if not new.knows(token.at) or (token.came and _ways(old, token.at) != _ways(new, token.at)):
            blocks.add(token.at)
            continue
        gone = {event for event in token.armed if not new.knows(event)}
        dropped |= {f"{event}#{token.n}" for event in gone}
        blocks |= {event for event in gone if f"{event}#{token.n}" not in droppable}
        edge = [event for event in token.armed if event not in gone]
        if token.index is None:
            fresh = [e for e in new.boundaries(token.at) if not old.knows(e)]
            fresh = [event for event in fresh if (event, token.n) not in reference.happened]
            armed |= {f"{event}#{token.n}" for event in fresh}
            edge += fresh
        edges.append(edge)
    if not blocks:
        reference.drawing, reference.tables = new, drawn.tables
        for token, edge in zip(reference.tokens, edges, strict=True):
            token.armed = edge
        return Move(frozenset(), frozenset(armed), frozenset(dropped))
    return Move(frozenset(blocks))


def _ways(drawing: Drawing, at: str) -> set[str]:
    return set(drawing.incoming(at))
