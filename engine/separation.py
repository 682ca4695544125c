"""Separation of duties: who may not complete a task, having completed an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from engine.catalog import Actor
from engine.diagrams import Diagram, Element
from engine.prepared import Prepared
from engine.tables import history


@dataclass(frozen=True)
class EarlierStages:
    """The stages that the same person completed and that should have been another's."""

    refused: tuple[str, ...] = ()  #: the task may not be completed by this person
    warned: tuple[str, ...] = ()  #: it may, and the history says so


def earlier_stages(
    session: Session, diagram: Diagram, instance_id: str, element: Element, actor: Actor
) -> EarlierStages:
    """Return what this person did before that should have been another's.

    The diagram names the stages: those of ``refuseFrom`` are refused, those of ``separateFrom``
    as ``samePerson`` says, "warn" or "refuse". Where it names none, they are the tasks with an
    operation that are offered to another group than this one, and they are refused.
    """
    rules = element.properties
    named = {name: _parts(rules.get(name, "")) for name in ("refuseFrom", "separateFrom")}
    drawn = "separateFrom" in rules or "refuseFrom" in rules
    if drawn and not any(named.values()):
        return EarlierStages()
    wanted = {"instance": instance_id, "person": actor.person}
    completed = {row["element"] for row in _COMPLETED.rows(session, wanted)}
    if not drawn:
        others = {stage for stage in completed if _of_others(diagram, stage, element)}
        return _sorted(others, rules.get("samePerson", "refuse"), set())
    return _sorted(
        completed & named["separateFrom"],
        rules.get("samePerson", "warn"),
        completed & named["refuseFrom"],
    )


def _sorted(stages: set[str], mode: str, refused: set[str]) -> EarlierStages:
    if mode == "refuse":
        return EarlierStages(refused=tuple(sorted(stages | refused)))
    return EarlierStages(tuple(sorted(refused)), tuple(sorted(stages - refused)))


def _of_others(diagram: Diagram, stage: str, element: Element) -> bool:
    """Tell whether the stage has an operation and is offered to another group."""
    other = diagram.elements.get(stage)
    return (
        other is not None
        and bool(other.properties.get("operation"))
        and set(other.candidate_groups) != set(element.candidate_groups)
    )


def _parts(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


_COMPLETED = Prepared(
    select(history.c.element)
    .distinct()  # the index answers alone: a letter returned often costs no more rows
    .where(
        history.c.instance_id == bindparam("instance"),
        text("kind = 'TASK_COMPLETED'"),  # spelt out, so that the index on completions is used
        history.c.person == bindparam("person"),
    )
)
