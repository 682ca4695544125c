"""The numbers as pages see them: every number of a year with its state, and why it is void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from engine import Database
from handlers.letters import SECRET, on_its_way
from handlers.letters.tables import letter
from handlers.numbering.tables import letter_number
from handlers.organisation import Reader

_READERS = ("staff", "mail_officer", "owner", "auditor")


@dataclass(frozen=True)
class NumberRow:
    """One number, as the reader may see it."""

    number: str
    sequence: str  #: with the suffix of a nomor sisipan, e.g. "15.01"
    letter_date: date
    state: str  #: reserved (dipesan), used (terpakai), void (batal)
    letter_id: str  #: empty when the line is masked
    subject: str
    reason: str  #: why it is void, or why it was inserted
    masked: bool


class NumberList:
    """The numbers an office has given, year by year."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def years(self, office: str) -> list[int]:
        """Return the years in which the office gave numbers, the latest first."""
        column = letter_number.c.year
        query = select(column).where(letter_number.c.office == office).distinct()
        with self._database.reading() as session:
            return sorted(session.execute(query).scalars(), reverse=True)

    def count(self, office: str, year: int, reader: Reader) -> int:
        """Return how many numbers the office gave in the year."""
        if not reader.has(office, *_READERS):
            return 0
        table = letter_number
        query = select(func.count()).where(table.c.office == office, table.c.year == year)
        with self._database.reading() as session:
            return int(session.execute(query).scalar_one())

    def of_year(
        self, office: str, year: int, reader: Reader, *, limit: int = 100, offset: int = 0
    ) -> list[NumberRow]:
        """Return the numbers of the year, each series from its last number back.

        Of a secret letter those who are not on its way see the number, its date and state.
        """
        if not reader.has(office, *_READERS):
            return []
        query = _select(office, year, reader).limit(limit).offset(offset)
        with self._database.reading() as session:
            return [_row(found) for found in session.execute(query)]


def _select(office: str, year: int, reader: Reader) -> Select[Any]:
    table = letter_number
    open_to_reader = or_(letter.c.sifat.not_in(tuple(SECRET)), on_its_way(reader))
    return (
        select(table, letter.c.subject, open_to_reader.label("open_to_reader"))
        .join(letter, letter.c.id == table.c.letter_id)
        .where(table.c.office == office, table.c.year == year)
        .order_by(table.c.series, table.c.sequence.desc(), table.c.insertion.desc())
    )


def _row(found: Any) -> NumberRow:
    visible = bool(found.open_to_reader)
    reasons = (found.insertion_reason, found.void_reason)
    return NumberRow(
        number=found.text,
        sequence=f"{found.sequence}.{found.insertion}" if found.insertion else str(found.sequence),
        letter_date=found.letter_date,
        state=found.state,
        letter_id=found.letter_id if visible else "",
        subject=found.subject if visible else "",
        reason="; ".join(each for each in reasons if each) if visible else "",
        masked=not visible,
    )
