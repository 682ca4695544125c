"""The queued step of the diagrams: compose the letter of an instance (topic letter.compose)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from engine import BusinessError, JsonObject, StepCall
from handlers.composing.composed import CompositionRefused
from handlers.composing.composer import Composer
from handlers.documents import DocumentStore
from handlers.letters import LetterSheet


@dataclass(frozen=True)
class LetterToCompose:
    """What the books say of the letter at this moment."""

    sheet: LetterSheet
    docx: str | None = None  #: SHA-256 of the uploaded Word file in the document store


class LetterReader(Protocol):
    """Reads the letter that a step is about, in a query of its own."""

    def __call__(self, call: StepCall) -> LetterToCompose: ...


class DocumentRecorder(Protocol):
    """Enters a composed document into the books of the letter, inside the finishing step.

    Returns what the history is to keep of it.
    """

    def __call__(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject: ...


class ComposeLetter:
    """Composes the letter and stores it. Repeating it stores the same document again: once."""

    def __init__(
        self,
        composer: Composer,
        documents: DocumentStore,
        read: LetterReader,
        enter: DocumentRecorder,
    ) -> None:
        self._composer = composer
        self._documents = documents
        self._read = read
        self._enter = enter

    def perform(self, call: StepCall) -> JsonObject:
        """Return document, pages, anchor and producer, and which version and signer was composed.

        Raises ``BusinessError`` COMPOSE_REFUSED with a sentence for the drafter.
        """
        letter = self._read(call)
        docx = None if letter.docx is None else self._documents.get(letter.docx)
        try:
            composed = self._composer.compose(letter.sheet, docx)
        except CompositionRefused as refusal:
            raise BusinessError("COMPOSE_REFUSED", str(refusal)) from refusal
        return {
            "document": self._documents.put(composed.pdf),
            "pages": composed.pages,
            "anchor": composed.anchor.as_json(),
            "producer": composed.producer,
            "version": letter.sheet.version,
            "content_hash": letter.sheet.content_hash,
            "signer": letter.sheet.signing.person,
        }

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Enter the document into the books; the process remembers its SHA-256."""
        kept = self._enter(call, outcome, session)
        return {"document": outcome["document"], **kept}
