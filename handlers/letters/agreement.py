"""The agreement of the letters' books with the histories of the steps that wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine import HistoryEvent, JsonObject, Kind, sha256_of
from handlers.letters.sealing import (
    seal_of,
    seal_of_release,
    seal_of_request,
    seal_of_signature,
    seals_of_composed,
)
from handlers.letters.standing import standing_told
from handlers.letters.tables import (
    approval,
    letter_document,
    letter_party,
    letter_version,
)
from handlers.letters.writing import letter_row
from handlers.numbering import seal_of_number


def audit_letter_history(
    session: Session, letter_id: str, events: Sequence[HistoryEvent]
) -> Iterator[str]:
    """Yield a sentence for each way in which the books of a letter and its history differ.

    The history is hash-chained and carries the hash of every version and the seal of every
    decision: what was changed, added or taken away in the books afterwards shows here.
    """
    row = letter_row(session, letter_id)
    outputs = {
        (event.element, event.occurrence): event.details.get("outputs", {})
        for event in events
        if event.kind == Kind.TASK_COMPLETED
    }
    yield from _decisions(session, row.id, outputs)
    if _versions_told(events) != _versions_written(session, row.id):
        yield "Versi surat bukan yang tercatat pada riwayat."
    numbers = [each.data_after["number"] for each in events if each.data_after.get("number")]
    if (numbers[-1] if numbers else None) != row.number:
        yield "Nomor surat bukan yang tercatat pada riwayat."
    yield from _documents(session, row, events)
    yield from _parties(session, row, events)
    yield from _origin(session, row, events)
    yield from _sealed(session, row, events)
    now = standing_told(session, row.id, events)
    if any(row._mapping[name] != value for name, value in now.items()):
        yield "Keadaan, alasan, atau waktu surat bukan yang tercatat pada riwayat."


def _versions_told(events: Sequence[HistoryEvent]) -> dict[int, tuple[Any, ...]]:
    """Return what the step that wrote each version told of it: its hash, and who wrote it when."""
    told: dict[int, tuple[Any, ...]] = {}
    for event in events:
        outputs = event.details.get("outputs", {})
        if event.kind == Kind.TASK_COMPLETED and "content_hash" in outputs:
            writer = (event.person, event.name, event.position, event.on_behalf_of)
            fact = (outputs["content_hash"], event.element, *writer, event.at)
            told.setdefault(outputs["version"], fact)  # later steps decide on what stands
    return told


def _versions_written(session: Session, letter_id: str) -> dict[int, tuple[Any, ...]]:
    written = letter_version.c
    writer = (written.author, written.author_name, written.author_position, written.on_behalf_of)
    facts = (written.content_hash, written.element, *writer, written.written_at)
    query = select(written.version, *facts).where(written.letter_id == letter_id)
    return {version: tuple(rest) for version, *rest in session.execute(query)}


def _decisions(
    session: Session, letter_id: str, outputs: Mapping[tuple[str, int], JsonObject]
) -> Iterator[str]:
    told = {at: each["decision_seal"] for at, each in outputs.items() if "decision_seal" in each}
    for given in session.execute(select(approval).where(approval.c.letter_id == letter_id)):
        seal = told.pop((given.element, given.occurrence), None)
        if seal != seal_of(dict(given._mapping)):
            yield f"Keputusan {given.person_name} bukan yang tercatat pada riwayat."
    for element, _ in told:
        yield f"Keputusan pada langkah {element} hilang dari buku."


def _documents(session: Session, row: Row[Any], events: Sequence[HistoryEvent]) -> Iterator[str]:
    given = [e.details.get("outputs", {}) for e in events if e.kind == Kind.JOB_FINISHED]
    told = {("composed", each["document"]) for each in given if "document" in each}
    signed = {("signed", each["signed_document"]) for each in given if "signed_document" in each}
    table = letter_document
    query = select(table.c.role, table.c.sha256).where(table.c.letter_id == row.id)
    if {(each.role, each.sha256) for each in session.execute(query)} != told | signed:
        yield "Dokumen surat bukan yang tercatat pada riwayat."


def _parties(session: Session, row: Row[Any], events: Sequence[HistoryEvent]) -> Iterator[str]:
    """Compare who may read a secret letter with whom its steps passed."""
    told: set[str] = set()
    for event in events:
        if event.kind == Kind.TASK_OPENED:
            told |= {f"position:{each}" for each in event.details.get("candidates", ())}
        elif event.kind == Kind.TASK_COMPLETED and _PASSED.intersection(
            event.details.get("outputs", ())
        ):
            told.add(f"person:{event.person}")
    query = select(letter_party.c.party).where(letter_party.c.letter_id == row.id)
    if set(session.execute(query).scalars()) != told:
        yield "Pihak yang dilalui surat bukan yang tercatat pada riwayat."


def _origin(session: Session, row: Row[Any], events: Sequence[HistoryEvent]) -> Iterator[str]:
    """Compare what no version of the letter says: whose it is, and who signed it."""
    began = {**events[0].data_after, **events[0].details} if events else {}
    columns = {"scope": row.office} | {
        name: row._mapping[name] for name in ("unit", "drafter", "drafter_position")
    }
    if any(name in began and began[name] != value for name, value in columns.items()):
        yield "Asal surat atau konseptornya bukan yang tercatat pada riwayat."
    # The code on a paper must lead to the letter it was printed for.
    seals = {event.details.get("outputs", {}).get("token_seal") for event in events}
    if seals - {None} != {sha256_of(row.token.encode())}:
        yield "Kode pemeriksaan surat bukan yang tercatat pada riwayat."
    query = select(approval.c.person).where(
        approval.c.letter_id == row.id, approval.c.decision == "sign"
    )
    if row.signed_by is not None and row.signed_by not in set(session.execute(query).scalars()):
        yield "Penanda tangan surat bukan orang yang menyetujuinya."


def _sealed(session: Session, row: Row[Any], events: Sequence[HistoryEvent]) -> Iterator[str]:
    """Compare what other books keep of the letter with the seal that was given last."""
    outputs = [event.details.get("outputs", {}) for event in events]
    for name, (seal, what) in _SEALS.items():
        told = [each[name] for each in outputs if name in each]
        if seal(session, row.id) != (told[-1] if told else None):
            yield f"{what} bukan yang tercatat pada riwayat."
    composed = {each["document_seal"] for each in outputs if "document_seal" in each}
    if set(seals_of_composed(session, row.id)) != composed:
        yield "Catatan tentang naskah surat bukan yang tercatat pada riwayat."


_SEALS: Mapping[str, tuple[Callable[[Session, str], str | None], str]] = {
    "number_seal": (seal_of_number, "Baris buku nomor"),
    "request_seal": (seal_of_request, "Permintaan nomor"),
    "release_seal": (seal_of_release, "Petunjuk pengiriman"),
    "signature_seal": (seal_of_signature, "Keterangan tanda tangan surat"),
}

#: Outputs of the steps after which their performer is a party of the letter.
_PASSED = frozenset({"decision_seal", "content_hash"})
