"""Kept messages: what nobody has received yet, why not, and how an operator ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.catalog import Actor
from engine.messages import KEPT
from engine.retrying import Delay, GiveUp
from engine.tables import instance, message, message_discard, message_start, message_subscription


@dataclass(frozen=True)
class KeptMessage:
    """A message that waits for its receiver; what it says stays in the books."""

    id: str
    name: str
    correlation: str
    scope: str  #: office in which a process would begin with it; may be empty
    received_at: datetime
    attempts: int  #: how often a process could not begin with it
    sentence: str  #: why not, the last time; empty while nobody wants it
    stopped_at: datetime | None  #: since when it waits for an operator


@dataclass(frozen=True)
class DiscardedMessage:
    """A message that an operator discarded."""

    id: str
    name: str
    correlation: str
    scope: str
    received_at: datetime
    discarded_at: datetime
    discarded_by: str  #: name of the person
    reason: str


def deliverable(session: Session, now: datetime, limit: int) -> list[str]:
    """Return kept messages that somebody waits for, or that begin a process by now.

    The longest untried come first, so those that fail do not keep the others from their turn.
    """
    waits = (
        (message_subscription.c.name == message.c.name)
        & (message_subscription.c.correlation == message.c.correlation)
        & message_subscription.c.parked.is_(False)
    )
    begins = message_start.c.name == message.c.name
    wanted = or_(
        select(message_subscription).where(waits).exists(),
        message.c.stopped_at.is_(None) & select(message_start).where(begins).exists(),
    )
    query = (
        select(message.c.id)
        .where(*KEPT, message.c.run_after <= now, wanted)
        .order_by(message.c.run_after, message.c.id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def lock_kept(session: Session, message_id: str) -> RowMapping | None:
    """Return the row of a kept message, locked until the transaction ends, or ``None``."""
    query = select(message).where(message.c.id == message_id, *KEPT).with_for_update()
    return session.execute(query).mappings().first()


def set_back(  # noqa: PLR0917  # the post names them
    session: Session,
    kept: RowMapping,
    sentence: str,
    verdict: Delay | GiveUp,
    at: datetime,
    longest: timedelta,
) -> None:
    """Note why nobody received the message, and when it is tried again.

    One that was given up begins nothing by itself; for whoever waits it is tried every ``longest``.
    """
    given_up = isinstance(verdict, GiveUp)
    wait = longest if isinstance(verdict, GiveUp) else verdict.wait
    session.execute(
        update(message)
        .where(message.c.id == kept["id"])
        .values(
            attempts=kept["attempts"] + 1,
            last_error=sentence,
            run_after=at + wait,
            stopped_at=at if given_up else None,
        )
    )


def discard(session: Session, message_id: str, actor: Actor, reason: str, at: datetime) -> bool:
    """Take a message away from everybody, in ink; ``False``: it is no longer kept."""
    ended = update(message).where(message.c.id == message_id, *KEPT).values(discarded_at=at)
    if session.execute(ended.returning(message.c.id)).first() is None:
        return False
    account = {
        "message_id": message_id,
        "person": actor.person,
        "name": actor.name,
        "position": actor.position,
        "on_behalf_of": actor.on_behalf_of,
        "reason": reason,
        "at": at,
    }
    session.execute(insert(message_discard).values(**account))
    return True


def kept_messages(session: Session, limit: int) -> list[KeptMessage]:
    """Return kept messages: first those that wait for an operator, then the oldest."""
    query = select(*_SHOWN, message.c.attempts, message.c.last_error, message.c.stopped_at)
    query = query.where(*KEPT).order_by(
        message.c.stopped_at.is_(None), message.c.attempts == 0, message.c.received_at, message.c.id
    )
    rows = session.execute(query.limit(limit)).mappings()
    return [
        KeptMessage(
            **{name: value for name, value in row.items() if name != "last_error"},
            sentence=row["last_error"],
        )
        for row in rows
    ]


def discarded_messages(session: Session, limit: int) -> list[DiscardedMessage]:
    """Return what operators discarded, and why, the latest first."""
    query = (
        select(
            *_SHOWN,
            message_discard.c.at.label("discarded_at"),
            message_discard.c.name.label("discarded_by"),
            message_discard.c.reason,
        )
        .join(message_discard, message_discard.c.message_id == message.c.id)
        .order_by(message_discard.c.at.desc(), message.c.id)
        .limit(limit)
    )
    return [DiscardedMessage(**row) for row in session.execute(query).mappings()]


def vanished_messages(session: Session) -> list[str]:
    """Return the ids of messages that nobody received and no operator took away, yet are not kept.

    Whether the instance that is named as the receiver knows of it, its own verification tells.
    """
    received = select(instance.c.id).where(instance.c.id == message.c.consumed_by).exists()
    told = select(message_discard.c.message_id).where(
        message_discard.c.message_id == message.c.id, message_discard.c.at == message.c.discarded_at
    )
    accounted = select(message_discard.c.message_id).where(
        message_discard.c.message_id == message.c.id
    )
    query = select(message.c.id).where(
        (message.c.consumed_at.is_not(None) & ~received)
        | (message.c.consumed_at.is_(None) & message.c.consumed_by.is_not(None))
        | (message.c.discarded_at.is_not(None) & ~told.exists())
        | (message.c.discarded_at.is_(None) & accounted.exists())
    )
    return list(session.execute(query.order_by(message.c.id)).scalars())


_SHOWN = (
    message.c.id,
    message.c.name,
    message.c.correlation,
    message.c.scope,
    message.c.received_at,
)
