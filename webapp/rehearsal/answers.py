"""The answers: what a player fills in at each task of the play."""

from __future__ import annotations

from typing import Any

from engine import OpenTask
from handlers.demo import DemoEvent, DemoPlay
from handlers.letters import current_document, letter_row
from webapp.bootstrap import Office


def answers_for(
    office: Office, task: OpenTask, play: DemoPlay, event: DemoEvent | None
) -> dict[str, Any]:
    """Return the answers at the task; where the play tells nothing, the letter is approved."""
    operation = task.properties.get("operation", "")
    told = {} if event is None else {"decision": event.decision, **dict(event.changes)}
    if event is not None and event.reason:
        told["reason"] = event.reason
    if operation == "letter.draft":
        return {**_draft(office, task, play), **told}
    if operation in {"number.request", "letter.release"}:
        return told
    read = _what_was_read(office, task)
    signing = operation == "letter.consent" or (
        operation == "letter.review_or_consent" and task.data.get("signer_stage") == "secretary"
    )
    consent = {"consent": True} if signing else {}
    return {"decision": "approve", **read, **consent, **told}


def _draft(office: Office, task: OpenTask, play: DemoPlay) -> dict[str, Any]:
    if task.data.get("version"):
        return {**play.answers, **_what_was_read(office, task), "decision": "resubmit"}
    return play.draft_answers()


def _what_was_read(office: Office, task: OpenTask) -> dict[str, Any]:
    """A player reads what stands in the books at this moment, as a page would show it."""
    with office.database.reading() as session:
        row = letter_row(session, task.business_key)
        composed = current_document(session, task.business_key, "composed")
        return {
            "read_version": row.version,
            "read_hash": row.content_hash,
            "read_document": "" if composed is None else composed.sha256,
        }
