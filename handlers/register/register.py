"""The register as pages see it: a search that shows secret letters only to those on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from engine import Database
from handlers.letters import SECRET, SIFAT, level_of, on_its_way
from handlers.letters.tables import letter
from handlers.organisation import OrganisationBook, Reader
from handlers.register.tables import register_entry

MASK = "(rahasia)"


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register, as the reader may see it."""

    letter_id: str  #: empty when the line is masked
    sequence: int
    letter_date: date
    number: str
    recipients: str
    subject: str
    classification: str
    attachment: str
    unit: str
    unit_name: str
    sifat: str
    sifat_label: str
    sent_at: datetime | None
    note: str
    masked: bool


@dataclass(frozen=True)
class RegisterQuery:
    """What a reader looks for."""

    office: str
    year: int | None = None
    text: str = ""  #: in subject, number, recipients, classification
    unit: str = ""  #: this unit and those below it
    limit: int = 100
    offset: int = 0


class Register:
    """The buku agenda surat keluar of the offices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, query: RegisterQuery, reader: Reader) -> list[RegisterRow]:
        """Return the lines that match, the latest first.

        A secret letter never matches by its text for those who may not read it: a hit would tell
        what is in it. Without a search text it stands in the list as a masked line.
        """
        with self._database.reading() as session:
            if not reader.has(query.office, "staff", "mail_officer", "owner", "auditor"):
                return []
            names = {each.id: each.name for each in OrganisationBook(session).units(query.office)}
            found = session.execute(_select(session, query, reader))
            return [_row(columns._mapping, names) for columns in found]

    def count(self, query: RegisterQuery, reader: Reader) -> int:
        """Return how many lines match."""
        with self._database.reading() as session:
            if not reader.has(query.office, "staff", "mail_officer", "owner", "auditor"):
                return 0
            chosen = _select(session, query, reader).limit(None).offset(None).order_by(None)
            return int(
                session.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
            )

    def years(self, office: str) -> list[int]:
        """Return the years the register of the office has entries for, the latest first."""
        column = register_entry.c.year
        query = select(column).where(register_entry.c.office == office).distinct()
        with self._database.reading() as session:
            return sorted(session.execute(query).scalars(), reverse=True)


def _select(session: Session, query: RegisterQuery, reader: Reader) -> Select[Any]:
    table = register_entry
    open_to_reader = or_(table.c.sifat.not_in(tuple(SECRET)), on_its_way(reader))
    conditions: list[ColumnElement[bool]] = [table.c.office == query.office]
    if query.year is not None:
        conditions.append(table.c.year == query.year)
    if query.unit:
        conditions.append(table.c.unit.in_(_below(session, query)))
    for word in query.text.lower().split():
        like = f"%{_literal(word)}%"
        columns = (table.c.subject, table.c.number, table.c.recipients, table.c.classification)
        hits = [func.lower(column).like(like, escape="\\") for column in columns]
        conditions.append(or_(*hits) & open_to_reader)
    return (
        select(table, open_to_reader.label("open_to_reader"))
        .join(letter, letter.c.id == table.c.letter_id)
        .where(*conditions)
        .order_by(table.c.year.desc(), table.c.sequence.desc())
        .limit(query.limit)
        .offset(query.offset)
    )


def _below(session: Session, query: RegisterQuery) -> list[str]:
    units = OrganisationBook(session).units(query.office)
    found = {query.unit}
    for _ in units:
        found |= {each.id for each in units if each.parent in found}
    return sorted(found)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(entry: Any, unit_names: dict[str, str]) -> RegisterRow:
    masked = not entry["open_to_reader"]
    return RegisterRow(
        letter_id="" if masked else entry["letter_id"],
        sequence=entry["sequence"],
        letter_date=entry["letter_date"],
        number=entry["number"],
        recipients=MASK if masked else entry["recipients"],
        subject=MASK if masked else entry["subject"],
        classification=MASK if masked else entry["classification"],
        attachment=MASK if masked else entry["attachment"],
        unit=entry["unit"],
        unit_name=unit_names.get(entry["unit"], entry["unit"]),
        sifat=entry["sifat"],
        sifat_label=level_of(SIFAT, entry["sifat"]).label,
        sent_at=entry["sent_at"],
        note=MASK if masked and entry["note"] else entry["note"],
        masked=masked,
    )
