"""The telling: who worked on a letter learns that it went back or ended, admins that it stopped."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import ImmediateHandler, JsonObject, StepCall, Stop
from handlers.letters import SECRET, letter_row
from handlers.letters.tables import approval, letter
from handlers.organisation import OrganisationBook
from handlers.register import cancel_registered
from handlers.sending import reword, tell

_UNNAMED = "Tentang sebuah surat rahasia"
_WHY_UNNAMED = "Surat ini menjadi rahasia sesudah Anda diberi tahu tentangnya."


class ToldWhenReturned:
    """A decision about a letter; when it returns the letter, those before are told of it.

    The notices are written in the step itself, so nobody is told of what did not happen.
    """

    def __init__(self, decide: ImmediateHandler) -> None:
        self._decide = decide

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        outputs = self._decide(call, session)
        if outputs.get("decision") == "return":
            _tell_workers(call, session, "dikembalikan")
        return outputs


class QuietWhenSecret:
    """The drafter's step; where it makes a letter secret, no notice of before names it any more."""

    def __init__(self, draft: ImmediateHandler) -> None:
        self._draft = draft

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        query = select(letter.c.sifat).where(letter.c.id == call.business_key)
        before = session.execute(query).scalar()
        outputs = self._draft(call, session)
        if before not in SECRET and outputs.get("sifat") in SECRET:
            reword(session, call.business_key, title=_UNNAMED, text=_WHY_UNNAMED)
        return outputs


def cancel_and_tell(call: StepCall, session: Session) -> JsonObject:
    """letter.cancel: closes the letter, voids its number, and tells those who worked on it."""
    outputs = cancel_registered(call, session)
    _tell_workers(call, session, "dibatalkan")
    return outputs


def tell_admins(stop: Stop, session: Session) -> None:
    """Tell the admins of the office that something stopped; nothing of the letter is named.

    What belongs to no office is told to the admins of all: any of them may settle it.
    """
    book = OrganisationBook(session)
    every = {each.id for each in book.offices()}
    offices = {stop.scope} if stop.scope in every else every
    found = {person for office in offices for person in book.with_role(office, "admin")}
    admins = [each for each in sorted(found) if book.person(each).active]
    what = f"Langkah “{stop.element_name}” pada sebuah surat terhenti"
    if not stop.element:
        what = f"“{stop.element_name}” terhenti"
    tell(
        session,
        admins,
        key=f"stopped:{stop.reference}:{stop.at.isoformat()}",
        title=f"Terhenti: {stop.element_name}",
        text=f"{what} dan menunggu penanganan.",
        letter_id="",
        task_id="",
        at=stop.at,
    )


def _tell_workers(call: StepCall, session: Session, what: str) -> None:
    row = letter_row(session, call.business_key)
    secret = row.sifat in SECRET
    about = "Surat yang Anda kerjakan" if secret else f"Surat “{row.subject}”"
    why = "Alasannya ada pada surat itu." if secret else f"Alasan: {row.reason}"
    title = f"Surat {what}" if secret else f"{what.capitalize()}: {row.subject}"
    tell(
        session,
        _workers(call, session, str(row.drafter)),
        key=f"{call.key}:{what}",
        title=title,
        text=f"{about} {what} oleh {call.actor.name.removesuffix('.')}. {why}",
        letter_id=row.id,
        task_id="",
        at=call.at,
    )


def _workers(call: StepCall, session: Session, drafter: str) -> list[str]:
    """Return the drafter and everybody who decided on the letter, but not the one who acts."""
    query = select(approval.c.person).where(approval.c.letter_id == call.business_key).distinct()
    people = {drafter, *session.execute(query).scalars()} - {call.actor.person}
    book = OrganisationBook(session)
    return [each for each in sorted(people) if book.person(each).active]
