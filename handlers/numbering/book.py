"""The number book: reserves, uses and voids numbers; a number is given once and never again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.orm import Session

from handlers.errors import NumberRefused, NumberTaken, ReasonMissing
from handlers.numbering.insertions import before_all, place_of_insertion
from handlers.numbering.patterns import NumberParts
from handlers.numbering.schemes import Scheme
from handlers.numbering.tables import letter_number, number_series
from handlers.sealing import seal_of_row

# One statement: whoever comes second waits for the row until the first commits or gives up, so
# a step that fails gives its number back and no number is skipped or given twice.
_NEXT = text(
    "INSERT INTO number_series (office, series, year, first, last)"
    " VALUES (:office, :series, :year, 1, 1)"
    " ON CONFLICT (office, series, year) DO UPDATE SET last = number_series.last + 1"
    " RETURNING last"
)


@dataclass(frozen=True)
class LetterNumber:
    """A number as it stands in the book."""

    id: str
    office: str
    series: str
    year: int
    sequence: int
    insertion: str
    text: str
    letter_id: str
    letter_date: date
    state: str  #: reserved (dipesan), used (terpakai), void (batal)
    insertion_reason: str = ""
    void_reason: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class NumberRequest:
    """What a number is asked for."""

    letter_id: str
    kind: str
    parts: NumberParts
    person: str
    at: datetime
    insertion: str = ""  #: "" for the next number; "auto", "01", "A" or "15.01" for a sisipan
    insertion_reason: str = ""


def number_of(session: Session, letter_id: str) -> LetterNumber | None:
    """Return the living number of the letter, or None."""
    table = letter_number
    query = select(table).where(table.c.letter_id == letter_id, table.c.state != "void")
    row = session.execute(query).first()
    return None if row is None else _number(row)


def last_number_of(session: Session, letter_id: str) -> LetterNumber | None:
    """Return the number that the letter was given last, a void one too, or None."""
    table = letter_number
    query = (
        select(table)
        .where(table.c.letter_id == letter_id)
        .order_by(table.c.reserved_at.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else _number(row)


def seal_of_number(session: Session, letter_id: str) -> str | None:
    """Return the seal of the number that the letter was given last, as it stands; None without."""
    number = last_number_of(session, letter_id)
    if number is None:
        return None
    row = session.execute(select(letter_number).where(letter_number.c.id == number.id)).one()
    return seal_of_row(dict(row._mapping))


def state_of_number(session: Session, letter_id: str) -> str:
    """Return the state of the letter's number, that of a void one too; "" without a number."""
    number = last_number_of(session, letter_id)
    return "" if number is None else number.state


def numbers_of_year(session: Session, office: str, year: int) -> list[LetterNumber]:
    """Return all numbers of the office in the year, in the order of their series."""
    table = letter_number
    query = (
        select(table)
        .where(table.c.office == office, table.c.year == year)
        .order_by(table.c.series, table.c.sequence, table.c.insertion)
    )
    return [_number(row) for row in session.execute(query)]


def settled_numbers(session: Session) -> list[LetterNumber]:
    """Return the numbers that are used or void, in the order in which they were reserved."""
    table = letter_number
    query = select(table).where(table.c.state != "reserved").order_by(table.c.reserved_at)
    return [_number(row) for row in session.execute(query)]


def reserve(session: Session, scheme: Scheme, request: NumberRequest) -> LetterNumber:
    """Give the letter its number; a letter that has one keeps it.

    Call it within the step's transaction. The year is the one of the letter date. Raises
    ``NumberRefused`` for a date before the last number's (that is what insertions are for).
    """
    standing = number_of(session, request.letter_id)
    if standing is not None:
        return standing
    series = scheme.series(request.kind, request.parts)
    day = request.parts.letter_date
    if request.insertion:
        if not request.insertion_reason.strip():
            raise ReasonMissing("Nomor sisipan memerlukan alasan.")
        _lock(session, scheme.office, series, day.year)
        given = numbers_in_series(session, scheme.office, series, day.year)
        sequence, insertion = place_of_insertion(given, day, request.insertion)
    else:
        sequence, insertion = next_in_series(session, scheme.office, series, day.year), ""
        _refuse_backdating(session, scheme.office, series, day)
    return _enter(session, scheme, request, (series, sequence, insertion))


