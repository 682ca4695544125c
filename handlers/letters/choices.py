"""The choices of the forms: what a drafter may pick in an office today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.destinations import all_destinations
from handlers.letters.classification import codes_on
from handlers.letters.kinds import CAPACITIES, KINDS, SIFAT, URGENCY
from handlers.letters.signature import signing_options
from handlers.organisation import OrganisationBook

Choice = dict[str, Any]


def choices_for(session: Session, office: str, unit: str, at: datetime) -> dict[str, list[Choice]]:
    """Return the lists for the form: kinds, classifications, sifat_options, urgency_options,
    signers, capacities, destinations.

    The signers say in ``capacity`` in which capacity they sign. Two levels down (u.b.) only the
    head of the letter's own unit signs.
    """
    book = OrganisationBook(session)
    day = book.today(office, at)
    line = {each.id for each in book.ancestry(unit)}
    signers = [
        {
            "value": each.position.id,
            "label": f"{each.styled} — {each.holder or 'belum ada pejabat'}",
            "capacity": each.capacity,
        }
        for each in signing_options(book, office, day)
        if each.capacity != "an_ub" or each.position.unit in line
    ]
    return {
        "kinds": [_choice(each.id, each.label) for each in KINDS],
        "classifications": [
            _choice(each.code, f"{each.code} {each.name}") for each in codes_on(session, day)
        ],
        "sifat_options": [_choice(each.id, each.label) for each in SIFAT],
        "urgency_options": [_choice(each.id, each.label) for each in URGENCY],
        "signers": signers,
        "capacities": [_choice(each.id, each.label) for each in CAPACITIES],
        "destinations": [
            _choice(each.id, f"{each.addressee} (grup)" if each.is_group else each.addressee)
            for each in all_destinations(session)
        ],
    }


def _choice(value: str, label: str) -> Choice:
    return {"value": value, "label": label}
