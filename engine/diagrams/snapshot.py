"""Snapshots: a walk at rest as plain values, by ids of elements, and set up again from them.

Between the bytes of a state and the tokens in memory: whoever wants to put tokens on another
diagram changes a snapshot and restores it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.scopes import MultiInstance, Progress
from engine.diagrams.token import Token
from engine.diagrams.workflow import TokenWorkflow


@dataclass(slots=True)
class Standing:
    """One token, and what is armed at its edge."""

    element: str
    occurrence: int
    state: int
    armed: list[tuple[str, str]]  #: event, and its due time or correlation
    owner: int | None = None  #: place in the list of the scope it is in
    arrived: tuple[str, ...] = ()
    waits_for: str = ""  #: due time or correlation of what waits at no edge
    race: int | None = None
    index: int | None = None
    local: dict[str, Any] | None = None
    closed: dict[str, Any] | None = None
    progress: Progress | None = None


@dataclass(slots=True)
class Snapshot:
    """One walk at rest."""

    data: dict[str, Any]
    counts: dict[str, int]  #: how often each element was entered
    tokens: list[Standing]


def capture(workflow: TokenWorkflow) -> Snapshot:
    """Return what must be kept of a workflow at rest."""
    tokens = workflow.tokens()
    standing = [token for token in tokens if token.host is None]
    edges: dict[Token, list[tuple[str, str]]] = {}
    for token in tokens:
        if token.host is not None:
            edges.setdefault(token.host, []).append((token.element.id, _waits_for(token)))
    places = {token: number for number, token in enumerate(standing)}
    return Snapshot(
        workflow.data,
        workflow.counts,
        [
            Standing(
                token.element.id,
                token.occurrence,
                token.state,
                edges.get(token, []),
                None if token.scope is None else places[token.scope],
                token.arrived,
                _waits_for(token),
                token.race,
                token.index,
                token.local,
                token.closed,
                token.progress,
            )
            for token in standing
        ],
    )


def restore(spec: Any, snapshot: Snapshot) -> TokenWorkflow:
    """Return the workflow as it was. Raises ``KeyError`` for elements the diagram has not."""
    workflow = TokenWorkflow(spec, snapshot.data)
    workflow.counts = snapshot.counts
    specs = spec.task_specs
    standing: list[Token] = []
    for kept in snapshot.tokens:
        drawn = specs[kept.element]
        if kept.index is not None and isinstance(drawn, MultiInstance):
            drawn = drawn.inner
        token = Token(workflow, drawn, workflow.task_tree, state=kept.state)
        token.occurrence = kept.occurrence
        if kept.owner is not None:
            token.scope = standing[kept.owner]
        if kept.arrived:
            token.arrived = kept.arrived
        if kept.waits_for:
            _listen(token, kept.waits_for)
        token.race, token.index, token.local = kept.race, kept.index, kept.local
        token.closed, token.progress = kept.closed, kept.progress
        standing.append(token)
        for event, waits_for in kept.armed:
            armed = Token(workflow, specs[event], workflow.task_tree, state=TaskState.WAITING)
            armed.host, armed.scope, armed.occurrence = token, token.scope, kept.occurrence
            if waits_for:
                _listen(armed, waits_for)
    return workflow


def _waits_for(token: Token) -> str:
    return token.correlation if token.due is None else token.due.isoformat()


def _listen(token: Token, waits_for: str) -> None:
    if token.element.event == "timer":
        token.due = datetime.fromisoformat(waits_for)
    else:
        token.correlation = waits_for