def use(session: Session, letter_id: str, person: str, at: datetime) -> LetterNumber:
    """Mark the letter's number as used; used already is used. Raises ``NumberRefused``."""
    standing = number_of(session, letter_id)
    if standing is None:
        raise NumberRefused("Surat belum bernomor.", letter=letter_id)
    if standing.state == "reserved":
        _settle(session, standing, state="used", settled_by=person, settled_at=at)
    return number_of(session, letter_id) or standing


def void(
    session: Session, letter_id: str, reason: str, person: str, at: datetime
) -> LetterNumber | None:
    """Void the letter's reserved number for the reason; it is never given again.

    Returns None when the letter has no number. Raises ``NumberRefused`` for a used number.
    """
    standing = number_of(session, letter_id)
    if standing is None:
        return None
    if not reason.strip():
        raise ReasonMissing("Pembatalan nomor memerlukan alasan.")
    if standing.state == "used":
        raise NumberRefused(f"Nomor {standing.text} sudah terpakai dan tidak dapat dibatalkan.")
    _settle(session, standing, state="void", void_reason=reason, settled_by=person, settled_at=at)
    return standing


def next_in_series(session: Session, office: str, series: str, year: int) -> int:
    """Return the next number of the series; its row stays locked until the step commits."""
    values = {"office": office, "series": series, "year": year}
    return int(session.execute(_NEXT, values).scalar_one())


def continue_from(session: Session, office: str, series: str, year: int, last: int) -> None:
    """Continue a paper book whose last number was ``last``; only before the first number."""
    table = number_series
    key = (table.c.office == office, table.c.series == series, table.c.year == year)
    if session.execute(select(table).where(*key)).first() is not None:
        raise NumberRefused("Deret nomor ini sudah berjalan.")
    session.execute(
        insert(table).values(office=office, series=series, year=year, first=last + 1, last=last)
    )


def numbers_in_series(session: Session, office: str, series: str, year: int) -> list[LetterNumber]:
    """Return the numbers of one series in their order."""
    return [each for each in numbers_of_year(session, office, year) if each.series == series]


def _refuse_backdating(session: Session, office: str, series: str, day: date) -> None:
    table = letter_number
    ordinary = (
        table.c.office == office,
        table.c.series == series,
        table.c.year == day.year,
        table.c.insertion == "",
    )
    first = session.execute(select(func.min(table.c.letter_date)).where(*ordinary)).scalar()
    living = select(func.max(table.c.letter_date)).where(*ordinary, table.c.state != "void")
    latest = session.execute(living).scalar()
    if latest is not None and day < latest:
        if first is not None and day < first:
            raise NumberRefused(before_all(first, day), earliest=first.isoformat())
        raise NumberRefused(
            f"Nomor terakhir bertanggal {latest.isoformat()}; surat bertanggal {day.isoformat()}"
            " memerlukan nomor sisipan dengan alasan.",
            latest=latest.isoformat(),
        )


def _lock(session: Session, office: str, series: str, year: int) -> None:
    """Hold the series without moving its counter, so that two insertions do not meet."""
    table = number_series
    session.execute(
        update(table)
        .where(table.c.office == office, table.c.series == series, table.c.year == year)
        .values(last=table.c.last)
    )


def _enter(
    session: Session, scheme: Scheme, request: NumberRequest, place: tuple[str, int, str]
) -> LetterNumber:
    series, sequence, insertion = place
    year = request.parts.letter_date.year
    written = scheme.pattern.write(sequence, insertion, request.parts)
    twin = select(letter_number.c.id).where(
        letter_number.c.office == scheme.office,
        letter_number.c.year == year,
        letter_number.c.text == written,
    )
    if session.execute(twin).first() is not None:
        raise NumberTaken(f"Nomor {written} sudah ada pada tahun {year}.", number=written)
    number_id = uuid.uuid4().hex
    session.execute(
        insert(letter_number).values(
            id=number_id,
            office=scheme.office,
            series=series,
            year=year,
            sequence=sequence,
            insertion=insertion,
            text=written,
            letter_id=request.letter_id,
            letter_date=request.parts.letter_date,
            state="reserved",
            insertion_reason=request.insertion_reason if insertion else "",
            reserved_by=request.person,
            reserved_at=request.at,
        )
    )
    row = session.execute(select(letter_number).where(letter_number.c.id == number_id)).one()
    return _number(row)


def _settle(session: Session, number: LetterNumber, **values: object) -> None:
    session.execute(update(letter_number).where(letter_number.c.id == number.id).values(**values))


def _number(row: Row[tuple[object, ...]]) -> LetterNumber:
    columns = row._mapping
    return LetterNumber(**{name: columns[name] for name in LetterNumber.__dataclass_fields__})
