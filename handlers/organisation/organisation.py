"""The organisation as pages and commands see it: people as actors, calendars, appointments."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import Actor, Database, WorkingCalendar
from handlers.errors import UnknownPlace
from handlers.organisation import tables
from handlers.organisation.book import OrganisationBook
from handlers.organisation.calendars import calendar_of
from handlers.organisation.people import (
    Holding,
    HoldingKind,
    Office,
    Person,
    Position,
    Reader,
    Unit,
)


class Organisation:
    """Answers questions about the organisation, each in a snapshot of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def offices(self) -> list[Office]:
        with self._database.reading() as session:
            return OrganisationBook(session).offices()

    def office(self, office_id: str) -> Office:
        with self._database.reading() as session:
            return OrganisationBook(session).office(office_id)

    def units(self, office_id: str) -> list[Unit]:
        with self._database.reading() as session:
            return OrganisationBook(session).units(office_id)

    def unit(self, unit_id: str) -> Unit:
        with self._database.reading() as session:
            return OrganisationBook(session).unit(unit_id)

    def positions(self, office_id: str) -> list[Position]:
        with self._database.reading() as session:
            return OrganisationBook(session).positions(office_id)

    def position(self, position_id: str) -> Position:
        with self._database.reading() as session:
            return OrganisationBook(session).position(position_id)

    def with_duty(self, office_id: str, duty: str) -> frozenset[str]:
        """Return the positions of the office that have the duty, e.g. ``mail_officer``."""
        with self._database.reading() as session:
            return frozenset(OrganisationBook(session).with_duty(office_id, duty))

    def person(self, person_id: str) -> Person:
        with self._database.reading() as session:
            return OrganisationBook(session).person(person_id)

    def people(self, office_id: str | None = None) -> list[Person]:
        with self._database.reading() as session:
            return OrganisationBook(session).people(office_id)

    def person_named(self, username: str) -> Person | None:
        """Return the active person with the user name, or None."""
        table = tables.person
        query = select(table.c.id).where(table.c.username == username, table.c.active.is_(True))
        with self._database.reading() as session:
            found = session.execute(query).scalar()
            return None if found is None else OrganisationBook(session).person(found)

    def positions_held(self, person_id: str, at: datetime) -> list[Holding]:
        """Return in which positions the person may act at the moment, the own one first."""
        with self._database.reading() as session:
            book = OrganisationBook(session)
            return book.held_by(person_id, _day(book, person_id, at))

    def in_charge(self, position_id: str, at: datetime) -> list[Person]:
        """Return who acts in the position at the moment."""
        with self._database.reading() as session:
            book = OrganisationBook(session)
            day = book.today(book.position(position_id).office, at)
            return [book.person(each.person) for each in book.in_charge(position_id, day)]

    def actor_for(self, person_id: str, position_id: str | None, at: datetime) -> Actor:
        """Return the person as an actor in the position, or in the first one held.

        Raises ``UnknownPlace`` when the person may not act in the position at the moment.
        """
        with self._database.reading() as session:
            book = OrganisationBook(session)
            return actor_in(book, person_id, position_id, _day(book, person_id, at))

    def calendar_of(self, office_id: str) -> WorkingCalendar:
        """Return when the office works. Raises ``UnknownPlace``."""
        with self._database.reading() as session:
            return calendar_of(session, office_id)

    def reader(self, person_id: str, at: datetime) -> Reader:
        """Return the person as a reader of letters and registers at the moment."""
        with self._database.reading() as session:
            book = OrganisationBook(session)
            return book.reader(person_id, _day(book, person_id, at))


def actor_in(book: OrganisationBook, person_id: str, position_id: str | None, day: date) -> Actor:
    """Return the person as an actor in the position on the day."""
    person = book.person(person_id)
    held = book.held_by(person_id, day)
    positions = frozenset(each.position for each in held)
    if position_id is None and not held:
        return Actor(person.id, person.name, positions=positions)
    chosen = next((each for each in held if position_id in (None, each.position)), None)
    if chosen is None:
        raise UnknownPlace(
            f"{person.name} tidak menjabat {position_id} pada {day.isoformat()}.",
            person=person_id,
            position=position_id,
        )
    title = chosen.styled(book.position(chosen.position).title) if chosen.acting else ""
    return Actor(person.id, person.name, chosen.position, title, positions)


def appoint(
    session: Session,
    person_id: str,
    position_id: str,
    *,
    kind: HoldingKind,
    valid_from: date,
    valid_until: date | None = None,
    basis: str = "",
) -> str:
    """Let the person hold the position from the first to the last day; return the holding's id."""
    holding_id = uuid.uuid4().hex
    session.execute(
        insert(tables.holding).values(
            id=holding_id,
            person=person_id,
            position=position_id,
            kind=kind,
            valid_from=valid_from,
            valid_until=valid_until,
            basis=basis,
        )
    )
    return holding_id


def end_holding(session: Session, holding_id: str, last_day: date) -> None:
    """Let the holding end with the day; who held the position when stays in the books."""
    session.execute(
        update(tables.holding).where(tables.holding.c.id == holding_id).values(valid_until=last_day)
    )


def _day(book: OrganisationBook, person_id: str, at: datetime) -> date:
    office = book.person(person_id).office
    zone = ZoneInfo(book.office(office).zone) if office else UTC
    return at.astimezone(zone).date()
