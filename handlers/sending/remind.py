"""The notice notice.remind: a task is overdue; its performers and their superiors are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from engine import Clock, Database, JsonObject, StepCall, SystemClock, TemporaryFailure
from handlers.organisation import OrganisationBook, Position
from handlers.sending.contract import Undeliverable
from handlers.sending.notices import tell


@dataclass(frozen=True)
class OverdueTask:
    """An open task whose time is over, in words that may be read by whoever gets the notice."""

    task_id: str
    name: str
    candidates: tuple[str, ...]  #: ids of positions
    subject: str  #: of the letter; empty for a secret one


class TaskDesk(Protocol):
    """Where open tasks are looked up."""

    def overdue_task(self, instance_id: str, element: str) -> OverdueTask | None:
        """Return the open task at the element, or None when it is done meanwhile."""
        ...


class Mailer(Protocol):
    """Sends a short message to a colleague."""

    def tell(self, key: str, address: str, name: str, title: str, text: str) -> None:
        """Raises ``Undeliverable`` or ``engine.TemporaryFailure``."""
        ...


class RemindPerformer:
    """Tells who may do an overdue task, and the one above them, each once for one occasion.

    The input parameter ``task`` names the element of the task. E-mail is a courtesy: the notice in
    the application counts, and a mail server that is down holds nothing up.
    """

    def __init__(
        self,
        database: Database,
        tasks: TaskDesk,
        *,
        mailer: Mailer | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._mailer = mailer
        self._clock = clock or SystemClock()

    def perform(self, call: StepCall) -> JsonObject:
        """Look up whom to tell, and mail those who have not been told yet."""
        task = self._tasks.overdue_task(call.instance_id, str(call.arguments.get("task", "")))
        if task is None:
            return {"people": []}
        with self._database.reading() as session:
            people = _addressees(OrganisationBook(session), task, call)
        title, text = _words(task)
        if self._mailer is not None:
            for person, (name, address) in people.items():
                key = f"{call.key}/{person}"
                _courtesy(self._mailer, key=key, address=address, name=name, title=title, text=text)
        return {
            "people": sorted(people),
            "title": title,
            "text": text,
            "task_id": task.task_id,
        }

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Put the notice before each of the people; a repeat adds none."""
        if outcome["people"]:
            tell(
                session,
                outcome["people"],
                key=call.key,
                title=outcome["title"],
                text=outcome["text"],
                letter_id=call.business_key,
                task_id=outcome["task_id"],
                at=self._clock.now(),
            )
        return {}


def _addressees(
    book: OrganisationBook, task: OverdueTask, call: StepCall
) -> dict[str, tuple[str, str]]:
    """Return person id -> (name, e-mail) of the performers and of those above them."""
    today = book.today(call.scope, call.at)
    positions: list[Position] = [book.position(one) for one in task.candidates]
    above = [boss for position in positions if (boss := _superior(book, position)) is not None]
    found: dict[str, tuple[str, str]] = {}
    for position in (*positions, *above):
        for holding in book.in_charge(position.id, today):
            person = book.person(holding.person)
            if person.active:
                found[person.id] = (person.name, person.email)
    return found


def _superior(book: OrganisationBook, position: Position) -> Position | None:
    """Return the head of the unit, or of the next unit above that has one."""
    for unit in book.ancestry(position.unit):
        head = book.head_of(unit.id)
        if head is not None and head.id != position.id:
            return head
    return None


def _words(task: OverdueTask) -> tuple[str, str]:
    about = f" untuk surat \u201c{task.subject}\u201d" if task.subject else " untuk sebuah surat"
    return (
        f"Lewat waktu: {task.name}",
        f"Tugas \u201c{task.name}\u201d{about} sudah melewati batas waktunya dan masih menunggu.",
    )


def _courtesy(mailer: Mailer, *, key: str, address: str, name: str, title: str, text: str) -> None:
    if not address:
        return
    try:
        mailer.tell(key, address, name, title, text)
    except (Undeliverable, TemporaryFailure):
        return
