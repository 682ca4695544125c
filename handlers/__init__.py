"""The handlers: everything the office knows of letters. Below, the table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import AttendedHandler, HandlerCatalog, QueuedHandler, Topic
from handlers.documents import DocumentStore
from handlers.letters import (
    ConsentToSign,
    DraftLetter,
    ReviewLetter,
    ReviewOrConsent,
    release_letter,
    request_number,
    reserve_number,
)
from handlers.register import file_registered, register_letter
from handlers.telling import QuietWhenSecret, ToldWhenReturned, cancel_and_tell, tell_admins

#: How process owners read the topics in the modeler.
TOPICS: Mapping[str, Topic] = {
    "letter.draft": Topic("Menulis konsep surat", "Write the draft"),
    "letter.review": Topic("Memeriksa dan memaraf", "Review", decides=True),
    "letter.review_or_consent": Topic(
        "Memeriksa, atau menandatangani a.n.", "Review, or sign on behalf", decides=True
    ),
    "number.request": Topic("Meminta nomor surat", "Ask for a number"),
    "letter.consent": Topic("Menyetujui penandatanganan", "Consent to sign", decides=True),
    "letter.release": Topic("Melepas surat untuk dikirim", "Release for sending"),
    "number.reserve": Topic("Memesan nomor surat", "Reserve a number"),
    "letter.register": Topic("Mencatat pada agenda", "Enter in the register"),
    "letter.file": Topic("Memberkaskan surat", "File the letter"),
    "letter.cancel": Topic("Membatalkan surat", "Cancel the letter"),
    "letter.compose": Topic("Menyusun naskah PDF", "Compose the PDF"),
    "letter.send": Topic("Mengirim surat", "Send the letter"),
    "letter.sign": Topic("Membubuhkan tanda tangan elektronik", "Sign electronically"),
    "notice.remind": Topic("Mengingatkan pelaksana tugas", "Remind the performer", ("task",)),
}


@dataclass(frozen=True)
class HandlerParts:
    """What the catalog is made of: the document store, and the steps that touch the world."""

    documents: DocumentStore
    compose: QueuedHandler
    sign: AttendedHandler
    send: QueuedHandler
    remind: QueuedHandler


def catalog(parts: HandlerParts) -> HandlerCatalog:
    """Return every topic of the diagrams with the handler that answers it."""
    in_store = parts.documents.has
    return HandlerCatalog(
        answers={
            "letter.draft": QuietWhenSecret(DraftLetter(in_store)),
            "letter.review": ToldWhenReturned(ReviewLetter(in_store)),
            "letter.review_or_consent": ToldWhenReturned(ReviewOrConsent(in_store)),
            "number.request": request_number,
            "letter.consent": ToldWhenReturned(ConsentToSign(in_store)),
            "letter.release": release_letter,
        },
        immediate={
            "number.reserve": reserve_number,
            "letter.register": register_letter,
            "letter.file": file_registered,
            "letter.cancel": cancel_and_tell,
        },
        queued={"letter.compose": parts.compose, "letter.send": parts.send},
        attended={"letter.sign": parts.sign},
        notices={"notice.remind": parts.remind},
        stopped=tell_admins,
        topics=TOPICS,
    )
