"""The presenting of letters: rows of the books made into views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from handlers.letters.draft import Draft, copies_of
from handlers.letters.kinds import SECRET, SIFAT, URGENCY, kind_of, level_of
from handlers.letters.record import current_document
from handlers.letters.sheets import addressed
from handlers.letters.views import ApprovalView, LetterRow, LetterView, PublicLetter, VersionView
from handlers.letters.writing import CANCELLED, STATUS_LABELS, draft_of
from handlers.numbering import state_of_number
from handlers.organisation import OrganisationBook, tables

MASK = "(rahasia)"


#: Read beside the letter's own columns, so that a list is one query.
NAMES = (tables.unit.c.name.label("unit_name"), tables.person.c.name.label("drafter_name"))


def row_view(row: Row[Any]) -> LetterRow:
    """Return the line of a letter the reader may read; the row has ``NAMES`` too."""
    return LetterRow(**_line(row, row.unit_name, row.drafter_name, visible=True))


def letter_view(session: Session, row: Row[Any], *, visible: bool) -> LetterView:
    """Return the letter in full, or only what its path tells."""
    book = OrganisationBook(session)
    draft = draft_of(session, row.id)
    held = book.in_charge(row.signer_position, book.today(row.office, row.changed_at))
    signer = row.signed_by or (held[0].person if held else "")
    return LetterView(
        **_line(row, book.unit(row.unit).name, book.person(row.drafter).name, visible=visible),
        **(_content(session, draft) if visible else _masked()),
        number_state=state_of_number(session, row.id),
        content_visible=visible,
        version=row.version,
        content_hash=row.content_hash,
        drafter_position=row.drafter_position,
        signer_position=row.signer_position,
        signer_title=book.position(row.signer_position).title,
        signer_name=book.person(signer).name if signer else "",
        capacity=row.capacity,
        token=row.token if visible else "",
        created_at=row.created_at,
        signed_at=row.signed_at,
        signed_by=row.signed_by or "",
        signed_as=row.signed_as,
        sent_at=row.sent_at,
        filed_at=row.filed_at,
        reason=row.reason if visible else "",
    )


def version_view(row: Row[Any], current: int) -> VersionView:
    """Return the version; ``current`` is the number of the one in force."""
    return VersionView(
        version=row.version,
        content=row.content,
        content_hash=row.content_hash,
        element=row.element,
        author=row.author,
        author_name=row.author_name,
        on_behalf_of=row.on_behalf_of,
        written_at=row.written_at,
        current=row.version == current,
    )


def approval_view(row: Row[Any], current_hash: str) -> ApprovalView:
    """Return the decision; another current hash means that the letter changed afterwards."""
    columns = row._mapping
    names = [name for name in ApprovalView.__dataclass_fields__ if name != "superseded"]
    superseded = row.content_hash != current_hash
    return ApprovalView(**{name: columns[name] for name in names}, superseded=superseded)


def public_view(session: Session, row: Row[Any]) -> PublicLetter:
    """Return what everybody may know: never the NIP, nor the subject of a secret letter."""
    book = OrganisationBook(session)
    office = book.office(row.office)
    signed = current_document(session, row.id, "signed")
    secret = row.sifat in SECRET
    return PublicLetter(
        number=row.number,
        letter_date=row.letter_date,
        kind_label=kind_of(row.kind).label,
        subject=MASK if secret else row.subject,
        office=office.name,
        government=office.government,
        signer_name=book.person(row.signed_by).name if row.signed_by else "",
        signed_as=row.signed_as,
        signed_at=row.signed_at,
        signed_document="" if signed is None else signed.sha256,
        cancelled=row.status == CANCELLED,
        secret=secret,
    )


def _line(row: Row[Any], unit_name: str, drafter_name: str, *, visible: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "office": row.office,
        "unit": row.unit,
        "unit_name": unit_name,
        "instance_id": row.instance_id,
        "kind": row.kind,
        "kind_label": kind_of(row.kind).label,
        "subject": row.subject if visible else MASK,
        "classification": row.classification if visible else MASK,
        "number": row.number or "",
        "letter_date": row.letter_date,
        "sifat": row.sifat,
        "sifat_label": level_of(SIFAT, row.sifat).label,
        "urgency": row.urgency,
        "urgency_label": level_of(URGENCY, row.urgency).label,
        "status": row.status,
        "status_label": STATUS_LABELS[row.status],
        "drafter": row.drafter,
        "drafter_name": drafter_name,
        "changed_at": row.changed_at,
    }


def _content(session: Session, draft: Draft) -> dict[str, Any]:
    recipients, place = addressed(session, draft)
    return {
        "recipients": tuple(f"{each} di {place}" if place else each for each in recipients),
        "copies": copies_of(draft.copies),
        "attachments": draft.attachments,
        "content": draft.content(),
    }


def _masked() -> dict[str, Any]:
    return {"recipients": (), "copies": (), "attachments": (), "content": {}}
