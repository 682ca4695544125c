"""The step with the real signer, and the audit of what it left behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from signing_bench import PASSPHRASE, BooksOnPaper, a_call, a_letter
from sqlalchemy import update

from engine import BusinessError, Database, Secret
from handlers.documents import DocumentStore
from handlers.signing import DemoAuthority, PadesSigner, SignLetter, audit_signatures
from handlers.signing.ledger import signing_ledger


@dataclasses.dataclass
class Archive:
    database: Database
    documents: DocumentStore
    authority: DemoAuthority
    document: str
    outcome: Mapping[str, Any]

    def problems(self) -> list[str]:
        with self.database.reading() as session:
            found = audit_signatures(session, self.documents, self.authority.trust)
        assert all(one.letter_id == "surat-1" for one in found)
        return [one.sentence for one in found]

    def overwrite(self, sha256: str, data: bytes) -> None:
        path = self.documents.path(sha256)
        path.chmod(0o600)
        path.write_bytes(data)


@pytest.fixture
def archive(
    sqlite_database: Database, tmp_path: Path, signer: PadesSigner, authority: DemoAuthority
) -> Archive:
    documents, books = DocumentStore(tmp_path / "documents"), BooksOnPaper()
    document = documents.put(a_letter())
    books.consent("surat-1", document)
    step = SignLetter(signer, documents, sqlite_database, books)
    outcome = step.perform(a_call(document), Secret(PASSPHRASE))
    return Archive(sqlite_database, documents, authority, document, outcome)


def test_what_was_signed_passes_the_audit(archive: Archive) -> None:
    assert archive.outcome["level"] == "B-LTA"
    assert archive.problems() == []


def test_a_byte_that_no_verifier_sees_is_seen_by_the_store(archive: Archive) -> None:
    signed = archive.documents.get(archive.outcome["signed_document"])
    place = signed.rindex(b"00>")

    archive.overwrite(
        archive.outcome["signed_document"], signed[:place] + b"1" + signed[place + 1 :]
    )

    assert archive.problems() == ["Dokumen yang ditandatangani bukan lagi dokumen yang disimpan."]


def test_a_lost_document_is_found_missing(archive: Archive) -> None:
    archive.documents.path(archive.outcome["signed_document"]).unlink()

    assert archive.problems() == ["Dokumen yang ditandatangani tidak ada di penyimpanan."]


def test_a_document_put_in_place_of_the_signed_one_is_found(archive: Archive) -> None:
    other = archive.documents.put(a_letter("Isi lain."))
    with archive.database.transaction() as session:
        session.execute(update(signing_ledger).values(signed_document=other))

    problems = archive.problems()

    assert problems[0] == "Dokumen ini tidak ditandatangani."
    assert "tidak bermula dari dokumen yang disetujui" in problems[1]


def test_another_signer_than_the_one_in_the_books_is_found(archive: Archive) -> None:
    with archive.database.transaction() as session:
        session.execute(update(signing_ledger).values(subject="Orang Lain"))

    assert archive.problems() == ["Penanda tangan pada dokumen bukan yang tercatat di buku."]


def test_another_moment_than_the_one_in_the_document_is_found(archive: Archive) -> None:
    with archive.database.transaction() as session:
        session.execute(update(signing_ledger).values(signed_at=signing_ledger.c.submitted_at))

    assert archive.problems() == ["Waktu tanda tangan pada dokumen bukan yang tercatat di buku."]


class _Silent(TimeStamper):
    async def async_request_tsa_response(self, req: Any) -> Any:
        raise TimestampRequestError("no answer")


class _AuthorityWithoutTime(DemoAuthority):
    def timestamper(self) -> TimeStamper:
        return _Silent()  # type: ignore[no-untyped-call]


def test_without_a_time_stamp_nothing_is_signed(sqlite_database: Database, tmp_path: Path) -> None:
    authority = _AuthorityWithoutTime(tmp_path / "authority")
    authority.enrol("contoh:kadis", "Kadis", PASSPHRASE)
    documents, books = DocumentStore(tmp_path / "documents"), BooksOnPaper()
    document = documents.put(a_letter())
    books.consent("surat-1", document)
    step = SignLetter(PadesSigner(authority), documents, sqlite_database, books)

    with pytest.raises(BusinessError, match="tidak menjawab"):
        step.perform(a_call(document), Secret(PASSPHRASE))
