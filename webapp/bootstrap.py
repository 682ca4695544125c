"""The composition root: the one place where the parts of the house are introduced to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine import Clock, Database, DbosQueue, HandlerCatalog, JobQueue, ProcessEngine, SystemClock
from handlers import HandlerParts, catalog
from handlers.composing import MEDIA_TYPES, ComposeLetter, Composer, check_upload, guard_docx
from handlers.documents import DocumentStore
from handlers.letter_books import LetterBooks
from handlers.letters import Letters, Sheets
from handlers.organisation import Organisation
from handlers.register import NumberList, Register
from handlers.routing import OrganisationRouting
from handlers.sending import (
    Channel,
    EmailChannel,
    HandDeliveryChannel,
    Notices,
    OutboxChannel,
    PaperChannel,
    RemindPerformer,
    SendLetter,
)
from handlers.signing import DemoAuthority, PadesSigner, SignLetter, Trust
from webapp.accounts import Accounts
from webapp.config import Settings
from webapp.drafts import Drafts
from webapp.previews import Previews
from webapp.reminding import ReminderDesk
from webapp.uploads import Guard, Guarded, Uploads


@dataclass(frozen=True)
class Office:
    """Everything a page or a command may ask for."""

    settings: Settings
    clock: Clock
    database: Database
    jobs: JobQueue
    engine: ProcessEngine
    catalog: HandlerCatalog
    organisation: Organisation
    letters: Letters
    register: Register
    numbers: NumberList
    documents: DocumentStore
    authority: DemoAuthority
    accounts: Accounts
    notices: Notices
    by_hand: PaperChannel
    drafts: Drafts
    uploads: Uploads
    previews: Previews

    def trust(self) -> Trust:
        """Whom verdicts about signatures believe, with fresh news of revocation."""
        return self.authority.trust


@dataclass(frozen=True)
class Channels:
    """The ways letters leave the office."""

    electronic: Channel
    by_hand: PaperChannel


@dataclass(frozen=True)
class _Ground:
    """What the parts of one installation stand on."""

    settings: Settings
    clock: Clock
    database: Database
    documents: DocumentStore
    authority: DemoAuthority
    sheets: Sheets
    composer: Composer
    channels: Channels


def build_office(
    settings: Settings,
    *,
    clock: Clock | None = None,
    jobs: JobQueue | None = None,
    channels: Channels | None = None,
) -> Office:
    """
    Build the parts of one installation and introduce them to each other.

    Nothing is written to the database here; tables come from ``alur migrate``.
    Tests give a clock, a queue without a worker, and channels of their own.
    """
    clock = clock or SystemClock()
    ground = _Ground(
        settings=settings,
        clock=clock,
        database=Database(settings.database_url),
        documents=DocumentStore(settings.home / "documents"),
        authority=DemoAuthority(settings.home / "authority"),
        sheets=Sheets(f"{settings.public_url}/v/"),
        composer=Composer(),
        channels=channels or _channels(settings, clock),
    )
    return _furnish(ground, jobs or DbosQueue(ground.database))


def _furnish(ground: _Ground, jobs: JobQueue) -> Office:
    """Let the engine know the handlers, and pages and commands all of them."""
    settings, clock, database = ground.settings, ground.clock, ground.database
    desk = ReminderDesk()
    topics = catalog(_parts(ground, desk))
    organisation = Organisation(database)
    engine = ProcessEngine(
        database,
        topics,
        OrganisationRouting(),
        clock,
        jobs,
        organisation.calendar_of,
        abandoned_after=timedelta(seconds=settings.signing_seconds),
    )
    desk.open(engine, database)
    return Office(
        settings=settings,
        clock=clock,
        database=database,
        jobs=jobs,
        engine=engine,
        catalog=topics,
        organisation=organisation,
        letters=Letters(database, ground.sheets),
        register=Register(database),
        numbers=NumberList(database),
        documents=ground.documents,
        authority=ground.authority,
        accounts=Accounts(database, clock),
        notices=Notices(database),
        by_hand=ground.channels.by_hand,
        drafts=Drafts(database, clock),
        uploads=Uploads(ground.documents, settings.secret_key, _guards()),
        previews=Previews(settings.home / "previews", ground.composer),
    )


def _parts(ground: _Ground, desk: ReminderDesk) -> HandlerParts:
    """The steps that touch the world."""
    clock, database, documents = ground.clock, ground.database, ground.documents
    books = LetterBooks(database, ground.sheets)
    address = ground.settings.smtp_url
    mailer = EmailChannel.from_url(address, clock) if address else None
    electronic, by_hand = ground.channels.electronic, ground.channels.by_hand
    return HandlerParts(
        documents=documents,
        compose=ComposeLetter(ground.composer, documents, books.read, books.enter_composed),
        sign=SignLetter(
            PadesSigner(ground.authority),
            documents,
            database,
            books,
            clock=clock,
            attempt_lasts=timedelta(seconds=ground.settings.signing_seconds),
        ),
        send=SendLetter(electronic, by_hand, documents, database, books, clock=clock),
        remind=RemindPerformer(database, desk, mailer=mailer, clock=clock),
    )


def _channels(settings: Settings, clock: Clock) -> Channels:
    by_hand = HandDeliveryChannel(settings.home / "hand", clock)
    if settings.smtp_url:
        return Channels(EmailChannel.from_url(settings.smtp_url, clock), by_hand)
    return Channels(OutboxChannel(settings.home / "outbox", clock), by_hand)


def _guards() -> dict[str, Guard]:
    """What an uploaded file must pass, by the ending of its name."""
    endings = (".pdf", ".png", ".jpg", ".jpeg", ".xlsx")
    return {".docx": _guarded_letter, **dict.fromkeys(endings, _guarded_attachment)}


def _guarded_letter(data: bytes, _name: str) -> Guarded:
    guarded = guard_docx(data)
    return Guarded(guarded.data, MEDIA_TYPES["docx"], tuple(guarded.notes))


def _guarded_attachment(data: bytes, name: str) -> Guarded:
    return Guarded(data, MEDIA_TYPES[check_upload(data, name)])
