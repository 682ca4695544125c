"""The entering of letters: the register fills itself as letters are signed, sent or voided."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import JsonObject, StepCall
from handlers.letters import addressed, cancel_letter, draft_of, file_letter, letter_row
from handlers.numbering import LetterNumber, next_in_series, number_of, use
from handlers.register.tables import register_entry


def register_letter(call: StepCall, session: Session) -> JsonObject:
    """letter.register: marks the number as used and enters the letter in the register."""
    number = use(session, call.business_key, call.actor.person, call.at)
    note = f"Nomor sisipan: {number.insertion_reason}" if number.insertion else ""
    enter(session, number, call.at, note)
    return {}


def file_registered(call: StepCall, session: Session) -> JsonObject:
    """letter.file: closes the letter's file and notes in the register when it was sent."""
    outputs = file_letter(call, session)
    note_sent(session, call.business_key, call.at)
    return outputs


def cancel_registered(call: StepCall, session: Session) -> JsonObject:
    """letter.cancel: cancels the letter; a number it had is entered as void, with the reason."""
    number = number_of(session, call.business_key)
    outputs = cancel_letter(call, session)
    if number is not None:
        reason = letter_row(session, call.business_key).reason
        enter(session, number, call.at, f"Batal: {reason}")
    return outputs


def enter(session: Session, number: LetterNumber, at: datetime, note: str = "") -> None:
    """Enter the numbered letter; entering it twice is entering it once."""
    table = register_entry
    known = select(table.c.id).where(table.c.letter_id == number.letter_id)
    if session.execute(known).first() is not None:
        return
    row = letter_row(session, number.letter_id)
    draft = draft_of(session, number.letter_id)
    recipients, place = addressed(session, draft)
    session.execute(
        insert(table).values(
            id=uuid.uuid4().hex,
            office=number.office,
            year=number.year,
            sequence=next_in_series(session, number.office, "agenda", number.year),
            letter_id=number.letter_id,
            number=number.text,
            letter_date=number.letter_date,
            recipients="; ".join(recipients) + (f" di {place}" if recipients and place else ""),
            subject=draft.subject,
            classification=draft.classification,
            attachment=draft.attachment_note or "-",
            unit=row.unit,
            sifat=draft.sifat,
            note=note,
            entered_at=at,
        )
    )


def note_sent(session: Session, letter_id: str, at: datetime, note: str = "") -> None:
    """Note when the letter was sent; the first time counts. ``note`` is added to the remarks."""
    table = register_entry
    row = session.execute(select(table).where(table.c.letter_id == letter_id)).first()
    if row is None:
        return
    remarks = "; ".join(each for each in (row.note, note) if each)
    session.execute(
        update(table).where(table.c.id == row.id).values(sent_at=row.sent_at or at, note=remarks)
    )
