"""The composition root: the one place where the parts of the house are introduced to each other."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Clock, Database, SystemClock
from handlers.documents import DocumentStore
from handlers.organisation import Organisation
from webapp.accounts import Accounts
from webapp.config import Settings


@dataclass(frozen=True)
class Office:
    """Everything a page or a command may ask for."""

    settings: Settings
    clock: Clock
    database: Database
    accounts: Accounts
    organisation: Organisation
    documents: DocumentStore


def build_office(settings: Settings, *, clock: Clock | None = None) -> Office:
    """Build the parts and introduce them to each other."""
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    return Office(
        settings=settings,
        clock=clock,
        database=database,
        accounts=Accounts(database, clock),
        organisation=Organisation(database),
        documents=DocumentStore(settings.home / "documents"),
    )
