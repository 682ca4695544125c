"""Kept messages: what nobody has received yet, why not, and how an operator ends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.catalog import Actor
from engine.messages import KEPT
from engine.retrying import Delay, GiveUp
from engine.tables import (
    instance,
    job,
    message,
    message_discard,
    message_start,
    message_subscription,
)


@dataclass(frozen=True)
class KeptMessage:
    """A message that waits for its receiver; what it says stays in the books."""

    id: str
    name: str
    correlation: str
    scope: str  #: office in which a process would begin with it; may be empty
    sender: str  #: business key of the instance that threw it; empty when it came from outside
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
    sender: str
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


def kept_messages(session: Session, limit: int, without: Collection[str]) -> list[KeptMessage]:
    """Return kept messages: first those that wait for an operator, then the oldest."""
    query = _kept().where(message.c.scope.not_in(without)).limit(limit)
    rows = session.execute(
        query.order_by(
            message.c.stopped_at.is_(None),
            message.c.attempts == 0,
            message.c.received_at,
            message.c.id,
        )
    )
    return [KeptMessage(**row) for row in rows.mappings()]


def kept_message(session: Session, message_id: str) -> KeptMessage | None:
    """Return a kept message, or ``None``."""
    row = session.execute(_kept().where(message.c.id == message_id)).mappings().first()
    return None if row is None else KeptMessage(**row)


def stopped_messages(session: Session, without: Collection[str]) -> int:
    """Return how many messages wait for an operator."""
    waits = (*KEPT, message.c.stopped_at.is_not(None), message.c.scope.not_in(without))
    return session.execute(select(func.count()).select_from(message).where(*waits)).scalar_one()


def discarded_messages(
    session: Session, limit: int, without: Collection[str]
) -> list[DiscardedMessage]:
    """Return what operators discarded, and why, the latest first."""
    query = (
        select(
            *_SHOWN,
            message_discard.c.at.label("discarded_at"),
            message_discard.c.name.label("discarded_by"),
            message_discard.c.reason,
        )
        .select_from(_SENT.join(message_discard, message_discard.c.message_id == message.c.id))
        .where(message.c.scope.not_in(without))
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


def _kept() -> Select[Any]:
    why = (message.c.attempts, message.c.last_error.label("sentence"), message.c.stopped_at)
    return select(*_SHOWN, *why).select_from(_SENT).where(*KEPT)


_SHOWN = (
    message.c.id,
    message.c.name,
    message.c.correlation,
    message.c.scope,
    func.coalesce(instance.c.business_key, "").label("sender"),
    message.c.received_at,
)
#: The key of the job that threw a message is its id.
_SENT = message.outerjoin(job, job.c.key == message.c.id).outerjoin(
    instance, instance.c.id == job.c.instance_id
)
