"""Open tasks: what waits for somebody, to whom it is offered, and who took it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.catalog import Actor, JsonObject
from engine.definitions import Definitions
from engine.errors import TaskClaimed, TaskNotOpen, TaskNotYours
from engine.history import Kind
from engine.tables import history, instance, task, task_offer


@dataclass(frozen=True)
class OpenTask:
    """A task as an inbox shows it."""

    id: str
    instance_id: str
    business_key: str
    scope: str
    process_id: str
    definition_id: str
    definition_version: int
    element: str
    occurrence: int
    name: str
    lane: str
    candidates: tuple[str, ...]  #: ids of positions
    claimed_by: str | None
    claimed_name: str | None
    opened_at: datetime
    due_at: datetime | None
    form_key: str
    properties: Mapping[str, str]
    data: JsonObject


@dataclass(frozen=True)
class NewTask:
    """A task that a step opens."""

    id: str
    element: str
    occurrence: int
    candidates: tuple[str, ...]
    due_at: datetime | None


def task_id_of(instance_id: str, element: str, occurrence: int) -> str:
    return f"{instance_id}.{element}.{occurrence}"


def place_of(task_id: str) -> tuple[str, str, int]:
    """Return instance, element and occurrence. Raises ``TaskNotOpen`` for what is no task id."""
    instance_id, _, rest = task_id.partition(".")
    element, _, occurrence = rest.rpartition(".")
    if not element or not occurrence.isdecimal():
        raise TaskNotOpen(task_id=task_id, completed_by="", at=None)
    return instance_id, element, int(occurrence)


def open_tasks(
    session: Session, instance_id: str, opened: Collection[NewTask], at: datetime
) -> None:
    """Write tasks and offer them to their positions."""
    if not opened:
        return
    rows = [
        {
            "id": new.id,
            "instance_id": instance_id,
            "element": new.element,
            "occurrence": new.occurrence,
            "candidates": list(new.candidates),
            "opened_at": at,
            "due_at": new.due_at,
        }
        for new in opened
    ]
    session.execute(_OPEN, rows)
    for new in opened:
        offer_task(session, new.id, new.candidates)


def offer_task(session: Session, task_id: str, candidates: Collection[str]) -> None:
    rows = [{"position": position, "task_id": task_id} for position in sorted(set(candidates))]
    if rows:
        session.execute(_OFFER, rows)


def offer_again(session: Session, task_id: str, candidates: tuple[str, ...]) -> None:
    """Offer an open task to other positions than before."""
    session.execute(delete(task_offer).where(task_offer.c.task_id == task_id))
    session.execute(update(task).where(task.c.id == task_id).values(candidates=list(candidates)))
    offer_task(session, task_id, candidates)


def close_tasks(session: Session, task_ids: list[str]) -> list[str]:
    """Delete what was done or withdrawn; return the tasks that had waited for a performer."""
    closed = [session.execute(_CLOSE, {"wanted": task_id}).one_or_none() for task_id in task_ids]
    return [row.id for row in closed if row is not None and not row.candidates]


def task_row(session: Session, task_id: str) -> RowMapping:
    """Return the row of an open task; ``TaskNotOpen`` tells who was faster, and when."""
    row = session.execute(_ROW, {"wanted": task_id}).mappings().one_or_none()
    if row is None:
        raise _not_open(session, task_id)
    return row


def check_offered(row: Mapping[Any, Any], actor: Actor) -> None:
    """Refuse a person who holds none of the task's positions, or whom a colleague preceded."""
    if not actor.positions.intersection(row["candidates"]):
        raise TaskNotYours(task_id=row["id"], candidates=tuple(row["candidates"]))
    if row["claimed_by"] not in (None, actor.person):
        raise TaskClaimed(
            task_id=row["id"], claimed_by=row["claimed_by"], claimed_name=row["claimed_name"]
        )


def set_claim(session: Session, task_id: str, person: str | None, name: str | None) -> None:
    session.execute(
        update(task).where(task.c.id == task_id).values(claimed_by=person, claimed_name=name)
    )


def read_task(session: Session, definitions: Definitions, task_id: str) -> OpenTask:
    """Return an open task. Raises ``TaskNotOpen``."""
    found = _read(session, definitions, task.c.id == task_id)
    if not found:
        raise _not_open(session, task_id)
    return found[0]


def tasks_of(session: Session, definitions: Definitions, instance_id: str) -> list[OpenTask]:
    return _read(session, definitions, task.c.instance_id == instance_id)


def inbox(
    session: Session, definitions: Definitions, positions: Collection[str], person: str
) -> list[OpenTask]:
    """Return what a person may do now: offered to a position of theirs, taken by nobody else."""
    offered = select(task_offer.c.task_id).where(task_offer.c.position.in_(sorted(positions)))
    free = or_(task.c.claimed_by.is_(None), task.c.claimed_by == person)
    return _read(session, definitions, task.c.id.in_(offered) & free)


def _read(session: Session, definitions: Definitions, condition: Any) -> list[OpenTask]:
    query = (
        select(
            task,
            instance.c.business_key,
            instance.c.scope,
            instance.c.definition_id,
            instance.c.data,
        )
        .join(instance, instance.c.id == task.c.instance_id)
        .where(condition)
        .order_by(task.c.due_at.is_(None), task.c.due_at, task.c.opened_at, task.c.id)
    )
    rows = session.execute(query).mappings().all()
    return [as_open_task(session, definitions, row) for row in rows]


def as_open_task(session: Session, definitions: Definitions, row: Mapping[Any, Any]) -> OpenTask:
    """Return the task with what its diagram says of it."""
    deployed = definitions.deployed(session, row["definition_id"])
    element = deployed.diagram.elements[row["element"]]
    return OpenTask(
        id=row["id"],
        instance_id=row["instance_id"],
        business_key=row["business_key"],
        scope=row["scope"],
        process_id=deployed.definition.process_id,
        definition_id=row["definition_id"],
        definition_version=deployed.definition.version,
        element=row["element"],
        occurrence=row["occurrence"],
        name=element.name or element.id,
        lane=element.lane_name,
        candidates=tuple(row["candidates"]),
        claimed_by=row["claimed_by"],
        claimed_name=row["claimed_name"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        form_key=element.form_key,
        properties=dict(element.properties),
        data=json.loads(row["data"]),
    )


def _not_open(session: Session, task_id: str) -> TaskNotOpen:
    instance_id, element, occurrence = place_of(task_id)
    query = select(history.c.person, history.c.name, history.c.at).where(
        history.c.instance_id == instance_id,
        history.c.kind == Kind.TASK_COMPLETED.value,
        history.c.element == element,
        history.c.occurrence == occurrence,
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return TaskNotOpen(task_id=task_id, completed_by="", person="", at=None)
    return TaskNotOpen(task_id=task_id, completed_by=row.name, person=row.person, at=row.at)


_OPEN = insert(task)
_OFFER = insert(task_offer)
_CLOSE = (
    delete(task).where(task.c.id == bindparam("wanted")).returning(task.c.id, task.c.candidates)
)
_ROW = select(task).where(task.c.id == bindparam("wanted"))
