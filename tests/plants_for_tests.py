"""What somebody with the database's password could change in the books of letter S10."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from engine import Database, sha256_of
from handlers.letters.tables import (
    approval,
    letter,
    letter_document,
    letter_party,
    letter_release,
    letter_version,
    number_request,
)
from handlers.numbering.tables import letter_number
from handlers.register.tables import register_entry

#: A document to be in the store that is none of the letter's.
ANOTHER = b"%PDF another"

_DECISION = (
    select(func.min(approval.c.id)).where(approval.c.decision == "approve").scalar_subquery()
)
_COMPOSED = letter_document.c.role == "composed"

#: What was done -> the append-only table, the statement, and a sentence that tells of it.
PLANTS: Mapping[str, tuple[str, Any, str]] = {
    "a person was put in another's place": (
        "approval",
        update(approval).where(approval.c.id == _DECISION).values(person_name="Orang Lain"),
        "bukan yang tercatat pada riwayat",
    ),
    "a decision was taken away": (
        "approval",
        delete(approval).where(approval.c.id == _DECISION),
        "hilang dari buku",
    ),
    "a version was rewritten": (
        "letter_version",
        update(letter_version).where(letter_version.c.version == 2).values(content={}),
        "berubah sesudah ditulis",
    ),
    "a version was taken away": (
        "letter_version",
        delete(letter_version).where(letter_version.c.version == 1),
        "tidak lengkap",
    ),
    "a secret was opened": (
        "",
        update(letter).values(sifat="terbatas"),
        "sifat lain daripada versinya",
    ),
    "the number was rewritten": (
        "",
        update(letter).values(number="1/2026"),
        "Nomor surat bukan yang tercatat pada riwayat",
    ),
    "the signed document was swapped": (
        "",
        update(letter_document)
        .where(letter_document.c.role == "signed")
        .values(sha256=sha256_of(ANOTHER)),
        "Dokumen surat bukan yang tercatat",
    ),
    "the number and its counter were taken back": (
        "",
        update(letter_number).values(letter_id="another letter"),
        "tidak tercatat pada buku nomor",
    ),
    "the date was rewritten": (
        "",
        update(letter).values(letter_date=date(2020, 1, 1)),
        "Tanggal surat bukan",
    ),
    "somebody let himself read it": (
        "",
        insert(letter_party).values(
            letter_id="S10", party="person:x", since=datetime(2026, 3, 1, tzinfo=UTC)
        ),
        "Pihak yang dilalui surat",
    ),
    "a party was taken off": ("", delete(letter_party), "Pihak yang dilalui surat"),
    "another drafter": (
        "",
        update(letter).values(drafter=select(letter.c.signed_by).scalar_subquery()),
        "Asal surat atau konseptornya",
    ),
    "another signer": (
        "",
        update(letter).values(signed_by=letter.c.drafter),
        "Penanda tangan surat bukan orang yang menyetujuinya",
    ),
    "a signed letter is under way again": (
        "",
        update(letter).values(status="in_review"),
        "Keadaan, alasan, atau waktu surat",
    ),
    "the letter was cancelled": (
        "",
        update(letter).values(status="cancelled"),
        "Keadaan, alasan, atau waktu surat",
    ),
    "another wrote the version": (
        "letter_version",
        update(letter_version).where(letter_version.c.version == 1).values(author_name="X"),
        "Versi surat bukan yang tercatat",
    ),
    "the register tells another recipient": (
        "",
        update(register_entry).values(recipients="Bupati"),
        "Baris agenda bukan yang tercatat",
    ),
    "a remark was added to the register": (
        "",
        update(register_entry).values(note="Dikirim ulang."),
        "Baris agenda bukan yang tercatat",
    ),
    "a used number is void": (
        "",
        update(letter_number).values(state="void", void_reason="Keliru."),
        "Agenda menyebut lain",
    ),
    "another code leads to the letter": (
        "",
        update(letter).values(token="stolen"),
        "Kode pemeriksaan surat bukan yang tercatat",
    ),
    "nobody knows when it was signed": (
        "",
        update(letter).values(signed_at=None),
        "Surat menyebut penanda tangan atau waktu lain",
    ),
    "a letter signed as somebody else": (
        "",
        update(letter).values(signed_as="Bupati"),
        "Keterangan tanda tangan surat bukan",
    ),
    "another reason of the return": (
        "",
        update(letter).values(reason="Lain."),
        "Keadaan, alasan, atau waktu surat bukan",
    ),
    "a letter that was never sent": (
        "",
        update(letter).values(sent_at=None),
        "Keadaan, alasan, atau waktu surat bukan",
    ),
    "a letter that was never filed": (
        "",
        update(letter).values(filed_at=None),
        "Keadaan, alasan, atau waktu surat bukan",
    ),
    "the register tells another day of sending": (
        "",
        update(register_entry).values(sent_at=None),
        "Waktu kirim pada agenda bukan",
    ),
    "a document of another version": (
        "",
        update(letter_document).where(_COMPOSED).values(version=1),
        "Catatan tentang naskah surat bukan",
    ),
    "a document of more pages": (
        "",
        update(letter_document).where(_COMPOSED).values(pages=9),
        "Catatan tentang naskah surat bukan",
    ),
    "a document with another name printed": (
        "",
        update(letter_document).where(_COMPOSED).values(signer="orang_lain"),
        "Catatan tentang naskah surat bukan",
    ),
    "a signed document of more pages": (
        "",
        update(letter_document).where(~_COMPOSED).values(pages=9),
        "Keterangan tanda tangan surat bukan",
    ),
    "another settled the number": (
        "",
        update(letter_number).values(settled_by="orang_lain"),
        "Baris buku nomor bukan",
    ),
    "a number in no known state": (
        "",
        update(letter_number).values(state="lain"),
        "Keadaan nomor",
    ),
    "another asked for the number": (
        "",
        update(number_request).values(person="orang_lain"),
        "Permintaan nomor bukan",
    ),
    "the sender never said so": ("", delete(letter_release), "Petunjuk pengiriman bukan"),
    "the register tells another subject": (
        "",
        update(register_entry).values(subject="Hal lain"),
        "Agenda menyebut hal",
    ),
}


def without_triggers(session: Any, database: Database, table: str) -> None:
    """Do what somebody with the database's own password can do."""
    if database.is_sqlite:
        for change in ("update", "delete"):
            session.execute(text(f'DROP TRIGGER "{table}_refuses_{change}"'))
    else:
        session.execute(text(f'DROP TRIGGER "{table}_refuses_change" ON "{table}"'))
