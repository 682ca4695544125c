"""The audit of the office's books: letters, documents, numbers and register agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers.documents import DocumentStore
from handlers.letters import HistoryReader, audit_letters, audit_letters_history
from handlers.numbering import audit_numbers
from handlers.register import audit_register, audit_register_history
from handlers.sending import audit_deliveries


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
    books: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "letters": lambda: audit_letters(session, documents),
        "decisions": lambda: (
            iter(()) if history is None else audit_letters_history(session, history)
        ),
        "deliveries": lambda: iter(()) if history is None else audit_deliveries(session, history),
        "numbers": lambda: audit_numbers(session),
        "register": lambda: (
            *audit_register(session),
            *(() if history is None else audit_register_history(session, history)),
        ),
    }
    return [
        BookProblem(book, subject, sentence)
        for book, audit in books.items()
        for subject, sentence in audit()
    ]
