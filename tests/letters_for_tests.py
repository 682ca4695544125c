"""A demo office whose letters are moved by hand: every step as the engine would call it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import Actor, Database, HandlerCatalog, JsonObject, Secret, StepCall
from handlers import HandlerParts, catalog
from handlers.demo import DemoPlay, demo_plays, seed_demo
from handlers.documents import DocumentStore
from handlers.letters import Sheets, record_document, record_signed
from handlers.letters.tables import letter
from handlers.organisation import Organisation

#: A Thursday, 10.00 WIB.
NOW = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)


@dataclass
class FrozenClock:
    """A clock that tells what it is told to tell."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


class Unasked:
    """Stands for the steps that touch the world."""

    def perform(self, call: StepCall, secret: Secret | None = None) -> JsonObject:
        raise AssertionError("The world is not asked here.")

    def recall(self, call: StepCall) -> JsonObject | None:
        return None

    def record(self, call: StepCall, outcome: JsonObject, session: Any) -> JsonObject:
        raise AssertionError("The world is not asked here.")


def a_catalog(documents: DocumentStore) -> HandlerCatalog:
    world = Unasked()
    return catalog(HandlerParts(documents, world, world, world, world))


def play_named(name: str) -> DemoPlay:
    return next(each for each in demo_plays() if each.name == name)


@dataclass
class LetterOffice:
    """The two demo offices, and a hand that calls handlers like the engine does."""

    database: Database
    documents: DocumentStore
    clock: FrozenClock = field(default_factory=FrozenClock)
    sheets: Sheets = field(default_factory=lambda: Sheets("https://surat.example/v/"))
    data: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.handlers = a_catalog(self.documents)
        self.organisation = Organisation(self.database)
        self._occurrences = itertools.count(1)

    @classmethod
    def opened(cls, database: Database, folder: Path) -> LetterOffice:
        office = cls(database, DocumentStore(folder / "documents"))
        seed_demo(database, office.documents, office.clock)
        return office

    def actor(self, person: str, position: str | None = None) -> Actor:
        return self.organisation.actor_for(person, position, self.clock.now())

    def step(
        self,
        topic: str,
        letter_id: str,
        actor: Actor,
        answers: Mapping[str, Any] | None = None,
        *,
        element: str = "",
        scope: str = "",
    ) -> JsonObject:
        """Call the handler of the topic in a transaction of its own; keep its outputs."""
        data = self.data.setdefault(letter_id, {})
        call = StepCall(
            key=f"{letter_id}:{topic}",
            topic=topic,
            instance_id=f"instance-{letter_id}",
            business_key=letter_id,
            scope=scope or self.scope_of(letter_id),
            process_id="test",
            element=element or topic.replace(".", "_"),
            element_name=topic,
            occurrence=next(self._occurrences),
            actor=actor,
            at=self.clock.now(),
            data=dict(data),
            answers=answers or {},
        )
        handler = self.handlers.answers.get(topic) or self.handlers.immediate[topic]
        with self.database.transaction() as session:
            outputs = handler(call, session)
        data.update(outputs)
        return outputs

    def draft(self, play: DemoPlay, letter_id: str, **changes: Any) -> str:
        """Write the first version of the play's letter; return the letter's id."""
        self.data[letter_id] = dict(play.start_data)
        answers = {**play.draft_answers(), **changes}
        actor = self.actor(play.drafter)
        self.step("letter.draft", letter_id, actor, answers, scope=play.office)
        return letter_id

    def row(self, letter_id: str) -> Any:
        with self.database.reading() as session:
            return session.execute(select(letter).where(letter.c.id == letter_id)).one()

    def scope_of(self, letter_id: str) -> str:
        return str(self.row(letter_id).office)

    def read(self, letter_id: str) -> dict[str, Any]:
        """Return the answers that say which version was read."""
        row = self.row(letter_id)
        return {"read_version": row.version, "read_hash": row.content_hash}

    def review(self, letter_id: str, person: str, decision: str, **more: Any) -> JsonObject:
        answers = {**self.read(letter_id), "decision": decision, **more}
        return self.step("letter.review", letter_id, self.actor(person), answers)

    def number(self, letter_id: str, person: str, **answers: Any) -> str:
        actor = self.actor(person)
        self.step("number.request", letter_id, actor, answers)
        return str(self.step("number.reserve", letter_id, actor)["number"])

    def compose(self, letter_id: str, content: bytes = b"%PDF composed") -> str:
        """Enter a document as the composing step would."""
        sha256 = self.documents.put(
            content + letter_id.encode() + self.row(letter_id).content_hash.encode()
        )
        with self.database.transaction() as session:
            sheet = self.sheets.sheet(session, letter_id, self.clock.now())
            record_document(
                session,
                letter_id,
                "composed",
                sha256,
                at=self.clock.now(),
                version=sheet.version,
                pages=1,
                anchor={"page": 0, "x0": 1.0, "y0": 1.0, "x1": 2.0, "y1": 2.0},
                signer=sheet.signing.person,
                details={"name": sheet.signing.name, "position": sheet.signing.position},
            )
        return sha256

    def consent(self, letter_id: str, actor: Actor, document: str, **more: Any) -> JsonObject:
        answers = {
            **self.read(letter_id),
            "decision": "approve",
            "consent": True,
            "read_document": document,
            **more,
        }
        return self.step("letter.consent", letter_id, actor, answers)

    def sign(self, letter_id: str, person: str, composed: str) -> str:
        """Enter a signed document as the signing step would."""
        sha256 = self.documents.put(b"signed " + composed.encode())
        with self.database.transaction() as session:
            record_signed(
                session,
                letter_id,
                sha256,
                composed=composed,
                person=person,
                at=self.clock.now(),
            )
        return sha256

    def send_away(self, letter_id: str, number_by: str, signer: str) -> None:
        """Take a drafted letter through number, signature, register and file."""
        if self.row(letter_id).number is None:
            self.number(letter_id, number_by)
        composed = self.compose(letter_id)
        position = self.row(letter_id).signer_position
        self.consent(letter_id, self.actor(signer, position), composed)
        self.sign(letter_id, signer, composed)
        actor = self.actor(number_by)
        self.step("letter.register", letter_id, actor)
        self.step("letter.release", letter_id, actor)
        self.step("letter.file", letter_id, actor)

    def book(self) -> Any:
        return self.database.reading()


def reader_of(office: LetterOffice, person: str) -> Any:
    return office.organisation.reader(person, office.clock.now())
