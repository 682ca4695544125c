"""Notices: what people are told inside the application, and whether they have read it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import Database, UtcDateTime, metadata

notice = Table(
    "notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(400), nullable=False),  # what it is about: told once to each person
    Column("person", String(100), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("letter_id", String(64), nullable=False),
    Column("task_id", String(300), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    UniqueConstraint("key", "person"),
    Index("ix_notice_person_at", "person", "at"),
)


@dataclass(frozen=True)
class Notice:
    """One thing that one person is told."""

    id: str
    key: str
    person: str
    title: str
    text: str
    letter_id: str
    task_id: str  #: of the open task it is about; it may be done by now
    at: datetime
    read_at: datetime | None


class Notices:
    """The notices of a person, for pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person: str, limit: int = 50) -> list[Notice]:
        """Return the latest notices, newest first."""
        query = (
            select(notice)
            .where(notice.c.person == person)
            .order_by(notice.c.at.desc(), notice.c.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [Notice(**row._mapping) for row in session.execute(query)]

    def unread(self, person: str) -> int:
        """Return how many notices the person has not read."""
        query = select(func.count()).where(notice.c.person == person, notice.c.read_at.is_(None))
        with self._database.reading() as session:
            return session.execute(query).scalar_one()

    def read(self, person: str, notice_id: str, at: datetime) -> None:
        """Note that the person has read one of his or her own notices."""
        self._read(at, notice.c.person == person, notice.c.id == notice_id)

    def read_all(self, person: str, at: datetime) -> None:
        """Note that the person has read everything."""
        self._read(at, notice.c.person == person)

    def _read(self, at: datetime, *conditions: object) -> None:
        with self._database.transaction() as session:
            session.execute(
                update(notice)
                .where(*conditions, notice.c.read_at.is_(None))  # type: ignore[arg-type]
                .values(read_at=at)
            )


def tell(
    session: Session,
    people: Sequence[str],
    *,
    key: str,
    title: str,
    text: str,
    letter_id: str,
    task_id: str,
    at: datetime,
) -> list[str]:
    """Tell each of the people once; return those who had not been told yet."""
    add = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    told = []
    for person in people:
        values = {
            "id": uuid.uuid4().hex,
            "key": key,
            "person": person,
            "title": title,
            "text": text,
            "letter_id": letter_id,
            "task_id": task_id,
            "at": at,
        }
        added = session.execute(
            add(notice).values(values).on_conflict_do_nothing().returning(notice.c.id)
        ).one_or_none()
        if added is not None:
            told.append(person)
    return told


def reword(session: Session, letter_id: str, *, title: str, text: str) -> None:
    """Put other words into everything that anybody was told of the letter so far."""
    session.execute(
        update(notice).where(notice.c.letter_id == letter_id).values(title=title, text=text)
    )
