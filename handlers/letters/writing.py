"""The writing of letters: versions and approvals are appended, the letter's row follows them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from engine import JsonObject, StepCall
from handlers.errors import LetterChangedMeanwhile, LetterClosed, UnknownLetter
from handlers.letters.draft import Draft
from handlers.letters.parties import add_party
from handlers.letters.sealing import seal_of
from handlers.letters.tables import approval, letter, letter_version
from handlers.organisation import OrganisationBook

#: What a letter may be in; the diagram tells more exactly where it is.
DRAFT, REVIEW, REVISION = "draft", "in_review", "revision"
SIGNED, SENT, FILED, CANCELLED = "signed", "sent", "archived", "cancelled"

#: The letter is signed and does not change any more.
SIGNED_STATES = frozenset({SIGNED, SENT, FILED})

STATUS_LABELS: Mapping[str, str] = {
    DRAFT: "Konsep",
    REVIEW: "Dalam proses",
    REVISION: "Perlu perbaikan",
    SIGNED: "Sudah ditandatangani",
    SENT: "Terkirim",
    FILED: "Diarsipkan",
    CANCELLED: "Dibatalkan",
}


def letter_row(session: Session, letter_id: str) -> Row[Any]:
    """Return the letter's row. Raises ``UnknownLetter``."""
    row = session.execute(select(letter).where(letter.c.id == letter_id)).first()
    if row is None:
        raise UnknownLetter(letter=letter_id)
    return row


def instances_of_letters(session: Session) -> dict[str, str]:
    """Return the process instance of every letter."""
    rows = session.execute(select(letter.c.id, letter.c.instance_id))
    return {row.id: row.instance_id for row in rows}


def draft_of(session: Session, letter_id: str, version: int | None = None) -> Draft:
    """Return the draft of the version, or of the current one. Raises ``UnknownLetter``."""
    number = letter_row(session, letter_id).version if version is None else version
    query = select(letter_version.c.content).where(
        letter_version.c.letter_id == letter_id, letter_version.c.version == number
    )
    content = session.execute(query).scalar()
    if content is None:
        raise UnknownLetter(letter=letter_id, version=number)
    return Draft.of(content)


def begin_letter(session: Session, call: StepCall, draft: Draft) -> int:
    """Create the letter with its first version; return the version."""
    position = str(call.data.get("drafter_position") or call.actor.position)
    unit = call.data.get("unit") or OrganisationBook(session).position(position).unit
    session.execute(
        insert(letter).values(
            id=call.business_key,
            office=call.scope,
            unit=unit,
            drafter=call.data.get("drafter") or call.actor.person,
            drafter_position=position,
            instance_id=call.instance_id,
            token=secrets.token_urlsafe(16),
            status=REVIEW,
            version=1,
            created_at=call.at,
            changed_at=call.at,
            **_projection(draft),
        )
    )
    _append(session, call, draft, 1)
    return 1


def change_letter(session: Session, call: StepCall, draft: Draft) -> int:
    """Append a version if the draft differs from the current one; return the current version.

    Earlier approvals stay in the books, bound to the hash they were given to.
    """
    row = open_letter(session, call.business_key)
    if draft.content_hash == row.content_hash:
        return int(row.version)
    version = int(row.version) + 1
    projection = _projection(draft)
    if row.number is not None:
        # The number fixed the day; the draft's date is a proposal only.
        projection["letter_date"] = row.letter_date
    _set(session, call, version=version, **projection)
    _append(session, call, draft, version)
    return version


def open_letter(session: Session, letter_id: str) -> Row[Any]:
    """Return the row of a letter that may still change. Raises ``LetterClosed``."""
    row = letter_row(session, letter_id)
    if row.status in SIGNED_STATES or row.status == CANCELLED:
        raise LetterClosed(f"Surat sudah {STATUS_LABELS[row.status].lower()}.", status=row.status)
    return row


def refuse_unread(row: Row[Any], answers: Mapping[str, Any], *, required: bool = True) -> None:
    """Refuse answers that were given to another version than the current one.

    Raises ``LetterChangedMeanwhile``; also when the answers do not say what was read.
    """
    read_hash, read_version = answers.get("read_hash"), answers.get("read_version")
    if not read_hash and not required:
        return
    other = read_version not in (None, "") and str(read_version) != str(row.version)
    if read_hash != row.content_hash or other:
        raise LetterChangedMeanwhile(
            letter=row.id, current=row.version, read=read_version, current_hash=row.content_hash
        )


def record_decision(
    session: Session, call: StepCall, decision: str, *, reason: str = "", document: str = ""
) -> JsonObject:
    """Append the decision of the actor on the version as it stands now.

    Returns version, content hash and seal of the decision, for the process data.
    """
    row = letter_row(session, call.business_key)
    book = OrganisationBook(session)
    held = call.actor.position
    written = {
        "letter_id": row.id,
        "version": row.version,
        "content_hash": row.content_hash,
        "decision": decision,
        "document": document,
        "reason": reason,
        "element": call.element,
        "element_name": call.element_name,
        "occurrence": call.occurrence,
        "person": call.actor.person,
        "person_name": call.actor.name,
        "position": held,
        "position_name": book.position(held).title if held else "",
        "on_behalf_of": call.actor.on_behalf_of,
        "at": call.at.astimezone(UTC),
    }
    session.execute(insert(approval).values(**written))
    add_party(session, row.id, call.at, person=call.actor.person)
    return {
        "version": int(row.version),
        "content_hash": row.content_hash,
        "decision_seal": seal_of(written),
    }


def set_status(session: Session, call: StepCall, status: str, **values: Any) -> None:
    """Note where the letter stands; ``values`` are further columns of its row."""
    _set(session, call, status=status, **values)


def set_number(session: Session, call: StepCall, number: str, letter_date: date) -> None:
    """Note the number and the date that belongs to it."""
    _set(session, call, number=number, letter_date=letter_date)


def _projection(draft: Draft) -> dict[str, Any]:
    return {
        "content_hash": draft.content_hash,
        "kind": draft.kind,
        "classification": draft.classification,
        "subject": draft.subject,
        "sifat": draft.sifat,
        "urgency": draft.urgency,
        "letter_date": draft.date,
        "signer_position": draft.signer,
        "capacity": draft.capacity,
    }


def _append(session: Session, call: StepCall, draft: Draft, version: int) -> None:
    session.execute(
        insert(letter_version).values(
            letter_id=call.business_key,
            version=version,
            content=draft.content(),
            content_hash=draft.content_hash,
            element=call.element,
            author=call.actor.person,
            author_name=call.actor.name,
            author_position=call.actor.position,
            on_behalf_of=call.actor.on_behalf_of,
            written_at=call.at,
        )
    )
    add_party(session, call.business_key, call.at, person=call.actor.person)


def _set(session: Session, call: StepCall, **values: Any) -> None:
    session.execute(
        update(letter).where(letter.c.id == call.business_key).values(changed_at=call.at, **values)
    )
