"""The seals of the letters' books: hashes over what was written, which the history carries on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from engine import canonical_json, sha256_of
from handlers.letters.tables import letter, letter_document, letter_release, number_request
from handlers.sealing import seal_of_row

_SEALED = (
    "letter_id",
    "version",
    "content_hash",
    "decision",
    "document",
    "reason",
    "element",
    "element_name",
    "occurrence",
    "person",
    "person_name",
    "position",
    "position_name",
    "on_behalf_of",
)


def seal_of(decision: Mapping[str, Any]) -> str:
    """Return the seal of a decision as it stands, or is about to stand, in the books.

    A step returns it as process data, so it becomes part of the hash-chained history: changing,
    adding or taking away a decision afterwards shows.
    """
    sealed = {name: decision[name] for name in _SEALED}
    return sha256_of(canonical_json({**sealed, "at": decision["at"].isoformat()}))


def seal_of_request(session: Session, letter_id: str) -> str | None:
    """Return the seal of what was asked of the number book, or None."""
    return _seal(session, number_request, letter_id)


def seal_of_release(session: Session, letter_id: str) -> str | None:
    """Return the seal of how the letter is to go to each recipient, or None."""
    return _seal(session, letter_release, letter_id)


def seals_of_composed(session: Session, letter_id: str) -> list[str]:
    """Return the seals of the composed documents, the oldest first."""
    return [seal_of_row(row) for row in _documents(session, letter_id, "composed")]


def seal_of_signature(session: Session, letter_id: str) -> str | None:
    """Return the seal of the signed document and of what the letter says of its signature."""
    documents = _documents(session, letter_id, "signed")
    said = select(letter.c.signed_by, letter.c.signed_as, letter.c.signed_at)
    row = session.execute(said.where(letter.c.id == letter_id)).first()
    if not documents or row is None:
        return None
    return seal_of_row({**documents[-1], **row._mapping})


def _documents(session: Session, letter_id: str, role: str) -> list[dict[str, Any]]:
    table = letter_document
    query = select(table).where(table.c.letter_id == letter_id, table.c.role == role)
    return [dict(row._mapping) for row in session.execute(query.order_by(table.c.id))]


def _seal(session: Session, table: Table, letter_id: str) -> str | None:
    row = session.execute(select(table).where(table.c.letter_id == letter_id)).first()
    return None if row is None else seal_of_row(dict(row._mapping))
