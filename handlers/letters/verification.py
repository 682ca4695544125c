"""The audit of letters: versions, decisions and documents are those that were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine import EngineError, HistoryEvent, JsonObject, Kind
from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing
from handlers.letters.draft import hash_of
from handlers.letters.sealing import seal_of
from handlers.letters.tables import approval, letter, letter_document, letter_version
from handlers.letters.writing import SIGNED_STATES

#: Returns the history of a process instance.
HistoryReader = Callable[[str], Sequence[HistoryEvent]]


def audit_letters(session: Session, documents: DocumentStore) -> Iterator[tuple[str, str]]:
    """Yield (letter id, sentence) for everything that is not as it was written."""
    hashes: dict[str, dict[int, str]] = {}
    for version in session.execute(select(letter_version)):
        hashes.setdefault(version.letter_id, {})[version.version] = version.content_hash
        if hash_of(version.content) != version.content_hash:
            yield version.letter_id, f"Isi versi {version.version} berubah sesudah ditulis."
        for sha256 in (version.content["docx"], *_attached(version.content)):
            if sha256:
                yield from _stored(documents, version.letter_id, sha256)
    for row in session.execute(select(letter)):
        yield from _projection(session, row)
        written = hashes.get(row.id, {})
        if sorted(written) != list(range(1, row.version + 1)):
            yield row.id, "Versi surat tidak lengkap."
        elif written[row.version] != row.content_hash:
            yield row.id, "Surat menunjuk isi lain daripada versinya yang terakhir."
        if row.status in SIGNED_STATES and not row.number:
            yield row.id, "Surat ditandatangani tanpa nomor."
    for given in session.execute(select(approval)):
        if hashes.get(given.letter_id, {}).get(given.version) != given.content_hash:
            yield given.letter_id, f"Keputusan {given.person_name} menunjuk versi yang tidak ada."
    yield from _documents(session, documents)


def _documents(session: Session, documents: DocumentStore) -> Iterator[tuple[str, str]]:
    signed: set[str] = set()
    composed: dict[str, set[str]] = {}
    for row in session.execute(select(letter_document)):
        yield from _stored(documents, row.letter_id, row.sha256)
        if row.role == "signed":
            signed.add(row.letter_id)
        else:
            composed.setdefault(row.letter_id, set()).add(row.sha256)
    consented = select(approval).where(approval.c.decision == "sign")
    agreed = set()
    for given in session.execute(consented):
        agreed.add(given.letter_id)
        if given.document not in composed.get(given.letter_id, set()):
            yield given.letter_id, "Persetujuan penanda tangan menunjuk naskah yang tidak ada."
    for row in session.execute(select(letter).where(letter.c.status.in_(SIGNED_STATES))):
        if row.id not in agreed:
            yield row.id, "Surat dinyatakan ditandatangani tanpa persetujuan penanda tangan."
        if row.id not in signed:
            yield row.id, "Surat dinyatakan ditandatangani, tetapi dokumennya tidak tercatat."


def audit_letters_history(session: Session, history: HistoryReader) -> Iterator[tuple[str, str]]:
    """Yield (letter id, sentence) where the books and the histories of the steps differ.

    The histories are hash-chained and carry the hash of every version and the seal of every
    decision: what was changed, added or taken away in the books afterwards shows here.
    """
    for row in session.execute(select(letter)):
        try:
            events = history(row.instance_id)
        except EngineError:
            continue  # the histories' own audit tells of it
        outputs = {
            (event.element, event.occurrence): event.details.get("outputs", {})
            for event in events
            if event.kind == Kind.TASK_COMPLETED
        }
        yield from _decisions(session, row.id, outputs)
        told = {
            each["version"]: each["content_hash"]
            for each in outputs.values()
            if "content_hash" in each
        }
        table = letter_version
        query = select(table.c.version, table.c.content_hash).where(table.c.letter_id == row.id)
        if {each.version: each.content_hash for each in session.execute(query)} != told:
            yield row.id, "Versi surat bukan yang tercatat pada riwayat."
        numbers = [each.data_after["number"] for each in events if each.data_after.get("number")]
        if (numbers[-1] if numbers else None) != row.number:
            yield row.id, "Nomor surat bukan yang tercatat pada riwayat."


def _decisions(
    session: Session, letter_id: str, outputs: Mapping[tuple[str, int], JsonObject]
) -> Iterator[tuple[str, str]]:
    told = {at: each["decision_seal"] for at, each in outputs.items() if "decision_seal" in each}
    for given in session.execute(select(approval).where(approval.c.letter_id == letter_id)):
        seal = told.pop((given.element, given.occurrence), None)
        if seal != seal_of(dict(given._mapping)):
            yield letter_id, f"Keputusan {given.person_name} bukan yang tercatat pada riwayat."
    for element, _ in told:
        yield letter_id, f"Keputusan pada langkah {element} hilang dari buku."


def _projection(session: Session, row: Row[Any]) -> Iterator[tuple[str, str]]:
    """Compare the letter's row with its current version: it decides who may read the letter."""
    query = select(letter_version.c.content).where(
        letter_version.c.letter_id == row.id, letter_version.c.version == row.version
    )
    content = session.execute(query).scalar()
    if content is None:
        return
    columns = {"signer_position": "signer"} | {
        name: name for name in ("kind", "classification", "subject", "sifat", "urgency", "capacity")
    }
    for column, name in columns.items():
        if row._mapping[column] != content[name]:
            yield row.id, f"Surat menyebut {name} lain daripada versinya yang terakhir."


def _attached(content: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["sha256"] for each in content["attachments"]]


def _stored(documents: DocumentStore, letter_id: str, sha256: str) -> Iterator[tuple[str, str]]:
    try:
        documents.get(sha256)
    except DocumentMissing:
        yield letter_id, f"Dokumen {sha256[:12]}… tidak ada di penyimpanan."
    except DocumentDamaged:
        yield letter_id, f"Dokumen {sha256[:12]}… bukan lagi dokumen yang disimpan."
