"""The calendars: when an office works, for deadlines in working time."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import WorkingCalendar
from handlers.organisation import tables
from handlers.organisation.book import OrganisationBook


def calendar_of(session: Session, office_id: str) -> WorkingCalendar:
    """Return the working calendar of the office. Raises ``UnknownPlace``."""
    office = OrganisationBook(session).office(office_id)
    holidays = select(tables.holiday.c.day).where(tables.holiday.c.office == office_id)
    return WorkingCalendar(
        zone=office.zone,
        shifts={
            int(weekday): [
                (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in day
            ]
            for weekday, day in office.shifts.items()
        },
        holidays=frozenset(session.execute(holidays).scalars()),
    )
