"""The audit of letters: versions, decisions and documents are those that were written."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing
from handlers.letters.draft import hash_of
from handlers.letters.tables import approval, letter, letter_document, letter_version
from handlers.letters.writing import SIGNED_STATES


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
    for row in session.execute(select(letter).where(letter.c.status.in_(SIGNED_STATES))):
        if row.id not in signed:
            yield row.id, "Surat dinyatakan ditandatangani, tetapi dokumennya tidak tercatat."
    consented = select(approval).where(approval.c.decision == "sign")
    for given in session.execute(consented):
        if given.document not in composed.get(given.letter_id, set()):
            yield given.letter_id, "Persetujuan penanda tangan menunjuk naskah yang tidak ada."


def _attached(content: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["sha256"] for each in content["attachments"]]


def _stored(documents: DocumentStore, letter_id: str, sha256: str) -> Iterator[tuple[str, str]]:
    try:
        documents.get(sha256)
    except DocumentMissing:
        yield letter_id, f"Dokumen {sha256[:12]}… tidak ada di penyimpanan."
    except DocumentDamaged:
        yield letter_id, f"Dokumen {sha256[:12]}… bukan lagi dokumen yang disimpan."
