"""What is looked at when the killing is over: books, ledger, numbers, mail, jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from engine import Kind
from engine.tables import incident, instance, job, task
from handlers.letters.tables import letter, letter_document
from handlers.numbering.tables import letter_number
from handlers.register.tables import register_entry
from handlers.sending.dispatch import dispatch
from handlers.signing.ledger import signing_attempt, signing_ledger
from tests.crash.postbox import Message
from tests.crash.staff import Letter
from webapp.bootstrap import Office


@dataclass(frozen=True)
class Afterwards:
    """The office when nobody works any more, and what the world outside has seen of it."""

    office: Office
    letters: Mapping[str, Letter]  #: by instance
    mail: tuple[Message, ...]

    def findings(self) -> list[str]:
        """Return everything that is not as it must be."""
        looks: tuple[Callable[[], Iterator[str]], ...] = (
            self._instances,
            self._signatures,
            self._numbers,
            self._register,
            self._mail,
            self._rest,
        )
        return [sentence for look in looks for sentence in look()]

    def rows(self, query: Any) -> list[Any]:
        with self.office.database.reading() as session:
            return list(session.execute(query))

    @property
    def duplicates(self) -> int:
        """How many messages the mail server took a second time."""
        return len(self.mail) - len({each.message_id for each in self.mail})

    @property
    def takeovers(self) -> int:
        """How many attempts at a signature never ended."""
        query = select(func.count()).where(signing_attempt.c.outcome == "started")
        return int(self.rows(query)[0][0])

    def _instances(self) -> Iterator[str]:
        """Every letter that was begun is there once and at its end."""
        rows = self.rows(select(instance.c.id, instance.c.status))
        for row in rows:
            if row.status != "completed":
                yield f"instance {row.id} is {row.status}"
        for lost in set(self.letters) - {row.id for row in rows}:
            yield f"letter {self.letters[lost].subject} is lost"
        for unknown in {row.id for row in rows} - set(self.letters):
            yield f"instance {unknown} was begun by nobody"
        subjects = Counter(row.subject for row in self.rows(select(letter.c.subject)))
        yield from (f"{subject} is there {n} times" for subject, n in subjects.items() if n > 1)
        expected = {"cancelled": "cancelled"}
        query = select(letter.c.instance_id, letter.c.subject, letter.c.status)
        for row in self.rows(query):
            ends = expected.get(self.letters[row.instance_id].way, "archived")
            if row.status != ends:
                yield f"{row.subject} ended as {row.status}, not {ends}"

    def _signatures(self) -> Iterator[str]:
        """One signature in the ledger, one signed document, one entry in the history."""
        table, documents = signing_ledger, letter_document
        signed = Counter(
            row.letter_id for row in self.rows(select(table).where(table.c.state == "signed"))
        )
        query = select(documents).where(documents.c.role == "signed")
        stored = Counter(row.letter_id for row in self.rows(query))
        for row in self.rows(select(letter.c.id, letter.c.instance_id, letter.c.subject)):
            wanted = int(self.letters[row.instance_id].way != "cancelled")
            told = sum(
                event.kind is Kind.JOB_FINISHED and event.details.get("topic") == "letter.sign"
                for event in self.office.engine.history(row.instance_id)
            )
            found = (signed[row.id], stored[row.id], told)
            if found != (wanted,) * 3:
                yield f"{row.subject}: signed in ledger, store, history: {found}, not {wanted}"

    def _numbers(self) -> Iterator[str]:
        """One number for each letter, settled; no gap in any series."""
        rows = self.rows(select(letter_number))
        for letter_id, times in Counter(row.letter_id for row in rows).items():
            if times != 1:
                yield f"letter {letter_id} has {times} numbers"
        if len(rows) != len(self.letters):
            yield f"{len(rows)} numbers for {len(self.letters)} letters"
        series: dict[tuple[str, str, int], list[int]] = {}
        for row in rows:
            series.setdefault((row.office, row.series, row.year), []).append(row.sequence)
            if row.state not in ("used", "void"):
                yield f"number {row.text} is {row.state}"
        for key, sequence in series.items():
            if sorted(sequence) != list(range(1, len(sequence) + 1)):
                yield f"series {key}: {sorted(sequence)}"

    def _register(self) -> Iterator[str]:
        """Every letter stands in the register once."""
        entered = Counter(row.letter_id for row in self.rows(select(register_entry)))
        for row in self.rows(select(letter.c.id, letter.c.subject)):
            if entered.pop(row.id, 0) != 1:
                yield f"{row.subject} is not entered once"
        yield from (f"entry of unknown letter {unknown}" for unknown in entered)

    def _mail(self) -> Iterator[str]:
        """One message for a letter and recipient; what came twice is one message twice.

        Between the server's answer and our commit a killed node leaves us in doubt. The repeat
        must be the same letter under the same Message-ID, after an attempt the book knows of.
        """
        taken = Counter(self.mail)
        marks = Counter(message.message_id for message in taken)
        yield from (f"{mark} is {n} different messages" for mark, n in marks.items() if n > 1)
        by_mark = {message.message_id: message for message in taken}
        for row in self.rows(select(dispatch)):
            if row.state != "delivered":
                yield f"{row.recipient} of {row.letter_id} is {row.state}"
            if row.channel != "email":
                continue
            message = by_mark.pop(row.receipt, None)
            if message is None:
                yield f"{row.recipient} of {row.letter_id} has a receipt and no message"
            elif (message.recipient, message.document) != (row.address, row.document):
                yield f"{row.receipt} went to {message.recipient} with {message.document}"
            elif taken[message] > row.attempts:
                yield f"{row.receipt} came {taken[message]} times in {row.attempts} attempts"
        yield from (f"message {mark} is in no book" for mark in by_mark)

    def _rest(self) -> Iterator[str]:
        """Nothing waits: no task, no job, no incident, nothing in the queue."""
        for row in self.rows(select(task.c.id)):
            yield f"task {row.id} is open"
        for row in self.rows(select(job.c.key, job.c.state, job.c.last_error)):
            if row.state in ("queued", "running", "incident"):
                yield f"job {row.key} is {row.state}: {row.last_error}"
        for row in self.rows(select(incident)):
            yield f"incident at {row.element}: {row.sentence}"
        yield from (f"{n} jobs of the queue are {state}" for state, n in self.unfinished().items())

    def unfinished(self) -> dict[str, int]:
        """Return how many jobs the queue has not finished, by their state."""
        schema = "" if self.office.database.is_sqlite else "dbos."
        query = f"SELECT status, count(*) AS n FROM {schema}workflow_status GROUP BY status"  # noqa: S608
        counted = {row.status: int(row.n) for row in self.rows(text(query))}
        return {state: n for state, n in counted.items() if state != "SUCCESS"}
