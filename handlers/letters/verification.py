"""The audit of letters: versions, decisions and documents are those that were written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing
from handlers.letters.draft import hash_of
from handlers.letters.tables import approval, letter, letter_document, letter_version
from handlers.letters.writing import SIGNED_STATES
from handlers.numbering import last_number_of


def audit_letters(session: Session, documents: DocumentStore) -> Iterator[tuple[str, str]]:
    """Yield (letter id, sentence) for everything that is not as it was written."""
    hashes: dict[str, dict[int, str]] = {}
    for version in session.execute(select(letter_version)):
        hashes.setdefault(version.letter_id, {})[version.version] = version.content_hash
        if hash_of(version.content) != version.content_hash:
            yield version.letter_id, f"Isi versi {version.version} berubah sesudah ditulis."
            continue  # whatever stands there now is not what was written
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
        if row.number:
            yield from _number(session, row)
    for given in session.execute(select(approval)):
        if hashes.get(given.letter_id, {}).get(given.version) != given.content_hash:
            yield given.letter_id, f"Keputusan {given.person_name} menunjuk versi yang tidak ada."
    yield from _documents(session, documents)


def _documents(session: Session, documents: DocumentStore) -> Iterator[tuple[str, str]]:
    signed: dict[str, tuple[str, datetime]] = {}
    composed: dict[str, set[str]] = {}
    for row in session.execute(select(letter_document)):
        yield from _stored(documents, row.letter_id, row.sha256)
        if row.role == "signed":
            signed[row.letter_id] = (row.signer, row.at)
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
        elif signed[row.id] != (row.signed_by, row.signed_at):
            yield row.id, "Surat menyebut penanda tangan atau waktu lain daripada dokumennya."


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
        if row._mapping[column] != content.get(name):
            yield row.id, f"Surat menyebut {name} lain daripada versinya yang terakhir."


def _number(session: Session, row: Row[Any]) -> Iterator[tuple[str, str]]:
    """Compare the letter's number and date with the number book: a number given is never lost."""
    number = last_number_of(session, row.id)
    if number is None or number.text != row.number:
        yield row.id, f"Nomor {row.number} tidak tercatat pada buku nomor."
    elif number.letter_date != row.letter_date:
        yield row.id, "Tanggal surat bukan tanggal nomornya."


def _attached(content: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["sha256"] for each in content["attachments"]]


def _stored(documents: DocumentStore, letter_id: str, sha256: str) -> Iterator[tuple[str, str]]:
    try:
        documents.get(sha256)
    except DocumentMissing:
        yield letter_id, f"Dokumen {sha256[:12]}… tidak ada di penyimpanan."
    except DocumentDamaged:
        yield letter_id, f"Dokumen {sha256[:12]}… bukan lagi dokumen yang disimpan."
