"""The review path: which positions look at a letter before it is signed, by its unit."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.organisation.book import OrganisationBook

_SECOND_LEVEL = ("sekretariat", "bidang")


@dataclass(frozen=True)
class ReviewPath:
    """The reviewing positions of a letter; empty where the organisation has nobody for it."""

    first: str  #: Kasubag/Kasi of the letter's unit
    second: str  #: Sekretaris for letters of the secretariat, Kabid for those of a division


def review_path(book: OrganisationBook, unit_id: str, drafter_position: str) -> ReviewPath:
    """Return who reviews a letter of the unit.

    Nobody reviews what he or she drafted, and nobody reviews twice: the letter of a head goes one
    level up, at last to the office's secretary and the office's head.
    """
    line = book.ancestry(unit_id)
    office = line[-1]
    heads = [
        (unit.kind, head.id)
        for unit in line
        if unit.parent is not None and (head := book.head_of(unit.id)) is not None
    ]
    upstairs = [
        *book.with_duty(office.office, "office_secretary"),
        *book.with_duty(office.office, "office_head"),
    ]
    chain = [position for _, position in heads] + upstairs
    first = next((each for each in chain if each != drafter_position), "")
    taken = {drafter_position, first}
    seconds = [position for kind, position in heads if kind in _SECOND_LEVEL] + upstairs
    second = next((each for each in seconds if each not in taken), "")
    return ReviewPath(first, second)
