"""The proof: histories, books, documents and signatures, checked against one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers.letters import documents_of
from handlers.signing import audit_signatures, signed_entries
from handlers.verification import audit_books
from webapp.bootstrap import Office


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was written."""

    #: history, definitions, messages, letters, decisions, deliveries, numbers, register, signatures
    kind: str
    subject: str  #: id of the letter, process or message, or name of a number series
    sentence: str  #: Indonesian


def prove(office: Office, letter_id: str | None = None) -> list[Flaw]:
    """Return every flaw of the whole office, or of one letter; empty when all is as written."""
    flaws = [*_histories(office, letter_id), *_books(office, letter_id), *_lost_letters(office)]
    flaws += [*_definitions(office), *_messages(office)]
    return [flaw for flaw in flaws if letter_id in (None, flaw.subject)]


def _definitions(office: Office) -> Iterator[Flaw]:
    """Versions that no letter follows yet are checked too: the next one will."""
    for each in office.engine.changed_definitions():
        sentence = f"Diagram atau formulir versi {each.version} diubah setelah diterbitkan."
        yield Flaw("definitions", each.process_id, sentence)
    for process_id in office.engine.changed_starts():
        sentence = "Proses ini dimulai lain daripada menurut versi terbarunya."
        yield Flaw("definitions", process_id, sentence)


def _messages(office: Office) -> Iterator[Flaw]:
    for message_id in office.engine.post.vanished():
        sentence = "Pesan ini hilang, padahal tidak ada yang menerima atau membuangnya."
        yield Flaw("messages", message_id, sentence)


def _histories(office: Office, letter_id: str | None) -> Iterator[Flaw]:
    for instance_id in office.engine.instance_ids():
        instance = office.engine.instance(instance_id)
        if letter_id not in (None, instance.business_key):
            continue
        for problem in office.engine.verify_instance(instance_id):
            yield Flaw("history", instance.business_key, problem.message)


def _books(office: Office, letter_id: str | None) -> Iterator[Flaw]:
    with office.database.reading() as session:
        for book in audit_books(session, office.documents, office.engine.history):
            yield Flaw(book.book, book.subject, book.sentence)
        yield from _unsigned(session, office)
        for signature in audit_signatures(session, office.documents, office.trust(), letter_id):
            yield Flaw("signatures", signature.letter_id, signature.sentence)


def _unsigned(session: Session, office: Office) -> Iterator[Flaw]:
    """A signed document that the ledger does not know would escape the audit of signatures."""
    known = {
        (each.letter_id, each.signed_document, each.person, each.signed_at)
        for each in signed_entries(session)
    }
    for letter_id in office.letters.instances():
        for document in documents_of(session, letter_id, "signed"):
            if (letter_id, document.sha256, document.signer, document.at) not in known:
                sentence = "Dokumen bertanda tangan tidak tercatat begitu pada buku tanda tangan."
                yield Flaw("signatures", letter_id, sentence)


def _lost_letters(office: Office) -> Iterator[Flaw]:
    """Letters and instances name each other; one without the other was taken away."""
    letters = office.letters.instances()
    instances: dict[str, str] = {}
    for instance_id in office.engine.instance_ids():
        instance = office.engine.instance(instance_id)
        instances[instance.business_key] = instance_id
        # A step that wrote a version left its hash in the process data.
        if "content_hash" in instance.data and instance.business_key not in letters:
            yield Flaw("letters", instance.business_key, "Surat ini hilang dari buku.")
    for letter_id, instance_id in letters.items():
        if instances.get(letter_id) != instance_id:
            yield Flaw("history", letter_id, "Surat ini tidak lagi mempunyai riwayat proses.")
