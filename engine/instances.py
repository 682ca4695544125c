"""Instances: the row of a running process, how it is locked, and how pages see it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.orm import Session

from engine.canonical import read_json
from engine.catalog import JsonObject
from engine.errors import InstanceChanged, UnknownInstance
from engine.history import NO_HASH
from engine.prepared import Prepared
from engine.tables import definition, history, instance

RUNNING = "running"
COMPLETED = "completed"


@dataclass(slots=True)
class InstanceRow:
    """A row of the instance table."""

    id: str
    definition_id: str
    business_key: str
    scope: str
    status: str
    state: bytes
    data: str  #: canonical JSON
    lock_version: int
    started_at: datetime
    ended_at: datetime | None
    history_length: int
    history_head: str
    performers: str  #: canonical JSON


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
    row = InstanceRow(
        id=new.id,
        definition_id=new.definition_id,
        business_key=new.business_key,
        scope=new.scope,
        status=RUNNING,
        state=b"",
        data="{}",
        lock_version=0,
        started_at=new.started_at,
        ended_at=None,
        history_length=0,
        history_head=NO_HASH,
        performers="{}",
    )
    _ADD.change(session, asdict(row))
    return row


def lock_instance(session: Session, instance_id: str) -> InstanceRow:
    """Return the row, locked until the transaction ends. Raises ``UnknownInstance``.

    On PostgreSQL the row itself is locked; on SQLite the transaction holds the only write lock.
    """
    row = _LOCK.row(session, {"wanted": instance_id})
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return InstanceRow(**row)


def save_instance(session: Session, instance_id: str, read_version: int, **values: Any) -> None:
    """Write the row, unless somebody else did since it was read: then ``InstanceChanged``."""
    statement = _SAVE if "state" in values else _SAVE_ACCOUNT
    lock = {"wanted": instance_id, "read_version": read_version, "next_version": read_version + 1}
    if statement.change(session, {**values, **lock}) != 1:
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
    return [_as_view(row) for row in session.execute(query).mappings()]


def read_instance(session: Session, instance_id: str) -> InstanceView:
    """Return one instance. Raises ``UnknownInstance``."""
    query = _VIEW.where(instance.c.id == instance_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return _as_view(row)


def instance_row(session: Session, instance_id: str) -> InstanceRow:
    """Return the whole row without locking it. Raises ``UnknownInstance``."""
    query = select(instance).where(instance.c.id == instance_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise UnknownInstance(instance_id=instance_id)
    return InstanceRow(**row)


def change_definition(session: Session, instance_id: str, definition_id: str) -> None:
    """Let a locked instance follow another version from now on."""
    session.execute(
        update(instance).where(instance.c.id == instance_id).values(definition_id=definition_id)
    )


def find_moved(session: Session, definition_id: str) -> list[InstanceView]:
    """Return the running instances that follow this version but began on another one."""
    query = (
        _VIEW.join(history, (history.c.instance_id == instance.c.id) & (history.c.sequence == 1))
        .where(
            instance.c.definition_id == definition_id,
            instance.c.status == RUNNING,
            history.c.definition_version != definition.c.version,
        )
        .order_by(instance.c.started_at.desc(), instance.c.id)
    )
    return [_as_view(row) for row in session.execute(query).mappings()]


def instance_ids(session: Session) -> list[str]:
    query = select(instance.c.id).order_by(instance.c.started_at, instance.c.id)
    return list(session.execute(query).scalars())


def _as_view(row: RowMapping) -> InstanceView:
    return InstanceView(**{**row, "data": read_json(row["data"])})


_ADD = Prepared(insert(instance))
_LOCK = Prepared(select(instance).where(instance.c.id == bindparam("wanted")).with_for_update())
_account = (
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
_SAVE_ACCOUNT = Prepared(_account)
_SAVE = Prepared(
    _account.values(
        state=bindparam("state"),
        performers=bindparam("performers"),
        data=bindparam("data"),
        status=bindparam("status"),
        ended_at=bindparam("ended_at"),
    )
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
