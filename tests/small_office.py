"""A small office for the owner's and the auditor's pages: real engine, handlers of a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from engine import (
    Actor,
    BusinessError,
    Database,
    DirectQueue,
    HandlerCatalog,
    JsonObject,
    ProcessEngine,
    RouteRequest,
    Secret,
    StepCall,
    WorkingCalendar,
)
from handlers.documents import DocumentStore
from handlers.errors import UnknownLetter
from handlers.organisation import Reader
from handlers.signing import Trust
from webapp import create_app
from webapp.config import Settings

DIAGRAMS = Path(__file__).parents[1] / "bpmn"
SOP = "outgoing_letter_sop_1_2_12"
KECAMATAN = "outgoing_letter_kecamatan"
FORMS = {file.stem: file.read_text("utf-8") for file in sorted((DIAGRAMS / "forms").glob("*.json"))}

OWNER = Actor("ratna", "Ratna Rekaan")


class TickingClock:
    """Moves on by some minutes whenever somebody looks, as days in an office do."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 16, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta"))

    def now(self) -> datetime:
        self._now += timedelta(minutes=2)
        return self._now


class EverybodyRouter:
    """Offers each task to the role that is drawn."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return request.candidate_groups


def answer(call: StepCall, session: Session) -> JsonObject:
    return dict(call.answers)


def note_number(call: StepCall, session: Session) -> JsonObject:
    return {"numbered": True, "number": "000.1/017/DPM/2026"}


def nothing(call: StepCall, session: Session) -> JsonObject:
    return {}


class Write:
    """Puts a document into the store and names it in the process data."""

    def __init__(self, documents: DocumentStore, name: str) -> None:
        self._documents, self._name = documents, name

    def perform(self, call: StepCall) -> JsonObject:
        text = f"%PDF-1.7 {call.business_key} {call.topic} {call.occurrence}"
        return {"sha256": self._documents.put(text.encode())}

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        return {self._name: outcome["sha256"]}


class Sign(Write):
    """Signs when the passphrase is right, and says so when it is not."""

    def perform(self, call: StepCall, secret: Secret) -> JsonObject:  # type: ignore[override]
        if secret.reveal_once() != "benar":
            raise BusinessError("SIGNING_FAILED", "Passphrase salah; silakan ulangi.")
        return super().perform(call)

    def recall(self, call: StepCall) -> JsonObject | None:
        return None


class Send:
    def perform(self, call: StepCall) -> JsonObject:
        return {"delivered": 1}

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        return {"undelivered": 0}


def catalog(documents: DocumentStore) -> HandlerCatalog:
    operations = (
        "letter.draft", "letter.review", "letter.review_or_consent", "letter.consent",
        "letter.release",
    )  # fmt: skip
    return HandlerCatalog(
        answers={**dict.fromkeys(operations, answer), "number.request": answer},
        immediate={
            "number.reserve": note_number,
            "letter.register": nothing,
            "letter.file": nothing,
            "letter.cancel": nothing,
        },
        queued={"letter.compose": Write(documents, "document"), "letter.send": Send()},
        attended={"letter.sign": Sign(documents, "signed_document")},
        notices={"notice.remind": Send()},
    )


def always_working(_scope: str) -> WorkingCalendar:
    day = ((time(0, 0), time(23, 59)),)
    return WorkingCalendar("Asia/Jakarta", dict.fromkeys(range(7), day), frozenset())


def engine_in(database: Database, documents: DocumentStore) -> ProcessEngine:
    """A real engine over the database, both SOPs deployed."""
    queue = DirectQueue()
    engine = ProcessEngine(
        database, catalog(documents), EverybodyRouter(), TickingClock(), queue, always_working
    )
    for process in (SOP, KECAMATAN):
        engine.deploy((DIAGRAMS / f"{process}.bpmn").read_bytes(), FORMS, OWNER)
    return engine


def actor(role: str) -> Actor:
    names = {
        "drafter": "Sari Rekaan",
        "unit_head": "Budi Rekaan",
        "second_reviewer": "Dewi Rekaan",
        "mail_officer": "Tono Rekaan",
        "office_head": "Rahmat Rekaan",
        "signer": "Rahmat Rekaan",
    }
    behalf = "Plh. Kepala Dinas" if role == "signer" else ""
    return Actor(role, names.get(role, role), role, behalf, frozenset({role}))


def start(engine: ProcessEngine, letter: str, **data: Any) -> str:
    begun = {
        "unit": "umum", "drafter_position": "drafter", "drafter": "drafter",
        "kind": "surat_biasa", "sifat": "biasa", "urgency": "biasa", "version": 1,
        "signer_position": "signer", "signer_stage": "head",
        "signer_is_second_reviewer": False, "numbered": False, **data,
    }  # fmt: skip
    return engine.start(SOP, letter, "dpm", begun, actor("drafter"))


def do(
    engine: ProcessEngine,
    instance_id: str,
    answers: Mapping[str, Any],
    *,
    reason: str = "",
    passphrase: str = "",
) -> None:
    """Complete the one open task as whoever it is offered to, then let the machines work."""
    (task,) = engine.tasks_of(instance_id)
    role = task.candidates[0]
    secret = Secret(passphrase) if passphrase else None
    engine.complete_task(task.id, actor(role), answers, reason=reason, secret=secret)
    DirectQueue().run_pending(engine)


def returned_letter(engine: ProcessEngine, letter: str = "letter-1", **data: Any) -> str:
    """A letter that was returned once, met a wrong passphrase, and was sent in the end."""
    instance = start(engine, letter, **data)
    do(engine, instance, {"decision": "resubmit"})
    do(engine, instance, {"decision": "return"}, reason="Tanggal acara belum ditulis.")
    do(engine, instance, {"decision": "resubmit", "version": 2})
    do(engine, instance, {"decision": "approve"})
    do(engine, instance, {"decision": "approve"})
    do(engine, instance, {"decision": "approve"})
    do(engine, instance, {"decision": "approve"}, passphrase="salah")
    do(engine, instance, {"decision": "approve"}, passphrase="benar")
    do(engine, instance, {"decision": "approve"})
    return instance


POSITIONS = {
    "drafter": "Staf Umum",
    "unit_head": "Kepala Subbagian Umum",
    "second_reviewer": "Sekretaris",
    "mail_officer": "Pengelola Surat",
    "signer": "Kepala Dinas",
}


class SmallOrganisation:
    """Two offices; a person's id is the role the person has: "owner", or "owner@kec"."""

    def offices(self) -> list[SimpleNamespace]:
        followed = {"dpm": SOP, "kec": KECAMATAN}
        return [SimpleNamespace(id=each, process_id=sop) for each, sop in followed.items()]

    def positions(self, office: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=each, name=name) for each, name in POSITIONS.items()]

    def person(self, person_id: str) -> SimpleNamespace:
        return SimpleNamespace(id=person_id, name=f"{person_id.title()} Rekaan", office="dpm")

    def reader(self, person_id: str, at: datetime) -> Reader:
        role, _, office = person_id.partition("@")
        return Reader(person_id, frozenset(), {office or "dpm": frozenset({role})})


