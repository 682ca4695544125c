"""Open tasks: what waits for somebody, to whom it is offered, and who took it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from engine.canonical import read_json
from engine.catalog import Actor, JsonObject
from engine.definitions import Definitions, Deployed
from engine.errors import TaskClaimed, TaskNotOpen, TaskNotYours
from engine.history import Kind, events_of
from engine.instances import InstanceRow
from engine.prepared import Prepared
from engine.tables import history, instance, task, task_offer


class OpenTask(NamedTuple):
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
    shared: str  #: the process data, canonical JSON
    local: str  #: what only this one of several sees, canonical JSON

    @property
    def data(self) -> JsonObject:
        """The process data as the task sees them, read anew at each use: lists need none."""
        return {**read_json(self.shared), **read_json(self.local)}


class NewTask(NamedTuple):
    """A task that a step opens."""

    id: str
    element: str
    occurrence: int
    candidates: tuple[str, ...]
    due_at: datetime | None
    local: str = "{}"  #: canonical JSON of what only this one of several sees


_MOST_DIGITS = 9  # a larger occurrence fits into no column


def task_id_of(instance_id: str, element: str, occurrence: int) -> str:
    return f"{instance_id}.{element}.{occurrence}"


def place_of(task_id: str) -> tuple[str, str, int]:
    """Return instance, element and occurrence. Raises ``TaskNotOpen`` for what is no task id."""
    instance_id, _, rest = task_id.partition(".")
    element, _, occurrence = rest.rpartition(".")
    if not element or not occurrence.isdecimal() or len(occurrence) > _MOST_DIGITS:
        raise TaskNotOpen(task_id=task_id, completed_by="", at=None)
    return instance_id, element, int(occurrence)


def open_tasks(
    session: Session, instance_id: str, opened: Collection[NewTask], at: datetime
) -> None:
    """Write tasks and offer them to their positions."""
    for new in opened:
        row = {**new._asdict(), "candidates": list(new.candidates), "opened_at": at}
        _OPEN.change(session, {**row, "instance_id": instance_id, **_UNCLAIMED})
        _OFFER.change_all(session, _offers(new.candidates), _key(instance_id, new.id))


def offer_again(session: Session, task_id: str, candidates: tuple[str, ...]) -> None:
    """Offer an open task to other positions than before."""
    row = task_row(session, task_id)
    key = _key(row["instance_id"], task_id)
    _WITHDRAW.change_all(session, _offers(row["candidates"]), key)
    session.execute(update(task).where(*_is(task_id)).values(candidates=list(candidates)))
    _OFFER.change_all(session, _offers(candidates), key)


def close_tasks(
    session: Session,
    instance_id: str,
    task_ids: list[str],
    taken: Mapping[str, Sequence[str]],
) -> list[str]:
    """Delete what was done or withdrawn; return the tasks that had waited for a performer.

    ``taken`` are the candidates of those that ``take_task`` has deleted already.
    """
    vacant = []
    for task_id in task_ids:
        key = _key(instance_id, task_id)
        candidates = taken.get(task_id)
        if candidates is None:
            row = _CLOSE.row(session, key)
            if row is None:
                continue
            candidates = row["candidates"]
        _WITHDRAW.change_all(session, _offers(candidates), key)
        if not candidates:
            vacant.append(task_id)
    return vacant


def take_task(session: Session, instance_id: str, task_id: str) -> Mapping[str, Any]:
    """Delete the row of a task that its person completes in this transaction, and return it.

    Raises ``TaskNotOpen``. What must be checked may be checked afterwards: a refusal undoes it.
    """
    row = _TAKE.row(session, _key(instance_id, task_id))
    if row is None:
        raise _not_open(session, task_id)
    return row


def task_row(session: Session, task_id: str) -> Mapping[str, Any]:
    """Return the row of an open task; ``TaskNotOpen`` tells who was faster, and when."""
    row = _ROW.row(session, _key(place_of(task_id)[0], task_id))
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
    session.execute(update(task).where(*_is(task_id)).values(claimed_by=person, claimed_name=name))


def set_due(session: Session, task_id: str, due: datetime | None, *, lost: bool) -> None:
    """Give an open task a limit where it has none so far, or take this one from it."""
    before, after = (due, None) if lost else (None, due)
    found = update(task).where(*_is(task_id), task.c.due_at.is_not_distinct_from(before))
    session.execute(found.values(due_at=after))


def set_local(session: Session, task_id: str, local: str) -> None:
    """Note what an open task of a repetition sees beside the process data, canonical JSON."""
    session.execute(update(task).where(*_is(task_id)).values(local=local))


def read_task(session: Session, definitions: Definitions, task_id: str) -> OpenTask:
    """Return an open task. Raises ``TaskNotOpen``."""
    found = _read(session, definitions, and_(*_is(task_id)))
    if not found:
        raise _not_open(session, task_id)
    return found[0]


def tasks_of(session: Session, definitions: Definitions, instance_id: str) -> list[OpenTask]:
    return _read(session, definitions, task.c.instance_id == instance_id)


def inbox(
    session: Session, definitions: Definitions, positions: Collection[str], person: str
) -> list[OpenTask]:
    """Return what a person may do now: offered to a position of theirs, taken by nobody else."""
    offered = select(task_offer.c.instance_id, task_offer.c.task_id).where(
        task_offer.c.position.in_(sorted(positions))
    )
    free = or_(task.c.claimed_by.is_(None), task.c.claimed_by == person)
    return _read(session, definitions, tuple_(task.c.instance_id, task.c.id).in_(offered) & free)


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
    return [_as_open_task(definitions.deployed(session, row["definition_id"]), row) for row in rows]


def just_opened(
    deployed: Deployed, row: InstanceRow, new: NewTask, at: datetime, data: str
) -> OpenTask:
    """Return a task of this very step as the tables will have it; nothing is read."""
    known = {
        "instance_id": row.id,
        "business_key": row.business_key,
        "scope": row.scope,
        "definition_id": row.definition_id,
        "data": data,
        "opened_at": at,
    }
    return _as_open_task(deployed, {**new._asdict(), **known, **_UNCLAIMED})


def _as_open_task(deployed: Deployed, row: Mapping[Any, Any]) -> OpenTask:
    """Return the task with what its diagram says of it."""
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
        shared="{}" if element.id in deployed.diagram.closed else row["data"],
        local=row["local"],
    )


def _not_open(session: Session, task_id: str) -> TaskNotOpen:
    instance_id, element, occurrence = place_of(task_id)
    query = select(history).where(
        history.c.instance_id == instance_id, history.c.completed == element
    )
    for event in events_of(session.execute(query).mappings()):
        place = (event.kind, event.element, event.occurrence)
        if place == (Kind.TASK_COMPLETED, element, occurrence):
            return TaskNotOpen(
                task_id=task_id, completed_by=event.name, person=event.person, at=event.at
            )
    return TaskNotOpen(task_id=task_id, completed_by="", person="", at=None)


def _key(instance_id: str, task_id: str) -> dict[str, str]:
    return {"in_instance": instance_id, "wanted": task_id}


def _is(task_id: str) -> tuple[ColumnElement[bool], ...]:
    return task.c.instance_id == place_of(task_id)[0], task.c.id == task_id


def _offers(candidates: Collection[str]) -> list[dict[str, str]]:
    return [{"offered_to": position} for position in sorted(set(candidates))]


_UNCLAIMED = {"claimed_by": None, "claimed_name": None}
_wanted = (task.c.instance_id == bindparam("in_instance"), task.c.id == bindparam("wanted"))
_OPEN = Prepared(insert(task))
_ROW = Prepared(select(task).where(*_wanted))
_CLOSE = Prepared(delete(task).where(*_wanted).returning(task.c.candidates))
_TAKE = Prepared(delete(task).where(*_wanted).returning(*task.c))
_OFFER = Prepared(
    insert(task_offer).values(
        position=bindparam("offered_to"),
        instance_id=bindparam("in_instance"),
        task_id=bindparam("wanted"),
    )
)
_WITHDRAW = Prepared(
    delete(task_offer).where(
        task_offer.c.position == bindparam("offered_to"),
        task_offer.c.instance_id == bindparam("in_instance"),
        task_offer.c.task_id == bindparam("wanted"),
    )
)
