"""Messages: what was sent and to whom it came, who waits for what, and what begins a process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, read_json, refuse_foreign_values, sha256_of
from engine.catalog import JsonObject
from engine.diagrams import Element
from engine.errors import MessageRefused
from engine.prepared import Prepared
from engine.tables import message, message_start, message_subscription

#: Bytes of canonical JSON: what is said becomes process data, which stay small.
LARGEST = 64 * 1024
_LONGEST = 200  #: characters of a name or correlation, as the columns take them


@dataclass(frozen=True)
class Message:
    """Something said to whoever waits for this name and correlation."""

    id: str  #: the key of the job that sent it, so that repetition says it once
    name: str
    correlation: str
    scope: str  #: office in which a process begins that starts with it
    payload: JsonObject

    def refuse_unfit(self) -> None:
        """Raise ``MessageRefused`` for what could not be kept, or not be received later."""
        for text in (self.name, self.correlation, self.scope):
            if not isinstance(text, str) or len(text) > _LONGEST or "\0" in text:
                raise MessageRefused(
                    f"Expected names of at most {_LONGEST} characters, found {text!r:.40}."
                )
        try:
            refuse_foreign_values(self.payload)
            size = len(canonical_json(self.payload))
        except (TypeError, ValueError, RecursionError) as error:
            raise MessageRefused(f"The payload is not plain JSON: {error}") from error
        if size > LARGEST:
            raise MessageRefused(f"Expected at most {LARGEST} bytes of payload, found {size}.")


@dataclass(frozen=True)
class Subscription:
    """A token that waits for a message."""

    waiting_id: str
    element: str
    occurrence: int
    name: str
    correlation: str


def kept_of(element: Element, said: JsonObject) -> dict[str, Any]:
    """Return what of an answer or a message becomes process data, as the element says."""
    drawn = element.properties.get("outputs", "")
    kept = {"decision", *(part.strip() for part in drawn.split(",") if part.strip())}
    return {key: value for key, value in said.items() if key in kept}


def told_of(received: Message) -> dict[str, Any]:
    """Return what the history tells of a message: of its payload, which may be large, the hash."""
    return {
        "message": received.name,
        "correlation": received.correlation,
        "id": received.id,
        "payload": sha256_of(canonical_json(dict(received.payload))),
    }


def meet(session: Session, name: str, correlation: str) -> None:
    """Keep sender and receiver of the same message from missing each other.

    Either looks for the other after writing down its own part; on PostgreSQL both could look too
    early. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        spot = func.hashtextextended(f"{name}\n{correlation}", 0)
        session.execute(select(func.pg_advisory_xact_lock(spot)))


def keep(session: Session, new: Message, at: datetime) -> bool:
    """Write a message down; ``False``: it was written before."""
    if session.execute(select(message.c.id).where(message.c.id == new.id)).first() is not None:
        return False
    row = {**vars(new), "payload": canonical_json(dict(new.payload)).decode(), "received_at": at}
    session.execute(insert(message).values(**row))
    return True


def early_for(session: Session, fresh: Collection[Subscription]) -> tuple[str, Message] | None:
    """Return who is to receive a message that came before it was waited for, the oldest first."""
    for name, correlation in sorted({(each.name, each.correlation) for each in fresh}):
        meet(session, name, correlation)
    for each in fresh:
        kept = (message.c.name == each.name, message.c.correlation == each.correlation)
        query = select(message).where(*kept, message.c.consumed_at.is_(None))
        query = query.order_by(message.c.received_at, message.c.id).limit(1)
        row = session.execute(query).mappings().first()
        if row is not None:
            return each.waiting_id, _message(row)
    return None


def read_message(session: Session, message_id: str) -> Message | None:
    """Return a message that nobody has received yet."""
    query = select(message).where(message.c.id == message_id, message.c.consumed_at.is_(None))
    row = session.execute(query).mappings().first()
    return None if row is None else _message(row)


def consume(
    session: Session, message_id: str, instance_id: str, waiting_id: str, at: datetime
) -> bool:
    """Note who receives the message; ``False``: somebody else did."""
    changed = (
        update(message)
        .where(message.c.id == message_id, message.c.consumed_at.is_(None))
        .values(consumed_at=at, consumed_by=instance_id, waiting_id=waiting_id)
        .returning(message.c.id)
    )
    return session.execute(changed).first() is not None


