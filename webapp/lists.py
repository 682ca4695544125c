"""The lists of the forms: what a person may choose, each under its ``valuesKey``."""

from __future__ import annotations

from datetime import datetime

from handlers.destinations import Destination, all_destinations
from handlers.letters import CAPACITIES, KINDS, SIFAT, URGENCY, Level, codes_on, signing_options
from handlers.organisation import OrganisationBook
from webapp.bootstrap import Office
from webapp.forms import Choice, Choices
from webapp.languages import gettext


def lists_for(office: Office, office_id: str, at: datetime) -> Choices:
    """Return every list a form of this office may ask for, as of the moment."""
    with office.database.reading() as session:
        book = OrganisationBook(session)
        today = book.today(office_id, at)
        return {
            "kinds": [Choice(each.id, each.label) for each in KINDS],
            "classifications": [
                Choice(each.code, f"{each.code} – {each.name}") for each in codes_on(session, today)
            ],
            "sifat_options": _levels(SIFAT),
            "urgency_options": _levels(URGENCY),
            "capacities": _levels(CAPACITIES),
            "signers": [
                Choice(each.position.id, _person(each.styled, each.holder))
                for each in signing_options(book, office_id, today)
            ],
            "destinations": [_destination(each) for each in all_destinations(session)],
        }


def _levels(scale: tuple[Level, ...]) -> list[Choice]:
    return [Choice(each.id, each.label) for each in scale]


def _person(title: str, holder: str) -> str:
    return f"{title} – {holder}" if holder else gettext("%(title)s – belum terisi", title=title)


def _destination(each: Destination) -> Choice:
    if each.is_group:
        label = gettext("%(name)s (%(count)s tujuan)", name=each.name, count=len(each.members))
        return Choice(each.id, label, gettext("Grup"))
    return Choice(each.id, each.name, gettext("Satu tujuan"))
