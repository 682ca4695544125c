"""The audit of the dispatch book: every delivery is the one the histories know."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import EngineError, Kind
from handlers.letters import HistoryReader
from handlers.letters.tables import letter
from handlers.sending.dispatch import seal_of_deliveries


def audit_deliveries(session: Session, history: HistoryReader) -> Iterator[tuple[str, str]]:
    """Yield (letter id, sentence) for every letter whose deliveries changed after it was sent."""
    for row in session.execute(select(letter.c.id, letter.c.instance_id)):
        try:
            events = history(row.instance_id)
        except (EngineError, ValueError):  # a forged line may be no JSON
            continue  # the histories' own audit tells of it
        for event in events:
            outputs = event.details.get("outputs", {})
            if event.kind != Kind.JOB_FINISHED or "dispatch_seal" not in outputs:
                continue
            document = event.data_after["signed_document"]
            if seal_of_deliveries(session, row.id, document) != outputs["dispatch_seal"]:
                yield row.id, "Buku pengiriman bukan yang tercatat pada riwayat."
