"""Every sample letter through its SOP on the real engine, with a world of paper and ink."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from letters_for_tests import FrozenClock, play_named
from plants_for_tests import ANOTHER, PLANTS, without_triggers
from sqlalchemy import select

from engine import (
    SYSTEM,
    Database,
    DirectQueue,
    JsonObject,
    OpenTask,
    ProcessEngine,
    Secret,
    StepCall,
    canonical_json,
)
from handlers import HandlerParts, catalog
from handlers.demo import DemoPlay, demo_plays, seed_demo
from handlers.documents import DocumentStore
from handlers.letter_books import LetterBooks
from handlers.letters import Sheets, delivery_list
from handlers.letters.tables import (
    letter,
)
from handlers.organisation import Organisation, appoint, end_holding
from handlers.routing import OrganisationRouting
from handlers.verification import BookProblem, audit_books

BPMN = Path(__file__).parents[3] / "bpmn"


class Typesetter:
    """Composes by writing the sheet down."""

    def __init__(self, books: LetterBooks, documents: DocumentStore) -> None:
        self._books, self._documents = books, documents

    def perform(self, call: StepCall) -> JsonObject:
        sheet = self._books.read(call).sheet
        return {
            "document": self._documents.put(canonical_json(sheet.as_json())),
            "pages": 1,
            "anchor": {"page": 0, "x0": 1.0, "y0": 1.0, "x1": 2.0, "y1": 2.0},
            "producer": "paper",
            "version": sheet.version,
            "content_hash": sheet.content_hash,
        }

    def record(self, call: StepCall, outcome: JsonObject, session: Any) -> JsonObject:
        kept = self._books.enter_composed(call, outcome, session)
        return {"document": outcome["document"], **kept}


class Pen:
    """Signs with ink whatever its holder consented to."""

    def __init__(self, books: LetterBooks, documents: DocumentStore, database: Database) -> None:
        self._books, self._documents, self._database = books, documents, database

    def perform(self, call: StepCall, secret: Secret) -> JsonObject:
        secret.reveal_once()
        document = call.data["document"]
        with self._database.reading() as session:
            order = self._books.signing_order(session, call.business_key, document)
        assert (order.consented_document, order.consented_by) == (document, call.actor.person)
        return {
            "signed_document": self._documents.put(b"signed " + self._documents.get(document)),
            "level": "ink",
            "subject": call.actor.name,
            "signed_at": call.at.isoformat(),
        }

    def recall(self, call: StepCall) -> JsonObject | None:
        return None

    def record(self, call: StepCall, outcome: JsonObject, session: Any) -> JsonObject:
        document = call.data["document"]
        kept = self._books.enter_signed(session, call.business_key, document, outcome, call)
        return {"signed_document": outcome["signed_document"], **kept}


class Postman:
    """Carries the letter to everybody on the list."""

    def __init__(self, books: LetterBooks, database: Database) -> None:
        self._books, self._database = books, database

    def perform(self, call: StepCall) -> JsonObject:
        signed = call.data["signed_document"]
        with self._database.reading() as session:
            order = self._books.sending_order(session, call.business_key, signed)
        return {"delivered": len(order.recipients)}

    def record(self, call: StepCall, outcome: JsonObject, session: Any) -> JsonObject:
        signed = call.data["signed_document"]
        self._books.enter_sent(session, call.business_key, signed, outcome, call)
        return {"undelivered": 0}


class Bell:
    def perform(self, call: StepCall) -> JsonObject:
        return {}

    def record(self, call: StepCall, outcome: JsonObject, session: Any) -> JsonObject:
        return {}


class Theatre:
    """The engine with both SOPs, and hands that answer each task as the play says."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.documents = DocumentStore(folder / "documents")
        self.clock = FrozenClock()
        self.queue = DirectQueue()
        self.organisation = Organisation(database)
        books = LetterBooks(database, Sheets("https://surat.example/v/"))
        parts = HandlerParts(
            documents=self.documents,
            compose=Typesetter(books, self.documents),
            sign=Pen(books, self.documents, database),
            send=Postman(books, database),
            remind=Bell(),
        )
        self.engine = ProcessEngine(
            database,
            catalog(parts),
            OrganisationRouting(),
            self.clock,
            self.queue,
            self.organisation.calendar_of,
        )
        seed_demo(database, self.documents, self.clock)
        forms = {path.stem: path.read_text() for path in (BPMN / "forms").glob("*.json")}
        for path in sorted(BPMN.glob("*.bpmn")):
            self.engine.deploy(path.read_bytes(), forms, SYSTEM)

    def play(self, play: DemoPlay) -> list[str]:
        """Play the letter to its end; return the elements whose tasks were done."""
        day = self.clock.now().date()
        if play.acting is None:
            return self._played(play, day)
        with self.database.transaction() as session:
            holding = appoint(
                session,
                play.acting["person"],
                play.acting["position"],
                kind="Plh",
                valid_from=day,
                valid_until=day,
            )
        done = self._played(play, day)
        with self.database.transaction() as session:
            end_holding(session, holding, day - timedelta(days=1))
        return done

    def _played(self, play: DemoPlay, day: date) -> list[str]:
        drafter = self.organisation.actor_for(play.drafter, None, self.clock.now())
        instance = self.engine.start(
            play.process_id, play.name, play.office, play.start_data, drafter
        )
        events, done = list(play.events), []
        self.queue.run_pending(self.engine)
        while tasks := self.engine.tasks_of(instance):
            (task,) = tasks
            assert task.candidates, task
            answers: dict[str, Any] = {"decision": "approve", "consent": True}
            if events and events[0].element == task.element:
                event = events.pop(0)
                answers = {"decision": event.decision, "reason": event.reason, **event.changes}
            elif task.element == "draft_letter":
                answers = play.draft_answers(day)
            elif task.element == "revise_letter":
                answers = {"decision": "resubmit"}
            self.answer(task, answers)
            done.append(task.element)
            self.queue.run_pending(self.engine)
        assert not events
        return done

    def answer(self, task: OpenTask, answers: dict[str, Any]) -> None:
        with self.database.reading() as session:
            row = session.execute(select(letter).where(letter.c.id == task.business_key)).first()
        read = {}
        if row is not None:
            read = {
                "read_version": row.version,
                "read_hash": row.content_hash,
                "read_document": task.data.get("document", ""),
            }
        now = self.clock.now()
        person = self.organisation.in_charge(task.candidates[0], now)[0].id
        actor = self.organisation.actor_for(person, task.candidates[0], now)
        secret = Secret("x") if "consent" in answers else None
        self.engine.complete_task(task.id, actor, {**read, **answers}, secret=secret)

    def row(self, letter_id: str) -> Any:
        with self.database.reading() as session:
            return session.execute(select(letter).where(letter.c.id == letter_id)).one()

    def audit(self) -> list[BookProblem]:
        with self.database.reading() as session:
            return audit_books(session, self.documents, self.engine.history)


