"""Separation of duties: who may not complete a task, having completed an earlier one."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from engine.catalog import Actor
from engine.diagrams import Diagram, Element
from engine.tables import history


def earlier_stages(
    session: Session, diagram: Diagram, instance_id: str, element: Element, actor: Actor
) -> tuple[str, ...]:
    """Return the stages this person completed that should have been another's.

    The diagram names them (``separateFrom``). Where it says nothing, they are the tasks with an
    operation that are offered to another group than this one.
    """
    drawn = element.properties.get("separateFrom")
    if drawn is not None and not drawn.strip():
        return ()
    wanted = {"instance": instance_id, "person": actor.person}
    completed = set(session.execute(_COMPLETED, wanted).scalars())
    if drawn is not None:
        forbidden = {part.strip() for part in drawn.split(",")}
        return tuple(sorted(completed & forbidden))
    groups = set(element.candidate_groups)
    return tuple(
        stage
        for stage in sorted(completed)
        if (other := diagram.elements.get(stage)) is not None
        and other.properties.get("operation")
        and set(other.candidate_groups) != groups
    )


def only_warns(element: Element) -> bool:
    """Tell whether the diagram lets one person do both stages, with a warning in the history."""
    default = "warn" if "separateFrom" in element.properties else "refuse"
    return element.properties.get("samePerson", default) != "refuse"


_COMPLETED = select(history.c.element).where(
    history.c.instance_id == bindparam("instance"),
    text("kind = 'TASK_COMPLETED'"),  # spelt out, so that the index on completions is used
    history.c.person == bindparam("person"),
)
