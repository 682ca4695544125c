"""The classification codes: the archive code every letter carries, with its retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    String,
    Table,
    Text,
    or_,
    select,
)
from sqlalchemy.orm import Session

from engine import metadata

classification = Table(
    "classification",
    metadata,
    # Two code sets may hold the same code with another meaning; old letters keep theirs.
    Column("code_set", String(30), primary_key=True),
    Column("code", String(30), primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("confirmed", Boolean, nullable=False, default=True),  # two sources agree
    Column("active_years", Integer),
    Column("inactive_years", Integer),
    Column("disposal", String(30), nullable=False, default=""),  # musnah, permanen, ...
)


@dataclass(frozen=True)
class Classification:
    code: str
    name: str
    level: int


def codes_on(session: Session, day: date) -> list[Classification]:
    """Return the codes in force on the day, in the order of the code."""
    table = classification
    query = (
        select(table.c.code, table.c.name, table.c.level)
        .where(*_in_force(day))
        .order_by(table.c.code)
    )
    return [Classification(*row) for row in session.execute(query)]


def code_is_valid(session: Session, code: str, day: date) -> bool:
    """Say whether the code is in force on the day."""
    table = classification
    query = select(table.c.code).where(table.c.code == code, *_in_force(day)).limit(1)
    return session.execute(query).first() is not None


def _in_force(day: date) -> tuple[ColumnElement[bool], ...]:
    table = classification
    return (
        table.c.valid_from <= day,
        or_(table.c.valid_until.is_(None), table.c.valid_until >= day),
    )