class SmallLetters:
    """Subjects by letter; one whose id says "rahasia" is not read by those who come here."""

    def __init__(self) -> None:
        self.subjects = {"letter-1": "Undangan rapat koordinasi"}

    def letter(self, letter_id: str, reader: Reader) -> SimpleNamespace:
        if letter_id not in self.subjects:
            raise UnknownLetter(letter=letter_id)
        secret = "rahasia" in letter_id
        return SimpleNamespace(
            id=letter_id, subject=self.subjects[letter_id], content_visible=not secret
        )

    def hidden_versions(self, letter_id: str, reader: Reader) -> frozenset[int]:
        return frozenset()

    def instances(self) -> dict[str, str]:
        return {}

    def find(self, query: Any, reader: Reader) -> list[SimpleNamespace]:
        found = [self.letter(each, reader) for each in self.subjects]
        return [
            each
            for each in found
            if each.content_visible and query.text.lower() in each.subject.lower()
        ]


class SmallOffice:
    """What the pages of owners and auditors ask for; people sign in as the role they have."""

    def __init__(self, home: Path, database: Database) -> None:
        self.settings = Settings(home=home, database_url="", secret_key="for tests only")
        self.clock = TickingClock()
        self.database = database
        self.documents = DocumentStore(home / "documents")
        self.engine = engine_in(database, self.documents)
        self.organisation = SmallOrganisation()
        self.letters = SmallLetters()
        self.accounts = SimpleNamespace(standing=lambda person, version: True)
        self.notices = SimpleNamespace(unread=lambda person: 0)

    def trust(self) -> Trust:
        """Nobody signed anything here, so nobody is believed."""
        return Trust(roots=())

    def app(self) -> Flask:
        app = create_app(self)  # type: ignore[arg-type]
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app


def signed_in(app: Flask, person: str) -> FlaskClient:
    """A browser in which this person has signed in."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["person"], session["version"] = person, 1
    return browser
