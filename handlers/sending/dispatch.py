"""The dispatch book: what became of a letter, recipient by recipient."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from engine import UtcDateTime, canonical_json, metadata, sha256_of
from handlers.sending.contract import Receipt, Recipient

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"

dispatch = Table(
    "dispatch",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("letter_id", String(64), nullable=False),
    Column("document", String(64), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("recipient_name", Text, nullable=False),
    Column("address", Text, nullable=False, default=""),
    Column("copy", Boolean, nullable=False, default=False),
    Column("rank", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("channel", String(20), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("receipt", Text, nullable=False, default=""),
    Column("last_error", Text, nullable=False, default=""),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("letter_id", "document", "recipient"),
)


@dataclass(frozen=True)
class Delivery:
    """What became of one letter for one recipient."""

    id: str
    letter_id: str
    document: str
    recipient: str
    recipient_name: str
    address: str
    copy: bool
    rank: int
    state: str
    channel: str
    attempts: int
    receipt: str
    last_error: str
    at: datetime


def deliveries(session: Session, letter_id: str, document: str | None = None) -> list[Delivery]:
    """Return the deliveries of a letter in the order of its recipients."""
    query = select(dispatch).where(dispatch.c.letter_id == letter_id)
    if document is not None:
        query = query.where(dispatch.c.document == document)
    rows = session.execute(query.order_by(dispatch.c.rank, dispatch.c.id))
    return [Delivery(**row._mapping) for row in rows]


def seal_of_deliveries(session: Session, letter_id: str, document: str) -> str:
    """Return a hash over all that became of the document, recipient by recipient.

    The step that ends the sending leaves it in the hash-chained history: a delivery changed, added
    or taken away afterwards shows.
    """
    told = [
        {**asdict(each), "at": each.at.isoformat()}
        for each in deliveries(session, letter_id, document)
    ]
    return sha256_of(canonical_json(told))


def list_recipients(
    session: Session,
    letter_id: str,
    document: str,
    recipients: Iterable[Recipient],
    at: datetime,
) -> None:
    """Enter the recipients that are not listed yet; an undelivered one takes the new address."""
    standing = {one.recipient: one for one in deliveries(session, letter_id, document)}
    for rank, recipient in enumerate(recipients):
        values = {
            "recipient_name": recipient.name,
            "address": recipient.address,
            "copy": recipient.copy,
            "rank": rank,
        }
        known = standing.get(recipient.id)
        if known is None:
            session.execute(
                insert(dispatch).values(
                    id=uuid.uuid4().hex,
                    letter_id=letter_id,
                    document=document,
                    recipient=recipient.id,
                    state=PENDING,
                    at=at,
                    **values,
                )
            )
        elif known.state != DELIVERED:
            session.execute(update(dispatch).where(dispatch.c.id == known.id).values(**values))


def begin(session: Session, delivery: Delivery, channel: str, at: datetime) -> bool:
    """Enter an attempt before the parcel leaves; ``False`` when somebody else began meanwhile.

    After a failure for good a person has decided to send again: attempts are counted anew.
    """
    begun = session.execute(
        update(dispatch)
        .where(
            dispatch.c.id == delivery.id,
            dispatch.c.state == delivery.state,
            dispatch.c.attempts == delivery.attempts,
        )
        .values(state=PENDING, channel=channel, attempts=attempt_after(delivery), at=at)
        .returning(dispatch.c.id)
    )
    return begun.first() is not None


def attempt_after(delivery: Delivery) -> int:
    """Return the number of the next attempt; a failure for good begins a new count."""
    return 1 if delivery.state == FAILED else delivery.attempts + 1


def delivered(session: Session, delivery_id: str, receipt: Receipt, at: datetime) -> None:
    """Enter the receipt; the first one counts, and its moment is never changed."""
    session.execute(
        update(dispatch)
        .where(dispatch.c.id == delivery_id, dispatch.c.state != DELIVERED)
        .values(
            state=DELIVERED,
            channel=receipt.channel,
            receipt=receipt.reference,
            last_error="",
            at=at,
        )
    )


def give_up(session: Session, delivery_ids: Iterable[str]) -> None:
    """Leave these to the sender: the step ends, nobody tries them again by itself."""
    waiting = dispatch.c.id.in_(list(delivery_ids)) & (dispatch.c.state == PENDING)
    session.execute(update(dispatch).where(waiting).values(state=FAILED))


def not_delivered(
    session: Session, delivery_id: str, sentence: str, at: datetime, *, final: bool
) -> None:
    """Enter why an attempt failed; a final failure waits for the sender."""
    session.execute(
        update(dispatch)
        .where(dispatch.c.id == delivery_id, dispatch.c.state != DELIVERED)
        .values(state=FAILED if final else PENDING, last_error=sentence, at=at)
    )
