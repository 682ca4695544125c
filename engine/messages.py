"""Messages: what was sent and to whom it came, who waits for what, and what begins a process."""

from __future__ import annotations

import re
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
    select,
    update,
)
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, read_json, refuse_foreign_values, sha256_of
from engine.catalog import JsonObject
from engine.diagrams import Element
from engine.errors import MessageRefused
from engine.prepared import Prepared
from engine.tables import instance, message, message_start, message_subscription

#: Bytes of canonical JSON: what is said becomes process data, which stay small.
LARGEST = 64 * 1024
#: By how many processes in a row a message may come that began with a message, with no person in
#: between, and still begin another. Longer chains are circles: offices hand a matter on three or
#: four times. Where each process begins two more, a circle has begun a thousand when it stops.
MOST_HOPS = 10
_SURROGATE = re.compile("[\ud800-\udfff]")  #: what UTF-8 cannot say
_LONGEST = 200  #: characters of a name or correlation, as the columns take them


@dataclass(frozen=True)
class Message:
    """Something said to whoever waits for this name and correlation."""

    id: str  #: the key of the job that sent it, so that repetition says it once
    name: str
    correlation: str
    scope: str  #: office in which a process begins that starts with it
    payload: JsonObject
    hops: int = 0  #: by how many processes in a row it came that began with a message

    def refuse_unfit(self) -> None:
        """Raise ``MessageRefused`` for what could not be kept, or not be received later."""
        for text in (self.name, self.correlation, self.scope):
            if not isinstance(text, str) or len(text) > _LONGEST or "\0" in text:
                raise MessageRefused(
                    f"Expected names of at most {_LONGEST} characters, found {text!r:.40}."
                )
            if _SURROGATE.search(text):
                raise MessageRefused(f"Expected names in UTF-8, found {text!a:.40}.")
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


def meet(session: Session, name: str, correlation: str, *, sends: bool) -> None:
    """Keep sender and receiver of the same message from missing each other.

    Either looks for the other after writing down its own part; on PostgreSQL both could look too
    early. SQLite has one writer anyway. Receivers do not wait for receivers, and a sender holds
    nothing while it waits: in whatever order they meet, they never wait in a circle.
    """
    if session.get_bind().dialect.name == "postgresql":
        spot = func.hashtextextended(f"{name}\n{correlation}", 0)
        lock = func.pg_advisory_xact_lock if sends else func.pg_advisory_xact_lock_shared
        session.execute(select(lock(spot)))


def keep(session: Session, new: Message, at: datetime) -> bool:
    """Write a message down; ``False``: it was written before."""
    if session.execute(select(message.c.id).where(message.c.id == new.id)).first() is not None:
        return False
    row = {**vars(new), "payload": canonical_json(dict(new.payload)).decode()}
    untried = {"received_at": at, "run_after": at, "attempts": 0, "last_error": ""}
    session.execute(insert(message).values(**row, **untried))
    return True


def early_for(session: Session, fresh: Collection[Subscription]) -> tuple[str, Message] | None:
    """Return who is to receive a message that came before it was waited for, the oldest first.

    The message is held until the transaction ends; one that another receiver holds is left to it.
    """
    for name, correlation in sorted({(each.name, each.correlation) for each in fresh}):
        meet(session, name, correlation, sends=False)
    for each in fresh:
        mine = (message.c.name == each.name, message.c.correlation == each.correlation)
        query = select(message).where(*mine, *KEPT)
        query = query.order_by(message.c.received_at, message.c.id).limit(1)
        row = session.execute(query.with_for_update(skip_locked=True)).mappings().first()
        if row is not None:
            return each.waiting_id, _message(row)
    return None


def read_message(session: Session, message_id: str) -> Message | None:
    """Return a message that nobody has received yet."""
    query = select(message).where(message.c.id == message_id, *KEPT)
    row = session.execute(query).mappings().first()
    return None if row is None else _message(row)


def hops_from(session: Session, instance_id: str) -> int:
    """Return the hops of what an instance throws now: one more than of the message it began with.

    A process in which a person has completed a task counts anew: people end every circle.
    """
    begun_with = (message.c.consumed_by == instance_id, ~message.c.waiting_id.contains("#"))
    query = (
        select(message.c.hops)
        .join(instance, instance.c.id == message.c.consumed_by)
        .where(*begun_with, instance.c.performers == "{}")
    )
    hops = session.execute(query).scalars().first()
    return 0 if hops is None else hops + 1


def consume(
    session: Session, message_id: str, instance_id: str, waiting_id: str, at: datetime
) -> bool:
    """Note who receives the message; ``False``: somebody else did."""
    changed = (
        update(message)
        .where(message.c.id == message_id, *KEPT)
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
    names = ("id", "name", "correlation", "scope", "hops")
    return Message(**{name: row[name] for name in names}, payload=read_json(row["payload"]))


def _is(instance_id: str, waiting_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        message_subscription.c.instance_id == instance_id,
        message_subscription.c.waiting_id == waiting_id,
    )


#: What nobody has received and nobody has discarded.
KEPT = (message.c.consumed_at.is_(None), message.c.discarded_at.is_(None))
_SUBSCRIBE = Prepared(insert(message_subscription))
_UNSUBSCRIBE = Prepared(
    delete(message_subscription)
    .where(
        message_subscription.c.instance_id == bindparam("instance"),
        message_subscription.c.waiting_id == bindparam("waiting"),
    )
    .returning(message_subscription.c.waiting_id, message_subscription.c.parked)
)
