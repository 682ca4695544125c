"""Instances: the row of a running process, how it is locked, and how pages see it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from engine.catalog import JsonObject
from engine.errors import InstanceChanged, UnknownInstance
from engine.history import NO_HASH
from engine.tables import definition, instance

RUNNING = "running"
COMPLETED = "completed"

InstanceRow = Row[*tuple[Any, ...]]  #: the columns of the instance table as attributes


@dataclass(frozen=True)
class InstanceView:
    """An instance as lists and pages show it."""

    id: str
    process_id: str
    process_name: str
    definition_id: str
    definition_version: int
    business_key: str
    scope: str
    status: str  #: running or completed
    started_at: datetime
    ended_at: datetime | None
    data: JsonObject


@dataclass(frozen=True)
class NewInstance:
    """What is known of an instance before its first step."""

    id: str
    definition_id: str
    business_key: str
    scope: str
    started_at: datetime


def add_instance(session: Session, new: NewInstance) -> InstanceRow:
    """Write the row of a new instance and return it; its first step fills it."""
    session.execute(
        insert(instance).values(
            id=new.id,
            definition_id=new.definition_id,
            business_key=new.business_key,
            scope=new.scope,
            started_at=new.started_at,
            status=RUNNING,
            state=b"",
            data="{}",
            lock_version=0,
            history_length=0,
            history_head=NO_HASH,
        )
    )
    return lock_instance(session, new.id)


def lock_instance(session: Session, instance_id: str) -> InstanceRow:
    """Return the row, locked until the transaction ends. Raises ``UnknownInstance``.

    On PostgreSQL the row itself is locked; on SQLite the transaction holds the only write lock.
    """
    row = session.execute(_LOCK, {"wanted": instance_id}).one_or_none()
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return row


def save_instance(session: Session, instance_id: str, read_version: int, **values: Any) -> None:
    """Write the row, unless somebody else did since it was read: then ``InstanceChanged``."""
    statement = _SAVE if "state" in values else _SAVE_ACCOUNT
    lock = {"wanted": instance_id, "read_version": read_version, "next_version": read_version + 1}
    result = session.execute(statement, {**values, **lock})
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise InstanceChanged(instance_id=instance_id)


def find_instances(
    session: Session,
    *,
    process_id: str = "",
    business_key: str = "",
    scope: str = "",
    status: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[InstanceView]:
    """Return the instances that fit every filter given, the newest first."""
    query = _VIEW.order_by(instance.c.started_at.desc(), instance.c.id).limit(limit).offset(offset)
    filters = (
        (definition.c.process_id, process_id),
        (instance.c.business_key, business_key),
        (instance.c.scope, scope),
        (instance.c.status, status),
    )
    for column, wanted in filters:
        if wanted:
            query = query.where(column == wanted)
    return [_as_view(row) for row in session.execute(query)]


def read_instance(session: Session, instance_id: str) -> InstanceView:
    """Return one instance. Raises ``UnknownInstance``."""
    row = session.execute(_VIEW.where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return _as_view(row)


def instance_row(session: Session, instance_id: str) -> InstanceRow:
    """Return the whole row without locking it. Raises ``UnknownInstance``."""
    row = session.execute(select(instance).where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return row


def instance_ids(session: Session) -> list[str]:
    query = select(instance.c.id).order_by(instance.c.started_at, instance.c.id)
    return list(session.execute(query).scalars())


def _as_view(row: InstanceRow) -> InstanceView:
    values = dict(row._mapping)
    return InstanceView(**{**values, "data": json.loads(values["data"])})


# The statements of every step are built once: building takes longer than running them.
_LOCK = select(instance).where(instance.c.id == bindparam("wanted")).with_for_update()
_SAVE_ACCOUNT = (
    update(instance)
    .where(
        instance.c.id == bindparam("wanted"),
        instance.c.lock_version == bindparam("read_version"),
    )
    .values(
        lock_version=bindparam("next_version"),
        history_length=bindparam("history_length"),
        history_head=bindparam("history_head"),
    )
)
_SAVE = _SAVE_ACCOUNT.values(
    state=bindparam("state"),
    data=bindparam("data"),
    status=bindparam("status"),
    ended_at=bindparam("ended_at"),
)
_VIEW = select(
    instance.c.id,
    definition.c.process_id,
    definition.c.name.label("process_name"),
    instance.c.definition_id,
    definition.c.version.label("definition_version"),
    instance.c.business_key,
    instance.c.scope,
    instance.c.status,
    instance.c.started_at,
    instance.c.ended_at,
    instance.c.data,
).join(definition, definition.c.id == instance.c.definition_id)
