"""Rehosting: whether a walk at rest can go on along another diagram, and what comes of it.

Tokens and armed events are put on the other diagram by the ids of their elements. What a token has
passed does not matter; what it stands on must still mean the same, and what comes must still fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.diagrams.comparing import (
    armed_findings,
    incoming,
    lasting,
    standing_findings,
    tells,
)
from engine.diagrams.drawing import Drawing
from engine.diagrams.examination.tokens import play_from
from engine.diagrams.model import GATEWAYS, Element, Finding
from engine.diagrams.snapshot import Snapshot, Standing
from engine.diagrams.token import Token
from engine.diagrams.walk import Walk
from engine.diagrams.workflow import TokenWorkflow
from engine.errors import EngineError


@dataclass(frozen=True)
class Past:
    """What the walk cannot say of itself, and a move has to know."""

    #: ids of all that was ever entered: a boundary event that happened is not armed once more
    entered: frozenset[str] = frozenset()
    #: ids of armed events that may be dropped where the other diagram does not have them
    droppable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rehosting:
    """What putting a walk on another diagram comes to."""

    findings: tuple[Finding, ...]  #: errors block, warnings tell what changes
    walk: Walk | None = None  #: on the other diagram; ``None`` when something blocks
    armed: tuple[str, ...] = ()  #: ids of the events that were not drawn before and now wait
    dropped: tuple[str, ...] = ()  #: ids of the events that wait no longer


def compare(before: Drawing, after: Drawing, snapshot: Snapshot, past: Past) -> list[Finding]:
    """Return what blocks the move of this walk, and what changes with it."""
    found: list[Finding] = []
    for standing in snapshot.tokens:
        found += standing_findings(before, after, standing)
        if standing.element not in after.elements:
            continue
        for event, _ in standing.armed:
            droppable = f"{event}#{standing.occurrence}" in past.droppable
            found += armed_findings(before.elements[event], after, droppable=droppable)
    if not blocked(found):
        found += _played(after, snapshot)
    return list(dict.fromkeys(found))


def blocked(findings: list[Finding]) -> bool:
    """Tell whether one of the findings forbids the move."""
    return any(each.severity == "error" for each in findings)


def without(snapshot: Snapshot, drawn: Mapping[str, Element]) -> tuple[Snapshot, tuple[str, ...]]:
    """Return the snapshot without the armed events that are not drawn, and the ids of those."""
    dropped = [
        f"{event}#{standing.occurrence}"
        for standing in snapshot.tokens
        for event, _ in standing.armed
        if event not in drawn
    ]
    tokens = [
        replace(standing, armed=[(event, at) for event, at in standing.armed if event in drawn])
        for standing in snapshot.tokens
    ]
    return replace(snapshot, tokens=tokens), tuple(sorted(dropped))


def arm(workflow: TokenWorkflow, before: Mapping[str, Element], past: Past) -> tuple[str, ...]:
    """Arm what is drawn at the edge of a standing token and was not before; return the ids."""
    fresh: list[str] = []
    for token in [each for each in workflow.tokens() if each.host is None]:
        for spec in token.task_spec.edge:
            waiting_id = f"{spec.name}#{token.occurrence}"
            if not _was_there(before.get(spec.name), token) and waiting_id not in past.entered:
                workflow.arm(spec, token)
                fresh.append(waiting_id)
    return tuple(sorted(fresh))


def begins(element: Element) -> Finding:
    """Tell of an event that begins to wait with the move."""
    return tells(
        element,
        "event-armed",
        f"«{element.name}» digambar pada langkah yang sedang berjalan dan berlaku sejak"
        f" pemindahan{lasting(element)}.",
        f'"{element.name}" is drawn at a step that is open, and counts from the move on'
        f"{lasting(element)}.",
    )


def not_armed(error: EngineError) -> Finding:
    """Tell that an event would have to wait for something that the data do not say."""
    return Finding(
        str(error.details.get("element", "")),
        "not-armed",
        f"Kejadian yang baru digambar tidak dapat mulai menunggu: {error}",
        f"An event that was not drawn before cannot begin to wait: {error}",
    )


def _was_there(before: Element | None, token: Token) -> bool:
    return before is not None and before.attached_to == token.element.id


# Where the tokens can come from here


def _played(after: Drawing, snapshot: Snapshot) -> Iterator[Finding]:
    """Play on from where the tokens stand: each join must get what it waits for."""
    for owner in dict.fromkeys(standing.owner for standing in snapshot.tokens):
        scope = "" if owner is None else snapshot.tokens[owner].element
        flows = {
            flow
            for standing in snapshot.tokens
            if standing.owner == owner
            for flow in _came_by(after, standing)
        }
        for finding in play_from(after, scope, tuple(sorted(flows))):
            yield _stranded(after, finding)


def _came_by(after: Drawing, standing: Standing) -> tuple[str, ...]:
    """Return flows on which tokens would have the same way before them."""
    if standing.index is not None:
        return ()  # of several instances only the activity as a whole goes on
    leading = incoming(after, standing.element)
    if standing.race is not None:  # rivals are one token, as long as it is before their gateway
        [way] = leading
        leading = incoming(after, after.flows[way].source)
    if standing.arrived or after.elements[standing.element].type in GATEWAYS:
        return standing.arrived
    return tuple(sorted(leading))[:1]


def _stranded(after: Drawing, finding: Finding) -> Finding:
    drawn = after.elements.get(finding.element)
    name = drawn.name if drawn is not None else finding.element
    sentences = {
        "deadlock": (
            f"Dari tempat surat sekarang, «{name}» dapat menunggu cabang yang tidak pernah tiba.",
            f'From where the instance stands, "{name}" can wait for a branch that never comes.',
        ),
        "doubled": (
            f"Dari tempat surat sekarang, aliran {name} dapat dilalui dua kali, sehingga langkah"
            " sesudahnya dikerjakan ganda.",
            f"From where the instance stands, flow {name} can be taken twice, so that the next"
            " steps are done twice.",
        ),
    }
    message, message_en = sentences.get(finding.rule, (finding.message, finding.message_en))
    return replace(finding, message=message, message_en=message_en)
