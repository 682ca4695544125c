"""The numbering steps of a letter: the mail officer asks, the number book answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from engine import JsonObject, StepCall
from handlers.errors import DraftIncomplete, ReasonMissing
from handlers.letters.draft import Draft, plain_text
from handlers.letters.kinds import SIFAT, kind_of, level_of
from handlers.letters.sealing import seal_of_request
from handlers.letters.tables import number_request
from handlers.letters.writing import draft_of, letter_row, open_letter, set_number
from handlers.numbering import (
    NumberParts,
    NumberRequest,
    Pattern,
    Scheme,
    number_of,
    reserve,
    scheme_for,
    seal_of_number,
)
from handlers.organisation import OrganisationBook

#: How far ahead of today a letter may be dated.
_AHEAD = timedelta(days=7)


def request_number(call: StepCall, session: Session) -> JsonObject:
    """number.request: notes the date of the letter, and whether the number is an insertion."""
    row = open_letter(session, call.business_key)
    day = _letter_date(call, session, row)
    insertion = plain_text(call.answers.get("insertion"))[:20]
    reason = plain_text(call.answers.get("insertion_reason")) if insertion else ""
    if insertion and not reason:
        raise ReasonMissing("Nomor sisipan memerlukan alasan.")
    table = number_request
    session.execute(delete(table).where(table.c.letter_id == row.id))
    session.execute(
        insert(table).values(
            letter_id=row.id,
            letter_date=day,
            insertion=insertion,
            insertion_reason=reason,
            person=call.actor.person,
            at=call.at,
        )
    )
    return {"decision": "number", "request_seal": seal_of_request(session, row.id)}


def reserve_number(call: StepCall, session: Session) -> JsonObject:
    """number.reserve: gives the letter its number; a numbered letter keeps the one it has."""
    row = open_letter(session, call.business_key)
    draft = draft_of(session, row.id)
    table = number_request
    asked = session.execute(select(table).where(table.c.letter_id == row.id)).first()
    day = draft.date if asked is None else asked.letter_date
    scheme = scheme_for(session, row.office, draft.kind)
    number = reserve(
        session,
        scheme,
        NumberRequest(
            letter_id=row.id,
            kind=draft.kind,
            parts=_parts(session, row, draft, day, scheme),
            person=call.actor.person if asked is None else asked.person,
            at=call.at,
            insertion="" if asked is None else asked.insertion,
            insertion_reason="" if asked is None else asked.insertion_reason,
        ),
    )
    set_number(session, call, number.text, number.letter_date)
    return {
        "numbered": True,
        "number": number.text,
        "number_seal": seal_of_number(session, row.id),
    }


def refuse_other_number(session: Session, call: StepCall, draft: Draft) -> None:
    """Refuse a revision that would need another number than the one reserved.

    The number stays with the letter after a return, so what it prints must stay true.
    """
    number = number_of(session, call.business_key)
    if number is None:
        return
    row = letter_row(session, call.business_key)
    before = draft_of(session, row.id)
    refused: dict[str, str] = {}
    if draft.date not in {number.letter_date, before.date}:
        refused["letter_date"] = (
            f"Tanggal surat sudah ditetapkan bersama nomor {number.text}:"
            f" {number.letter_date.isoformat()}."
        )
    scheme = scheme_for(session, row.office, before.kind)
    was = _parts(session, row, before, number.letter_date, scheme)
    now = _parts(session, row, draft, number.letter_date, scheme)
    other_series = scheme.series(before.kind, was) != scheme.series(draft.kind, now)
    other_scheme = scheme_for(session, row.office, draft.kind) != scheme
    if (
        other_scheme
        or other_series
        or _printed(scheme.pattern, was) != _printed(scheme.pattern, now)
    ):
        name = "classification" if draft.classification != before.classification else "kind"
        refused[name] = (
            f"Surat sudah bernomor {number.text}; batalkan surat ini dan buat yang baru"
            " untuk mengubah bagian yang tercetak pada nomor."
        )
    if refused:
        raise DraftIncomplete(fields=refused)


def _letter_date(call: StepCall, session: Session, row: Row[Any]) -> date:
    """Return the date the mail officer gave, or the drafter's; today at most and a week ahead."""
    answered = str(call.answers.get("letter_date") or "")
    try:
        day = date.fromisoformat(answered) if answered else row.letter_date
    except ValueError:
        raise DraftIncomplete(
            fields={"letter_date": "Tanggal surat ditulis TTTT-BB-HH, misalnya 2026-02-03."}
        ) from None
    today = OrganisationBook(session).today(row.office, call.at)
    if day > today + _AHEAD:
        raise DraftIncomplete(
            fields={"letter_date": "Tanggal surat paling jauh tujuh hari sesudah hari ini."}
        )
    return day


def _parts(session: Session, row: Row[Any], draft: Draft, day: date, scheme: Scheme) -> NumberParts:
    """Return what the number prints; one series for the office prints the office's code."""
    book = OrganisationBook(session)
    line = book.ancestry(row.unit)
    named = line[0] if scheme.by_unit else line[-1]
    return NumberParts(
        classification=draft.classification,
        unit_code=named.letter_code,
        unit_numeric=named.numeric_code,
        position_code=book.position(draft.signer).letter_code,
        sifat_code=level_of(SIFAT, draft.sifat).code,
        kind_code=kind_of(draft.kind).code,
        letter_date=day,
    )


def _printed(pattern: Pattern, parts: NumberParts) -> str:
    return pattern.write(0, "", parts)
