"""The sheets: a version of a letter from the books, with all that is printed on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from handlers.destinations import find_destinations
from handlers.letters.draft import Draft, copies_of, other_recipients
from handlers.letters.kinds import SIFAT, URGENCY, kind_of, level_of
from handlers.letters.markup import parse
from handlers.letters.sheet import Letterhead, LetterSheet
from handlers.letters.signature import signing_block
from handlers.letters.writing import draft_of, letter_row
from handlers.organisation import Office, OrganisationBook

_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


@dataclass(frozen=True)
class Sheets:
    """Makes sheets for one installation."""

    verification_base: str  #: address before the token, e.g. "https://surat.example/v/"
    simulated: bool = True  #: signatures come from the demonstration authority

    def sheet(
        self,
        session: Session,
        letter_id: str,
        at: datetime,
        *,
        version: int | None = None,
        final: bool = True,
    ) -> LetterSheet:
        """Return the sheet of the version, or of the current one, signed as of the moment.

        Raises ``UnknownLetter``, or ``SignerUnknown`` when nobody holds the signer's position.
        """
        row = letter_row(session, letter_id)
        draft = draft_of(session, letter_id, version)
        return self._lay(session, row, draft, at, (version or row.version, final))

    def preview(
        self, session: Session, draft: Draft, office_id: str, unit_id: str, at: datetime
    ) -> LetterSheet:
        """Return the sheet of a draft that is not in the books yet."""
        row = _Unwritten(office_id, unit_id, draft)
        return self._lay(session, row, draft, at, (0, False))

    def _lay(
        self,
        session: Session,
        row: Row[Any] | _Unwritten,
        draft: Draft,
        at: datetime,
        edition: tuple[int, bool],
    ) -> LetterSheet:
        book = OrganisationBook(session)
        office = book.office(row.office)
        kind = kind_of(draft.kind)
        recipients, place = addressed(session, draft)
        day = book.today(row.office, at)
        return LetterSheet(
            letter_id=row.id,
            version=edition[0],
            final=edition[1],
            kind=kind.id,
            kind_label=kind.label,
            shape=kind.shape,
            title=kind.title,
            font=kind.font,
            number=row.number,
            date_text=written_date(row.letter_date if row.number else draft.date),
            place=office.place,
            letterhead=_letterhead(office),
            paper=office.paper,
            recipients=recipients,
            recipients_place=place,
            signing=signing_block(
                book, draft.signer, draft.capacity, day, simulated=self.simulated
            ),
            verification_url=self.verification_base + row.token,
            simulated=self.simulated,
            **_written(draft),
        )


def _written(draft: Draft) -> dict[str, Any]:
    """Return what stands on the sheet as its writer put it."""
    return {
        "sifat_label": level_of(SIFAT, draft.sifat).label,
        "urgency_label": level_of(URGENCY, draft.urgency).label,
        "attachment_text": draft.attachment_note or "-",
        "subject": draft.subject,
        "copies": copies_of(draft.copies),
        "opening": draft.opening,
        "blocks": () if draft.source == "docx" else parse(draft.body),
        "closing": draft.closing,
        "content_hash": draft.content_hash,
    }


def addressed(session: Session, draft: Draft) -> tuple[tuple[str, ...], str]:
    """Return the lines after "Yth." and the place after "di".

    The place is empty when the recipients are in different places: then each line carries its own.
    """
    found = find_destinations(session, draft.recipients)
    pairs = [
        (found[each].addressee, found[each].place) for each in draft.recipients if each in found
    ]
    pairs += [(each.addressee, each.place) for each in other_recipients(draft.other_recipients)]
    places = {place for _, place in pairs}
    if len(places) <= 1:
        return tuple(addressee for addressee, _ in pairs), next(iter(places), "")
    return tuple(
        f"{addressee} di {place}" if place else addressee for addressee, place in pairs
    ), ""


def written_date(day: date) -> str:
    """Return the date as letters print it: ``3 Februari 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _letterhead(office: Office) -> Letterhead:
    return Letterhead(
        government=office.government,
        office=office.letterhead_name,
        address=office.address,
        phone=office.phone,
        website=office.website,
        email=office.email,
        emblem=office.emblem,
    )


class _Unwritten:
    """Stands for the row of a letter that has none yet."""

    def __init__(self, office: str, unit: str, draft: Draft) -> None:
        self.id = ""
        self.office = office
        self.unit = unit
        self.number: str | None = None
        self.letter_date = draft.date
        self.token = ""