def subscribe(session: Session, instance_id: str, subscriptions: Iterable[Subscription]) -> None:
    rows = [{"instance_id": instance_id, "parked": False, **vars(each)} for each in subscriptions]
    _SUBSCRIBE.change_all(session, rows)


def unsubscribe(session: Session, instance_id: str, waiting_ids: Iterable[str]) -> list[str]:
    """Delete what is no longer waited for; return what was parked."""
    places = [{"instance": instance_id, "waiting": waiting_id} for waiting_id in waiting_ids]
    dropped = [row for place in places for row in _UNSUBSCRIBE.rows(session, place)]
    return [row["waiting_id"] for row in dropped if row["parked"]]


def park_subscription(session: Session, instance_id: str, waiting_id: str, *, parked: bool) -> None:
    """Put a receiver that failed aside until an operator retries it, or take it back."""
    session.execute(
        update(message_subscription).where(*_is(instance_id, waiting_id)).values(parked=parked)
    )


def still_waits(session: Session, instance_id: str, waiting_id: str) -> bool:
    query = select(message_subscription.c.waiting_id).where(
        *_is(instance_id, waiting_id), message_subscription.c.parked.is_(False)
    )
    return session.execute(query).first() is not None


def receivers_of(session: Session, name: str, correlation: str) -> list[tuple[str, str]]:
    """Return instance and waiting id of whoever waits for the message."""
    query = (
        select(message_subscription.c.instance_id, message_subscription.c.waiting_id)
        .where(
            message_subscription.c.name == name,
            message_subscription.c.correlation == correlation,
            message_subscription.c.parked.is_(False),
        )
        .order_by(message_subscription.c.instance_id, message_subscription.c.waiting_id)
    )
    return [(row.instance_id, row.waiting_id) for row in session.execute(query)]


def deliverable(session: Session, limit: int) -> list[str]:
    """Return kept messages that somebody waits for, or that begin a process by now."""
    waits = (
        (message_subscription.c.name == message.c.name)
        & (message_subscription.c.correlation == message.c.correlation)
        & message_subscription.c.parked.is_(False)
    )
    begins = message_start.c.name == message.c.name
    wanted = or_(
        select(message_subscription).where(waits).exists(),
        select(message_start).where(begins).exists(),
    )
    query = (
        select(message.c.id)
        .where(message.c.consumed_at.is_(None), wanted)
        .order_by(message.c.received_at, message.c.id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def set_starts(
    session: Session, process_id: str, definition_id: str, starts: Iterable[Element]
) -> None:
    """Note by which messages the newest version of a process begins."""
    session.execute(delete(message_start).where(message_start.c.process_id == process_id))
    rows = [
        {
            "name": start.message,
            "process_id": process_id,
            "definition_id": definition_id,
            "element": start.id,
        }
        for start in starts
        if start.event == "message"
    ]
    if rows:
        session.execute(insert(message_start), rows)


def started_by(session: Session, name: str) -> list[tuple[str, str]]:
    """Return definition and start event of the processes that begin with the message."""
    query = (
        select(message_start.c.definition_id, message_start.c.element)
        .where(message_start.c.name == name)
        .order_by(message_start.c.process_id)
    )
    return [(row.definition_id, row.element) for row in session.execute(query)]


def _message(row: RowMapping) -> Message:
    names = ("id", "name", "correlation", "scope")
    return Message(**{name: row[name] for name in names}, payload=read_json(row["payload"]))


def _is(instance_id: str, waiting_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        message_subscription.c.instance_id == instance_id,
        message_subscription.c.waiting_id == waiting_id,
    )


_SUBSCRIBE = Prepared(insert(message_subscription))
_UNSUBSCRIBE = Prepared(
    delete(message_subscription)
    .where(
        message_subscription.c.instance_id == bindparam("instance"),
        message_subscription.c.waiting_id == bindparam("waiting"),
    )
    .returning(message_subscription.c.waiting_id, message_subscription.c.parked)
)
