"""Where a letter stands by its history: status, reason, when it was sent and filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import HistoryEvent, Kind
from handlers.letters.tables import approval
from handlers.letters.writing import CANCELLED, FILED, REVIEW, REVISION, SENT, SIGNED


def sendings_told(events: Sequence[HistoryEvent]) -> list[tuple[int, datetime]]:
    """Return where in the history the letter was sent or filed, and the moment the books note.

    A sending is noted with the moment it was ordered, which is the same on every attempt.
    """
    found: list[tuple[int, datetime]] = []
    ordered: dict[tuple[str, int], datetime] = {}
    for event in events:
        place, topic = (event.element, event.occurrence), event.details.get("topic")
        if topic == "letter.send" and event.kind == Kind.JOB_QUEUED:
            ordered.setdefault(place, event.at)
        elif topic == "letter.send" and event.kind == Kind.JOB_FINISHED:
            found.append((event.sequence, ordered.get(place, event.at)))
        elif topic == "letter.file" and "outputs" in event.details:
            found.append((event.sequence, event.at))
    return found


def standing_told(
    session: Session, letter_id: str, events: Sequence[HistoryEvent]
) -> dict[str, Any]:
    """Return status, reason, sent_at and filed_at of the letter as its history tells them.

    Reasons stand in the decisions, which are sealed themselves.
    """
    given = select(approval).where(approval.c.letter_id == letter_id)
    decisions = {(row.element, row.occurrence): row for row in session.execute(given)}
    sendings = dict(sendings_told(events))
    told: dict[str, Any] = {"status": REVIEW, "reason": "", "sent_at": None, "filed_at": None}
    cancelling = ""
    for event in events:
        outputs, topic = event.details.get("outputs", {}), event.details.get("topic")
        if "decision_seal" in outputs:
            row = decisions.get((event.element, event.occurrence))
            if row is not None and row.decision == "return":
                told |= {"status": REVISION, "reason": row.reason}
            elif row is not None and row.decision == "cancel":
                cancelling = row.reason
        elif "content_hash" in outputs:
            told |= {"status": REVIEW, "reason": ""}
        if event.kind == Kind.JOB_FINISHED and "signed_document" in outputs:
            told["status"] = SIGNED
        if event.sequence in sendings and told["sent_at"] is None:
            told |= {"status": SENT, "sent_at": sendings[event.sequence]}
        if topic == "letter.file" and "outputs" in event.details:
            told |= {"status": FILED, "filed_at": event.at}
        if topic == "letter.cancel" and "outputs" in event.details:
            told |= {"status": CANCELLED, "reason": cancelling}
    return told