@pytest.fixture
def theatre(database: Database, tmp_path: Path) -> Theatre:
    return Theatre(database, tmp_path)


def test_every_sample_letter_ends_as_its_scenario_says(theatre: Theatre) -> None:
    for play in demo_plays():
        done = theatre.play(play)

        row = theatre.row(play.name)
        assert row.status == play.ends, play.name
        assert not set(play.skipped).intersection(done), play.name
        if play.ends == "archived":
            label = ", ".join(line.rstrip(",") for line in play.signing_lines)
            assert (row.signed_by, row.signed_as) == (play.signer, label), play.name
            with theatre.database.reading() as session:
                assert len(delivery_list(session, play.name)) == play.recipients, play.name
    assert theatre.audit() == []


def test_a_head_drafts_and_the_letter_still_leaves_the_office(theatre: Theatre) -> None:
    play = play_named("S01")
    for name, position in (
        ("kasi", "dpmptsp:kasi_usaha"),
        ("kabid", "dpmptsp:kabid_yan"),
        ("sekdis", "dpmptsp:sekdis"),
        ("kadis", "dpmptsp:kadis"),
    ):
        unit = theatre.organisation.position(position).unit
        person = position.partition(":")[2]
        changed = {
            "name": name,
            "unit": unit,
            "drafter": person,
            "drafter_position": position,
        }

        theatre.play(DemoPlay(**{**vars(play), **changed}))

        assert theatre.row(name).status == "archived"
    assert theatre.audit() == []


def test_the_audit_finds_every_planted_change(theatre: Theatre) -> None:
    theatre.play(play_named("S10"))
    theatre.documents.put(ANOTHER)
    for name, (table, statement, sentence) in PLANTS.items():
        with theatre.database.writers() as session:
            if table:
                without_triggers(session, theatre.database, table)
            session.execute(statement)
            problems = audit_books(session, theatre.documents, theatre.engine.history)
            session.rollback()
        assert sentence in " ".join(each.sentence for each in problems), name
    assert theatre.audit() == []
