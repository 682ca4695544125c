"""The audit of the dispatch book: every delivery is the one the histories know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from engine import HistoryEvent, Kind
from handlers.sending.dispatch import seal_of_deliveries


def audit_deliveries(
    session: Session, letter_id: str, events: Sequence[HistoryEvent]
) -> Iterator[str]:
    """Yield a sentence for each sending whose deliveries changed after the letter was sent."""
    for event in events:
        outputs = event.details.get("outputs", {})
        if event.kind != Kind.JOB_FINISHED or "dispatch_seal" not in outputs:
            continue
        document = event.data_after["signed_document"]
        if seal_of_deliveries(session, letter_id, document) != outputs["dispatch_seal"]:
            yield "Buku pengiriman bukan yang tercatat pada riwayat."
