"""Prunes the library's tree of tasks: what has ended is history, and history is kept elsewhere."""

from __future__ import annotations

from engine.diagrams import specs
from engine.diagrams.workflow import Token, TokenWorkflow


def prune(workflow: TokenWorkflow) -> None:
    """Hang everything that is still active directly under the root and drop the rest.

    Our specs need no ancestor except the guard of an activity with boundary events, so that the
    tree is never deeper than three, however often a letter was returned and however many branches
    are open.
    """
    root = workflow.task_tree
    tops: dict[object, Token] = {}
    kept: dict[object, Token] = {root.id: root}
    for token in workflow.tokens():
        top = guard_of(token) or token
        tops.setdefault(top.id, top)
        kept[top.id] = top
        kept[token.id] = token
    root._children = list(tops)
    for top in tops.values():
        top._parent = root.id
        top._children = [child for child in top._children if child in kept]
    workflow.tasks = kept
    workflow.last_task = None


def guard_of(token: Token) -> Token | None:
    """Return the guard under which the token or boundary event stands."""
    parent: Token | None = token.parent
    inside = parent is not None and isinstance(parent.task_spec, specs.Guard)
    return parent if inside else None
