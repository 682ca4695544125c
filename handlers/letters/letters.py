"""The letters as pages see them: each query in a snapshot of its own, for one reader."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, extract, func, or_, select
from sqlalchemy.orm import Session

from engine import Database
from handlers.errors import UnknownLetter
from handlers.letters.choices import choices_for
from handlers.letters.draft import Draft
from handlers.letters.parties import hidden_versions, may_follow, may_read, readable_by
from handlers.letters.presenting import (
    MASK,
    NAMES,
    approval_view,
    letter_view,
    public_view,
    row_view,
    version_view,
)
from handlers.letters.record import LetterDocument, documents_of
from handlers.letters.sheet import LetterSheet
from handlers.letters.sheets import Sheets
from handlers.letters.tables import approval, letter, letter_document, letter_version
from handlers.letters.views import ApprovalView, LetterRow, LetterView, PublicLetter, VersionView
from handlers.letters.writing import instances_of_letters, letter_row
from handlers.organisation import Reader, tables

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class LetterQuery:
    """What a reader looks for."""

    office: str = ""
    text: str = ""  #: in subject, number, classification
    drafter: str = ""
    unit: str = ""
    status: str = ""
    kind: str = ""
    year: int | None = None
    limit: int = 50
    offset: int = 0


class Letters:
    """Answers questions about letters; nobody gets an answer about a letter not meant for them."""

    def __init__(self, database: Database, sheets: Sheets) -> None:
        self._database = database
        self._sheets = sheets

    def letter(self, letter_id: str, reader: Reader) -> LetterView:
        """Return the letter; without its content for one who may only follow its path.

        Raises ``UnknownLetter``, also when it is not for this reader.
        """
        with self._database.reading() as session:
            if not may_follow(session, letter_id, reader):
                raise UnknownLetter(letter=letter_id)
            visible = may_read(session, letter_id, reader)
            return letter_view(session, letter_row(session, letter_id), visible=visible)

    def find(self, query: LetterQuery, reader: Reader) -> list[LetterRow]:
        """Return the letters that match and that the reader may read, the latest change first."""
        with self._database.reading() as session:
            chosen = (
                _select(query, reader)
                .add_columns(*NAMES)
                .join(tables.unit, tables.unit.c.id == letter.c.unit)
                .join(tables.person, tables.person.c.id == letter.c.drafter)
                .order_by(letter.c.changed_at.desc(), letter.c.id)
            )
            found = session.execute(chosen.limit(query.limit).offset(query.offset))
            return [row_view(row) for row in found]

    def count(self, query: LetterQuery, reader: Reader) -> int:
        """Return how many letters match."""
        with self._database.reading() as session:
            chosen = select(func.count()).select_from(_select(query, reader).subquery())
            return int(session.execute(chosen).scalar_one())

    def versions(self, letter_id: str, reader: Reader) -> list[VersionView]:
        """Return all versions, the first one first. Raises ``UnknownLetter``."""
        table = letter_version
        query = select(table).where(table.c.letter_id == letter_id).order_by(table.c.version)

        def read(session: Session) -> list[VersionView]:
            current = letter_row(session, letter_id).version
            hidden = hidden_versions(session, letter_id, reader)
            found = [version_view(row, current) for row in session.execute(query)]
            return [each for each in found if each.version not in hidden]

        return self._for_reader(letter_id, reader, read)

    def hidden_versions(self, letter_id: str, reader: Reader) -> frozenset[int]:
        """Return the versions that ``versions`` keeps from the reader. Raises ``UnknownLetter``."""
        return self._for_reader(
            letter_id, reader, lambda session: hidden_versions(session, letter_id, reader)
        )

    def approvals(self, letter_id: str, reader: Reader) -> list[ApprovalView]:
        """Return all decisions in their order. Raises ``UnknownLetter``."""
        table = approval
        query = select(table).where(table.c.letter_id == letter_id).order_by(table.c.id)

        def read(session: Session) -> list[ApprovalView]:
            current = letter_row(session, letter_id).content_hash
            hidden = hidden_versions(session, letter_id, reader)
            found = [approval_view(row, current) for row in session.execute(query)]
            return [
                replace(each, reason=each.reason and MASK) if each.version in hidden else each
                for each in found
            ]

        return self._for_reader(letter_id, reader, read)

    def documents(self, letter_id: str, reader: Reader) -> list[LetterDocument]:
        """Return the documents made of the letter. Raises ``UnknownLetter``."""

        def read(session: Session) -> list[LetterDocument]:
            hidden = hidden_versions(session, letter_id, reader)
            return [each for each in documents_of(session, letter_id) if each.version not in hidden]

        return self._for_reader(letter_id, reader, read)

    def may_open(self, letter_id: str, sha256: str, reader: Reader) -> bool:
        """Say whether the document belongs to the letter and the reader may read it."""
        try:
            return self._for_reader(letter_id, reader, lambda s: _belongs(s, letter_id, sha256))
        except UnknownLetter:
            return False

    def may_read(self, letter_id: str, reader: Reader) -> bool:
        """Say whether the reader may read the letter's content."""
        with self._database.reading() as session:
            return may_read(session, letter_id, reader)

    def hidden(self, keys: Collection[str], reader: Reader) -> frozenset[str]:
        """Return which of the keys are ids or numbers of letters this reader may not read."""
        named = or_(letter.c.id.in_(keys), letter.c.number.in_(keys))
        readable = select(letter.c.id).where(readable_by(reader))
        query = select(letter.c.id, letter.c.number).where(named, letter.c.id.not_in(readable))
        with self._database.reading() as session:
            found = {key for row in session.execute(query) for key in row}
        return frozenset(found.intersection(keys))

    def may_follow(self, letter_id: str, reader: Reader) -> bool:
        """Say whether the reader may follow the letter's path (auditors: of every letter)."""
        with self._database.reading() as session:
            return may_follow(session, letter_id, reader)

    def sheet(
        self, letter_id: str, reader: Reader, at: datetime, *, version: int | None = None
    ) -> LetterSheet:
        """Return the sheet for a preview, marked KONSEP. Raises ``UnknownLetter``."""

        def read(session: Session) -> LetterSheet:
            if version in hidden_versions(session, letter_id, reader):
                raise UnknownLetter(letter=letter_id)
            return self._sheets.sheet(session, letter_id, at, version=version, final=False)

        return self._for_reader(letter_id, reader, read)

    def preview(self, draft: Draft, office: str, unit: str, at: datetime) -> LetterSheet:
        """Return the sheet of a draft that is not in the books yet."""
        with self._database.reading() as session:
            return self._sheets.preview(session, draft, office, unit, at)

    def choices(
        self, office: str, unit: str, person: str, at: datetime
    ) -> dict[str, list[dict[str, Any]]]:
        """Return what the forms offer: lists of ``{"value": ..., "label": ...}``."""
        with self._database.reading() as session:
            return choices_for(session, office, unit, at)

    def public(self, token: str) -> PublicLetter | None:
        """Return what everybody may know of the letter behind the token, or None."""
        with self._database.reading() as session:
            row = session.execute(select(letter).where(letter.c.token == token)).first()
            return None if row is None or row.number is None else public_view(session, row)

    def instances(self) -> dict[str, str]:
        """Return the process instance of every letter, for those who prove the books."""
        with self._database.reading() as session:
            return instances_of_letters(session)

    def _for_reader(
        self, letter_id: str, reader: Reader, read: Callable[[Session], _Answer]
    ) -> _Answer:
        with self._database.reading() as session:
            if not may_read(session, letter_id, reader):
                raise UnknownLetter(letter=letter_id)
            return read(session)


def _select(query: LetterQuery, reader: Reader) -> Select[Any]:
    columns = {
        letter.c.office: query.office,
        letter.c.drafter: query.drafter,
        letter.c.unit: query.unit,
        letter.c.status: query.status,
        letter.c.kind: query.kind,
    }
    conditions: list[ColumnElement[bool]] = [readable_by(reader)]
    conditions += [column == value for column, value in columns.items() if value]
    if query.year is not None:
        conditions.append(extract("year", letter.c.letter_date) == query.year)
    for word in query.text.lower().split():
        searched = (letter.c.subject, letter.c.number, letter.c.classification)
        conditions.append(
            or_(*(func.lower(each).contains(word, autoescape=True) for each in searched))
        )
    return select(letter).where(*conditions)


def _belongs(session: Session, letter_id: str, sha256: str) -> bool:
    table = letter_document
    made = select(table.c.id).where(table.c.letter_id == letter_id, table.c.sha256 == sha256)
    if session.execute(made).first() is not None:
        return True
    versions = select(letter_version.c.content).where(letter_version.c.letter_id == letter_id)
    for content in session.execute(versions).scalars():
        if sha256 in {content["docx"], *(each["sha256"] for each in content["attachments"])}:
            return True
    return False
