"""The signing ledger: one row per letter and document, so that nothing is ever signed twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import UtcDateTime, metadata

SUBMITTED, SIGNED, FAILED = "submitted", "signed", "failed"
STARTED, WRONG_PASSPHRASE = "started", "wrong_passphrase"

ATTEMPTS_ALLOWED = 5
ATTEMPTS_WINDOW = timedelta(minutes=15)
#: How long an attempt may take unless told otherwise; then its process is taken for dead.
ATTEMPT_LASTS = timedelta(minutes=2)

signing_ledger = Table(
    "signing_ledger",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("letter_id", String(64), nullable=False),
    Column("document", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", String(32), nullable=False),  # the attempt that may finish the row
    Column("person", String(100), nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("signed_document", String(64), nullable=False, default=""),
    Column("level", String(8), nullable=False, default=""),
    Column("subject", Text, nullable=False, default=""),
    Column("signed_at", UtcDateTime),
    UniqueConstraint("letter_id", "document"),
)

#: Every attempt, kept for ever: the row is added once and only its outcome is filled in.
signing_attempt = Table(
    "signing_attempt",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ledger_id", String(32), ForeignKey("signing_ledger.id"), nullable=False, index=True),
    Column("person", String(100), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("outcome", String(20), nullable=False),  # started|signed|wrong_passphrase|failed
    Column("ended_at", UtcDateTime),
    Column("reason", Text, nullable=False, default=""),
    Index("ix_signing_attempt_person_started_at", "person", "started_at"),
)

#: One row per signer: whoever counts attempts holds it, so that none slips past the count.
signing_person = Table("signing_person", metadata, Column("person", String(100), primary_key=True))


@dataclass(frozen=True)
class Entry:
    """One row of the ledger."""

    id: str
    letter_id: str
    document: str
    state: str
    attempt: str
    person: str
    submitted_at: datetime
    signed_document: str
    level: str
    subject: str
    signed_at: datetime | None


def find(session: Session, letter_id: str, document: str) -> Entry | None:
    """Return the row of this letter and document, locked where the database can."""
    row = session.execute(_of(letter_id, document).with_for_update()).one_or_none()
    return None if row is None else Entry(**row._mapping)


def look_up(session: Session, letter_id: str, document: str) -> Entry | None:
    """Return the row of this letter and document as it stands, and leave it to others."""
    row = session.execute(_of(letter_id, document)).one_or_none()
    return None if row is None else Entry(**row._mapping)


def signed_entries(session: Session) -> list[Entry]:
    """Return every row whose document was signed, oldest first."""
    rows = session.execute(
        select(signing_ledger)
        .where(signing_ledger.c.state == SIGNED)
        .order_by(signing_ledger.c.signed_at, signing_ledger.c.id)
    )
    return [Entry(**row._mapping) for row in rows]


def submit(session: Session, letter_id: str, document: str, person: str, at: datetime) -> str:
    """Open an attempt and return its id; the caller made sure that none is running."""
    attempt = uuid.uuid4().hex
    _insert_if_new(
        session,
        signing_ledger,
        {
            "id": uuid.uuid4().hex,
            "letter_id": letter_id,
            "document": document,
            "state": SUBMITTED,
            "attempt": attempt,
            "person": person,
            "submitted_at": at,
        },
    )
    session.execute(
        update(signing_ledger)
        .where(
            signing_ledger.c.letter_id == letter_id,
            signing_ledger.c.document == document,
            signing_ledger.c.state != SIGNED,
        )
        .values(state=SUBMITTED, attempt=attempt, person=person, submitted_at=at)
    )
    ledger_id = session.scalar(
        select(signing_ledger.c.id).where(
            signing_ledger.c.letter_id == letter_id, signing_ledger.c.document == document
        )
    )
    session.execute(
        insert(signing_attempt).values(
            id=attempt, ledger_id=ledger_id, person=person, started_at=at, outcome=STARTED
        )
    )
    return attempt


def fail(session: Session, attempt: str, outcome: str, reason: str, at: datetime) -> None:
    """Close an attempt without a signature; the row is free for the next one."""
    _close(session, attempt, outcome, reason, at)
    session.execute(
        update(signing_ledger)
        .where(signing_ledger.c.attempt == attempt, signing_ledger.c.state == SUBMITTED)
        .values(state=FAILED)
    )


def settle(session: Session, attempt: str, signed: dict[str, Any], at: datetime) -> bool:
    """Enter the signature, unless another attempt was faster; say whether it was entered."""
    changed = session.execute(
        update(signing_ledger)
        .where(signing_ledger.c.attempt == attempt, signing_ledger.c.state == SUBMITTED)
        .values(state=SIGNED, **signed)
        .returning(signing_ledger.c.id)
    ).one_or_none()
    _close(session, attempt, SIGNED if changed is not None else "superseded", "", at)
    return changed is not None


def hold(session: Session, person: str) -> None:
    """Let only one transaction at a time count and open attempts of this person."""
    _insert_if_new(session, signing_person, {"person": person})
    session.execute(
        select(signing_person.c.person).where(signing_person.c.person == person).with_for_update()
    ).one()


def barred_until(session: Session, person: str, at: datetime) -> datetime | None:
    """Return until when the person may not try, or None when the person may.

    An attempt that never ended counts like a wrong passphrase: killing the process buys no try.
    """
    last_success = session.scalar(
        select(func.max(signing_attempt.c.started_at)).where(
            signing_attempt.c.person == person, signing_attempt.c.outcome == SIGNED
        )
    )
    since = at - ATTEMPTS_WINDOW
    if last_success is not None and last_success > since:
        since = last_success
    wrong = session.scalars(
        select(signing_attempt.c.started_at)
        .where(
            signing_attempt.c.person == person,
            signing_attempt.c.started_at > since,
            signing_attempt.c.outcome.in_((STARTED, WRONG_PASSPHRASE)),
        )
        .order_by(signing_attempt.c.started_at)
    ).all()
    if len(wrong) < ATTEMPTS_ALLOWED:
        return None
    oldest: datetime = wrong[-ATTEMPTS_ALLOWED]
    return oldest + ATTEMPTS_WINDOW


def _of(letter_id: str, document: str) -> Select[Any]:
    return select(signing_ledger).where(
        signing_ledger.c.letter_id == letter_id, signing_ledger.c.document == document
    )


def _close(session: Session, attempt: str, outcome: str, reason: str, at: datetime) -> None:
    session.execute(
        update(signing_attempt)
        .where(signing_attempt.c.id == attempt, signing_attempt.c.outcome == STARTED)
        .values(outcome=outcome, reason=reason, ended_at=at)
    )


def _insert_if_new(session: Session, table: Table, values: dict[str, Any]) -> None:
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(postgresql.insert(table).values(values).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(table).values(values).on_conflict_do_nothing())
