"""The composition root: the one place where the parts of the house are introduced to each other."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Clock, Database, DbosQueue, HandlerCatalog, JobQueue, ProcessEngine, SystemClock
from handlers import HandlerParts, catalog
from handlers.composing import MEDIA_TYPES, ComposeLetter, Composer, check_upload, guard_docx
from handlers.documents import DocumentStore
from handlers.letter_books import LetterBooks
from handlers.letters import Letters, Sheets
from handlers.organisation import Organisation
from handlers.register import Register
from handlers.routing import OrganisationRouting
from handlers.sending import (
    Channel,
    EmailChannel,
    HandDeliveryChannel,
    Notices,
    OutboxChannel,
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
    documents: DocumentStore
    authority: DemoAuthority
    accounts: Accounts
    notices: Notices
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
    by_hand: Channel


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
    database = Database(settings.database_url)
    jobs = jobs or DbosQueue(database)
    documents = DocumentStore(settings.home / "documents")
    authority = DemoAuthority(settings.home / "authority")
    sheets = Sheets(f"{settings.public_url}/v/")
    composer = Composer()
    desk = ReminderDesk()
    topics = catalog(
        _parts(
            settings,
            clock,
            database,
            documents,
            LetterBooks(database, sheets),
            composer,
            authority,
            channels or _channels(settings, clock),
            desk,
        )
    )
    organisation = Organisation(database)
    engine = ProcessEngine(
        database, topics, OrganisationRouting(), clock, jobs, organisation.calendar_of
    )
    letters = Letters(database, sheets)
    desk.open(engine, database)
    return Office(
        settings=settings,
        clock=clock,
        database=database,
        jobs=jobs,
        engine=engine,
        catalog=topics,
        organisation=organisation,
        letters=letters,
        register=Register(database),
        documents=documents,
        authority=authority,
        accounts=Accounts(database, clock),
        notices=Notices(database),
        drafts=Drafts(database, clock),
        uploads=Uploads(documents, settings.secret_key, _guards()),
        previews=Previews(settings.home / "previews", composer),
    )


def _parts(  # noqa: PLR0917  # the composition root names them
    settings: Settings,
    clock: Clock,
    database: Database,
    documents: DocumentStore,
    books: LetterBooks,
    composer: Composer,
    authority: DemoAuthority,
    channels: Channels,
    desk: ReminderDesk,
) -> HandlerParts:
    """The steps that touch the world."""
    mailer = EmailChannel.from_url(settings.smtp_url, clock) if settings.smtp_url else None
    return HandlerParts(
        documents=documents,
        compose=ComposeLetter(composer, documents, books.read, books.enter_composed),
        sign=SignLetter(PadesSigner(authority), documents, database, books, clock=clock),
        send=SendLetter(
            channels.electronic, channels.by_hand, documents, database, books, clock=clock
        ),
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
