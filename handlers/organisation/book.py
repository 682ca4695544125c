"""The book of the organisation: who is who, in one session and on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Table, or_, select
from sqlalchemy.orm import Session

from handlers.errors import UnknownPlace
from handlers.organisation import tables
from handlers.organisation.people import Holding, Office, Person, Position, Reader, Unit


class OrganisationBook:
    """Reads the organisation within a given session, so that a step sees its own writes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def office(self, office_id: str) -> Office:
        return Office(**self._one(tables.office, office_id))

    def offices(self) -> list[Office]:
        found = self._rows(tables.office, order=(tables.office.c.id,))
        return [Office(**row._mapping) for row in found]

    def unit(self, unit_id: str) -> Unit:
        return _unit(self._one(tables.unit, unit_id))

    def units(self, office_id: str) -> list[Unit]:
        """Return the units of the office, in the order of its chart."""
        of_office = tables.unit.c.office == office_id
        found = self._rows(tables.unit, of_office, order=(tables.unit.c.rank, tables.unit.c.id))
        return [_unit(row._mapping) for row in found]

    def ancestry(self, unit_id: str) -> list[Unit]:
        """Return the unit and all above it, the office's root last."""
        line = [self.unit(unit_id)]
        while (parent := line[-1].parent) is not None and len(line) < 20:
            line.append(self.unit(parent))
        return line

    def position(self, position_id: str) -> Position:
        return _position(self._one(tables.position, position_id))

    def positions(self, office_id: str) -> list[Position]:
        table = tables.position
        found = self._rows(table, table.c.office == office_id, order=(table.c.rank, table.c.id))
        return [_position(row._mapping) for row in found]

    def head_of(self, unit_id: str) -> Position | None:
        """Return the position that heads the unit, or None when the unit has none."""
        table = tables.position
        found = self._rows(
            table, table.c.unit == unit_id, table.c.heads_unit.is_(True), order=(table.c.rank,)
        )
        return _position(found[0]._mapping) if found else None

    def with_duty(self, office_id: str, duty: str) -> tuple[str, ...]:
        """Return the positions of the office that have the duty, e.g. ``mail_officer``."""
        query = (
            select(tables.position.c.id)
            .join(tables.position_duty, tables.position_duty.c.position == tables.position.c.id)
            .where(tables.position.c.office == office_id, tables.position_duty.c.duty == duty)
            .order_by(tables.position.c.rank, tables.position.c.id)
        )
        return tuple(self._session.execute(query).scalars())

    def with_role(self, office_id: str, role: str) -> list[str]:
        """Return the people who have the role in the office, e.g. ``admin``."""
        table = tables.person_role
        found = self._rows(
            table, table.c.office == office_id, table.c.role == role, order=(table.c.person,)
        )
        return [row.person for row in found]

    def person(self, person_id: str) -> Person:
        return _person(self._one(tables.person, person_id))

    def people(self, office_id: str | None = None) -> list[Person]:
        """Return the people of the office, or everybody; those who left included."""
        table = tables.person
        conditions = () if office_id is None else (table.c.office == office_id,)
        return [
            _person(row._mapping) for row in self._rows(table, *conditions, order=(table.c.id,))
        ]

    def holdings(
        self, on: date, *, person: str | None = None, position: str | None = None
    ) -> list[Holding]:
        """Return the holdings in force on the day; acting ones first."""
        table = tables.holding
        conditions: list[ColumnElement[bool]] = [
            table.c.valid_from <= on,
            or_(table.c.valid_until.is_(None), table.c.valid_until >= on),
        ]
        if person is not None:
            conditions.append(table.c.person == person)
        if position is not None:
            conditions.append(table.c.position == position)
        found = self._rows(table, *conditions, order=(table.c.valid_from.desc(), table.c.id))
        return sorted((Holding(**row._mapping) for row in found), key=lambda each: not each.acting)

    def in_charge(self, position_id: str, on: date) -> list[Holding]:
        """Return who may act in the position on the day.

        While somebody is Plh., Plt. or Pj., the definitive holder does not act: two hands in one
        position would sign two letters in one name.
        """
        found = self.holdings(on, position=position_id)
        acting = [each for each in found if each.acting]
        return acting or found

    def held_by(self, person_id: str, on: date) -> list[Holding]:
        """Return the holdings in which the person may act on the day, own position first."""
        held = [
            each
            for each in self.holdings(on, person=person_id)
            if any(other.person == person_id for other in self.in_charge(each.position, on))
        ]
        return sorted(held, key=lambda each: each.acting)

    def reader(self, person_id: str, on: date) -> Reader:
        """Return the person as a reader of the books on the day."""
        table = tables.person_role
        roles: dict[str, frozenset[str]] = {}
        for row in self._rows(table, table.c.person == person_id):
            roles[row.office] = roles.get(row.office, frozenset()) | {row.role}
        held = frozenset(each.position for each in self.held_by(person_id, on))
        return Reader(person_id, held, roles)

    def today(self, office_id: str, at: datetime) -> date:
        """Return the day in the office at the moment."""
        return at.astimezone(ZoneInfo(self.office(office_id).zone)).date()

    def _one(self, table: Table, key: str) -> dict[str, Any]:
        found = self._session.execute(select(table).where(table.c.id == key)).mappings().first()
        if found is None:
            raise UnknownPlace(f"Tidak dikenal dalam struktur organisasi: {key}.", id=key)
        return dict(found)

    def _rows(
        self, table: Table, *conditions: ColumnElement[bool], order: Sequence[Any] = ()
    ) -> Sequence[Row[Any]]:
        return self._session.execute(select(table).where(*conditions).order_by(*order)).all()


def _unit(row: Any) -> Unit:
    return Unit(**{name: row[name] for name in Unit.__dataclass_fields__})


def _position(row: Any) -> Position:
    return Position(**{name: row[name] for name in Position.__dataclass_fields__})


def _person(row: Any) -> Person:
    return Person(**{name: row[name] for name in Person.__dataclass_fields__})
