"""The front door of the organisation: offices, units, positions, people and who holds what."""

from handlers.organisation.book import OrganisationBook
from handlers.organisation.calendars import calendar_of
from handlers.organisation.organisation import Organisation, actor_in, appoint, end_holding
from handlers.organisation.people import (
    ACTING,
    Holding,
    HoldingKind,
    Office,
    Person,
    Position,
    Reader,
    Unit,
)
from handlers.organisation.reviewing import ReviewPath, review_path

__all__ = [
    "ACTING",
    "Holding",
    "HoldingKind",
    "Office",
    "Organisation",
    "OrganisationBook",
    "Person",
    "Position",
    "Reader",
    "ReviewPath",
    "Unit",
    "actor_in",
    "appoint",
    "calendar_of",
    "end_holding",
    "review_path",
]
