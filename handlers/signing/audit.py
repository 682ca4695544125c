"""The audit of signatures: every signed document is judged again by the gate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing
from handlers.signing.gate import verify_pdf
from handlers.signing.ledger import Entry, signed_entries
from handlers.signing.trust import Trust


@dataclass(frozen=True)
class SignatureProblem:
    """What the audit found wrong with one signed document."""

    letter_id: str
    document: str  #: SHA-256 of the signed document
    sentence: str  #: Indonesian


def audit_signatures(
    session: Session, documents: DocumentStore, trust: Trust, letter_id: str | None = None
) -> list[SignatureProblem]:
    """Return what is wrong with the signed documents of the ledger, of one letter or of all."""
    problems: list[SignatureProblem] = []
    news = trust.news()  # one answer for all of them
    trust = replace(trust, news=lambda: news)
    for entry in signed_entries(session):
        if letter_id is None or entry.letter_id == letter_id:
            problems.extend(
                SignatureProblem(entry.letter_id, entry.signed_document, sentence)
                for sentence in _about(entry, documents, trust)
            )
    return problems


def _about(entry: Entry, documents: DocumentStore, trust: Trust) -> list[str]:
    try:
        signed = documents.get(entry.signed_document)
    except DocumentMissing:
        return ["Dokumen yang ditandatangani tidak ada di penyimpanan."]
    except DocumentDamaged:
        return ["Dokumen yang ditandatangani bukan lagi dokumen yang disimpan."]
    verdict = verify_pdf(signed, trust)
    sentences = list(verdict.problems)
    if verdict.verdict != "valid" and not sentences:
        sentences.append("Tanda tangan elektronik tidak lolos pemeriksaan.")
    if verdict.verdict == "valid" and entry.subject not in {one.name for one in verdict.signers}:
        sentences.append("Penanda tangan pada dokumen bukan yang tercatat di buku.")
    if verdict.verdict == "valid" and entry.signed_at not in {
        one.signed_at for one in verdict.signers
    }:
        sentences.append("Waktu tanda tangan pada dokumen bukan yang tercatat di buku.")
    return sentences + _about_origin(entry, documents, signed)


def _about_origin(entry: Entry, documents: DocumentStore, signed: bytes) -> list[str]:
    try:
        if signed.startswith(documents.get(entry.document)):
            return []
    except (DocumentMissing, DocumentDamaged):
        return ["Dokumen yang disetujui penanda tangan tidak ada lagi di penyimpanan."]
    return ["Dokumen yang ditandatangani tidak bermula dari dokumen yang disetujui."]
