"""The entering of letters: the register fills itself as letters are signed, sent or voided."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import JsonObject, StepCall
from handlers.letters import addressed, cancel_letter, draft_of, file_letter, letter_row
from handlers.numbering import (
    LetterNumber,
    last_number_of,
    next_in_series,
    number_of,
    seal_of_number,
    use,
)
from handlers.register.sealing import seal_of_entry
from handlers.register.tables import register_entry


def register_letter(call: StepCall, session: Session) -> JsonObject:
    """letter.register: marks the number as used and enters the letter in the register."""
    number = use(session, call.business_key, call.actor.person, call.at)
    return _sealed(session, number, call.at)


def file_registered(call: StepCall, session: Session) -> JsonObject:
    """letter.file: closes the letter's file and notes in the register when it was sent."""
    outputs = file_letter(call, session)
    note_sent(session, call.business_key, call.at)
    return outputs


def cancel_registered(call: StepCall, session: Session) -> JsonObject:
    """letter.cancel: cancels the letter; a number it had is entered as void, with the reason."""
    numbered = number_of(session, call.business_key) is not None
    outputs = cancel_letter(call, session)
    number = last_number_of(session, call.business_key)
    if not numbered or number is None:
        return outputs
    return {**outputs, **_sealed(session, number, call.at)}


def _sealed(session: Session, number: LetterNumber, at: datetime) -> JsonObject:
    return {
        "register_seal": enter(session, number, at),
        "number_seal": seal_of_number(session, number.letter_id),
    }


def remark_on(number: LetterNumber) -> str:
    """Return what the register remarks on the number: why it is void, or why it was inserted."""
    if number.state == "void":
        return f"Batal: {number.void_reason}"
    return f"Nomor sisipan: {number.insertion_reason}" if number.insertion else ""


def enter(session: Session, number: LetterNumber, at: datetime) -> str:
    """Enter the numbered letter; entering it twice is entering it once. Return the line's seal."""
    table = register_entry
    known = session.execute(select(table).where(table.c.letter_id == number.letter_id)).first()
    if known is not None:
        return seal_of_entry(dict(known._mapping))
    row = letter_row(session, number.letter_id)
    draft = draft_of(session, number.letter_id)
    recipients, place = addressed(session, draft)
    written = {
        "id": uuid.uuid4().hex,
        "office": number.office,
        "year": number.year,
        "sequence": next_in_series(session, number.office, "agenda", number.year),
        "letter_id": number.letter_id,
        "number": number.text,
        "letter_date": number.letter_date,
        "recipients": "; ".join(recipients) + (f" di {place}" if recipients and place else ""),
        "subject": draft.subject,
        "classification": draft.classification,
        "attachment": draft.attachment_note or "-",
        "unit": row.unit,
        "sifat": draft.sifat,
        "note": remark_on(number),
        "entered_at": at,
    }
    session.execute(insert(table).values(written))
    return seal_of_entry(written)


def note_sent(session: Session, letter_id: str, at: datetime) -> None:
    """Note when the letter was sent; the first time counts."""
    table = register_entry
    session.execute(
        update(table)
        .where(table.c.letter_id == letter_id, table.c.sent_at.is_(None))
        .values(sent_at=at)
    )
