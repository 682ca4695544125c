"""The paper receipts: who took a letter that was carried by hand, noted when the paper is back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, insert, select
from sqlalchemy.orm import Session

from engine import Actor, UtcDateTime, keep_append_only, metadata
from handlers.errors import ReceiptRefused
from handlers.sending.contract import one_line
from handlers.sending.dispatch import DELIVERED, Delivery, deliveries, dispatch

#: The name of the channel whose letters people carry.
BY_HAND = "hand"
LONGEST_NAME = 200

#: Append-only: a note that was wrong is followed by another one.
paper_receipt = Table(
    "paper_receipt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # in the order of noting
    Column("delivery_id", ForeignKey("dispatch.id"), nullable=False, index=True),
    Column("received_by", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("person", String(100), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("position", String(100), nullable=False),
    Column("on_behalf_of", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
keep_append_only(paper_receipt)


@dataclass(frozen=True)
class PaperReceipt:
    """One note that a signed tanda terima came back."""

    delivery_id: str
    received_by: str
    received_at: datetime
    person: str
    person_name: str
    position: str
    on_behalf_of: str
    at: datetime


def delivery_by_hand(session: Session, letter_id: str, delivery_id: str) -> Delivery:
    """Return the delivery that was carried by hand. Raises ``LookupError`` for any other."""
    for each in deliveries(session, letter_id):
        if each.id == delivery_id and each.channel == BY_HAND and each.state == DELIVERED:
            return each
    raise LookupError(delivery_id)


def note_paper_receipt(
    session: Session,
    delivery: Delivery,
    received_by: str,
    received_at: datetime,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Append that somebody took the letter. The delivery and the letter stay as they are.

    Raises ``ReceiptRefused`` without a name, or for a moment before the letter was handed out or
    after now.
    """
    name = one_line(received_by)
    if not name or len(name) > LONGEST_NAME:
        raise ReceiptRefused("Tuliskan nama penerima, paling panjang 200 huruf.")
    # People write down minutes.
    if received_at < delivery.at.replace(second=0, microsecond=0) or received_at > at:
        raise ReceiptRefused(
            "Waktu diterima tidak boleh sebelum surat diserahkan untuk diantar"
            " dan tidak boleh sesudah sekarang."
        )
    session.execute(
        insert(paper_receipt).values(
            delivery_id=delivery.id,
            received_by=name,
            received_at=received_at,
            person=actor.person,
            person_name=actor.name,
            position=actor.position,
            on_behalf_of=actor.on_behalf_of,
            at=at,
        )
    )


def paper_receipts(session: Session, letter_id: str) -> dict[str, list[PaperReceipt]]:
    """Return the notes on the letter's deliveries: id of the delivery -> notes in their order."""
    table = paper_receipt
    query = (
        select(*(table.c[name] for name in PaperReceipt.__dataclass_fields__))
        .join(dispatch, dispatch.c.id == table.c.delivery_id)
        .where(dispatch.c.letter_id == letter_id)
        .order_by(table.c.id)
    )
    found: dict[str, list[PaperReceipt]] = {}
    for row in session.execute(query):
        found.setdefault(row.delivery_id, []).append(PaperReceipt(**row._mapping))
    return found
