"""The record of documents and dates: what composing, signing and sending enter for a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from handlers.errors import LetterClosed
from handlers.letters.signature import signing_block
from handlers.letters.tables import approval, letter, letter_document
from handlers.letters.writing import CANCELLED, FILED, SENT, SIGNED, letter_row
from handlers.organisation import OrganisationBook


@dataclass(frozen=True)
class LetterDocument:
    """A document that was made of a version."""

    letter_id: str
    role: str  #: composed, signed
    version: int
    sha256: str
    pages: int
    anchor: Mapping[str, Any] | None  #: page, x0, y0, x1, y1 of the visible signature
    signer: str  #: the person whose name is printed
    details: Mapping[str, Any]
    at: datetime


def record_document(
    session: Session,
    letter_id: str,
    role: str,
    sha256: str,
    *,
    at: datetime,
    version: int | None = None,
    pages: int = 0,
    anchor: Mapping[str, Any] | None = None,
    signer: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Enter a document of the letter; entering the same one again changes nothing.

    ``signer`` is the person printed in the block (``LetterSheet.signing.person``); without it,
    whoever is in charge of the signer's position at the moment.
    """
    row = letter_row(session, letter_id)
    standing = current_document(session, letter_id, role)
    if standing is not None and standing.sha256 == sha256:
        return
    session.execute(
        insert(letter_document).values(
            letter_id=letter_id,
            role=role,
            version=row.version if version is None else version,
            sha256=sha256,
            pages=pages,
            anchor=None if anchor is None else dict(anchor),
            signer=signer or _signer_now(session, row, at),
            details=dict(details or {}),
            at=at,
        )
    )


def record_signed(
    session: Session,
    letter_id: str,
    sha256: str,
    *,
    composed: str,
    person: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Enter the signed document: from now on the letter does not change any more.

    Entering it again changes nothing; another one is refused with ``LetterClosed``.
    """
    row = letter_row(session, letter_id)
    standing = current_document(session, letter_id, "signed")
    if standing is not None and standing.sha256 == sha256:
        return
    if standing is not None or row.status == CANCELLED:
        raise LetterClosed("Surat ini sudah ditandatangani atau dibatalkan.")
    source = find_document(session, letter_id, composed)
    book = OrganisationBook(session)
    day = book.today(row.office, at)
    block = signing_block(book, row.signer_position, row.capacity, day, simulated=False)
    record_document(
        session,
        letter_id,
        "signed",
        sha256,
        at=at,
        version=None if source is None else source.version,
        pages=0 if source is None else source.pages,
        anchor=None if source is None else source.anchor,
        signer=person,
        details=details,
    )
    values = {"status": SIGNED, "signed_at": at, "signed_by": person, "signed_as": block.position}
    session.execute(update(letter).where(letter.c.id == letter_id).values(changed_at=at, **values))


def record_sent(session: Session, letter_id: str, at: datetime) -> None:
    """Note that the letter left the office; the first time counts."""
    row = letter_row(session, letter_id)
    if row.sent_at is None:
        status = row.status if row.status == FILED else SENT
        session.execute(
            update(letter)
            .where(letter.c.id == letter_id)
            .values(sent_at=at, status=status, changed_at=at)
        )


def current_document(session: Session, letter_id: str, role: str) -> LetterDocument | None:
    """Return the latest document of the role ("composed", "signed"), or None."""
    found = documents_of(session, letter_id, role)
    return found[-1] if found else None


def find_document(session: Session, letter_id: str, sha256: str) -> LetterDocument | None:
    """Return the latest document of the letter with this hash, or None.

    A letter changed back to what it was is composed to the same document, of a later version.
    """
    found = [one for one in documents_of(session, letter_id) if one.sha256 == sha256]
    return found[-1] if found else None


def documents_of(session: Session, letter_id: str, role: str = "") -> list[LetterDocument]:
    """Return the documents of the letter, the oldest first."""
    table = letter_document
    query = select(table).where(table.c.letter_id == letter_id).order_by(table.c.id)
    if role:
        query = query.where(table.c.role == role)
    return [_document(row) for row in session.execute(query)]


@dataclass(frozen=True)
class Consent:
    """Somebody agreed to sign the very document."""

    document: str
    person: str
    at: datetime


def consent_given(session: Session, letter_id: str, document: str) -> Consent | None:
    """Return the latest consent to the document, or None."""
    table = approval
    query = (
        select(table.c.document, table.c.person, table.c.at)
        .where(
            table.c.letter_id == letter_id,
            table.c.decision == "sign",
            table.c.document == document,
        )
        .order_by(table.c.id.desc())
    )
    found = session.execute(query).first()
    return None if found is None else Consent(*found)


def _signer_now(session: Session, row: Row[Any], at: datetime) -> str:
    book = OrganisationBook(session)
    held = book.in_charge(row.signer_position, book.today(row.office, at))
    return held[0].person if held else ""


def _document(row: Row[Any]) -> LetterDocument:
    columns = row._mapping
    return LetterDocument(**{name: columns[name] for name in LetterDocument.__dataclass_fields__})
