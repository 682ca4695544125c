"""The audit of the office's books: letters, documents, numbers and register agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import EngineError, HistoryEvent
from handlers.documents import DocumentStore
from handlers.letters import audit_letter_history, audit_letters, instances_of_letters
from handlers.numbering import audit_numbers
from handlers.register import audit_register, audit_register_line
from handlers.sending import audit_deliveries

#: Returns the history of a process instance.
HistoryReader = Callable[[str], Sequence[HistoryEvent]]

#: Book -> what compares its lines on one letter with the history of that letter.
_BY_HISTORY: Mapping[str, Callable[[Session, str, Sequence[HistoryEvent]], Iterator[str]]] = {
    "decisions": audit_letter_history,
    "deliveries": audit_deliveries,
    "register": audit_register_line,
}


@dataclass(frozen=True)
class BookProblem:
    """Something in the books that is not as it was written."""

    book: str  #: letters, decisions, deliveries, numbers, register
    subject: str  #: id of the letter, or name of the series
    sentence: str  #: Indonesian


def audit_books(
    session: Session, documents: DocumentStore, history: HistoryReader | None = None
) -> list[BookProblem]:
    """Return everything that is wrong in the books; empty when they are as they were written.

    With the histories of the process instances at hand (``ProcessEngine.history``), the books are
    compared with them too.
    """
    books = {
        "letters": audit_letters(session, documents),
        "numbers": audit_numbers(session),
        "register": audit_register(session),
    }
    found = [
        BookProblem(book, subject, sentence)
        for book, audit in books.items()
        for subject, sentence in audit
    ]
    return found if history is None else [*found, *_against(session, history)]


def _against(session: Session, history: HistoryReader) -> Iterator[BookProblem]:
    for letter_id, instance_id in instances_of_letters(session).items():
        try:
            events = history(instance_id)
        except (EngineError, ValueError):  # a forged line may be no JSON
            continue  # the histories' own audit tells of it
        for book, audit in _BY_HISTORY.items():
            for sentence in audit(session, letter_id, events):
                yield BookProblem(book, letter_id, sentence)
