"""The seeding: the demonstration's two fictional offices, and the files of its letters."""

from __future__ import annotations

from datetime import date

from engine import Clock, Database
from handlers.demo.source import read_attachment, read_source
from handlers.documents import DocumentStore
from handlers.founding import found_offices


def seed_demo(database: Database, documents: DocumentStore, clock: Clock) -> None:
    """Fill empty books with the two demo offices; books that hold an office stay as they are.

    Letters are not written here: a letter comes into being as a step of a diagram; see
    ``demo_plays``.
    """
    for letter in read_source("letters")["letters"]:
        for attachment in letter["answers"]["attachments"]:
            documents.put(read_attachment(attachment["file"]))
    found_offices(database, read_source, _since(clock))


def _since(clock: Clock) -> date:
    """Return since when the people hold their positions: before today and every sample letter."""
    earliest = min(each["answers"]["letter_date"] for each in read_source("letters")["letters"])
    year = min(clock.now().year, date.fromisoformat(earliest).year)
    return date(year - 1, 1, 1)
