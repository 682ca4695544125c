"""A worker node on a real database: what it performs, tries again, and gives up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import (
    BusinessError,
    Database,
    Delay,
    Failure,
    GiveUp,
    JsonObject,
    RetryPolicy,
    TemporaryFailure,
)
from engine.jobs.dbos_node import NodePace, WorkerNode
from engine.jobs.dbos_queue import DbosQueue, migrate_jobs
from engine.jobs.slots import FileLocks, NoFreeSlot, Slots

endings = Table(
    "node_test_ending",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("job", String(80), nullable=False),
    Column("end", String(80), nullable=False),
)

QUICK = NodePace(
    poll_seconds=0.05,
    timer_seconds=0.1,
    takeover_seconds=0.2,
    abandoned_seconds=0.2,
    threads=2,
)

SOON = RetryPolicy(retries=2, first=timedelta(seconds=0.1), longest=timedelta(seconds=0.1))


@dataclass
class Bookkeeping:
    """Enters how each job ended; performs as it was told."""

    perform: Callable[[str], JsonObject]
    queued: list[str] = field(default_factory=list)
    timers_fired: threading.Event = field(default_factory=threading.Event)
    failures: int = 0

    def perform_job(self, job_key: str) -> JsonObject:
        return self.perform(job_key)

    def finish_job(self, session: Session, job_key: str, outcome: JsonObject) -> None:
        self._enter(session, job_key, f"done {outcome['n']}")

    def business_error(self, session: Session, job_key: str, code: str, sentence: str) -> None:
        self._enter(session, job_key, f"{code} {sentence}")

    def job_failed(self, session: Session, job_key: str, failure: Failure) -> Delay | GiveUp:
        self.failures += 1
        verdict = SOON.next(self.failures, failure, job_key)
        end = "again" if isinstance(verdict, Delay) else "given up"
        self._enter(session, job_key, f"{end} {failure.sentence}")
        return verdict

    def fire_due_timers(self, limit: int = 100) -> int:
        self.timers_fired.set()
        return 0

    def queued_job_keys(self) -> list[str]:
        return self.queued

    def _enter(self, session: Session, job_key: str, end: str) -> None:
        session.execute(insert(endings).values(job=job_key, end=end))


@contextmanager
def node_at_work(database: Database, work: Bookkeeping) -> Iterator[DbosQueue]:
    queue = DbosQueue(database)
    node = WorkerNode(database, queue, work, QUICK)
    node.start()
    try:
        yield queue
    finally:
        node.stop(wait_seconds=5, forget=True)


def enqueue_and_fail(database: Database, queue: DbosQueue, job_key: str) -> None:
    with database.transaction() as session:
        queue.enqueue(session, job_key)
        raise RuntimeError("rolled back")


def endings_of(database: Database, expected: int) -> list[tuple[str, str]]:
    deadline = time.monotonic() + 15
    while True:
        with database.reading() as session:
            rows = session.execute(select(endings.c.job, endings.c.end).order_by(endings.c.id))
            found = [(row.job, row.end) for row in rows]
        if len(found) >= expected or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


@pytest.fixture
def books(database: Database) -> Database:
    migrate_jobs(database)
    endings.create(database.connections)
    return database


def test_a_job_asked_for_twice_is_done_once(books: Database) -> None:
    work = Bookkeeping(lambda _key: {"n": 1})

    with node_at_work(books, work) as queue:
        with books.transaction() as session:
            queue.enqueue(session, "letter:compose:1")
            queue.enqueue(session, "letter:compose:1")
        endings_of(books, 1)
        time.sleep(0.3)
        found = endings_of(books, 1)

    assert found == [("letter:compose:1", "done 1")]


def test_a_step_that_is_rolled_back_asks_for_nothing(books: Database) -> None:
    work = Bookkeeping(lambda _key: {"n": 1})

    with node_at_work(books, work) as queue:
        with pytest.raises(RuntimeError, match="rolled back"):
            enqueue_and_fail(books, queue, "lost")
        with books.transaction() as session:
            queue.enqueue(session, "kept")
        found = endings_of(books, 1)

    assert found == [("kept", "done 1")]


def test_a_temporary_failure_is_tried_again_and_then_given_up(books: Database) -> None:
    def never(_key: str) -> JsonObject:
        raise TemporaryFailure("the server slept")

    with node_at_work(books, Bookkeeping(never)) as queue:
        with books.transaction() as session:
            queue.enqueue(session, "send")
        found = endings_of(books, 3)

    assert [end for _job, end in found] == [
        "again the server slept",
        "again the server slept",
        "given up the server slept",
    ]


def test_a_foreseen_failure_and_a_defect_are_told_apart(books: Database) -> None:
    def fail(key: str) -> JsonObject:
        if key == "foreseen":
            raise BusinessError("SIGNING_FAILED", "salah")
        raise ValueError("boom")

    with node_at_work(books, Bookkeeping(fail)) as queue:
        with books.transaction() as session:
            queue.enqueue(session, "foreseen")
            queue.enqueue(session, "defect")
        found = endings_of(books, 2)

    assert sorted(found) == [
        ("defect", "given up ValueError: selengkapnya ada dalam log server."),
        ("foreseen", "SIGNING_FAILED salah"),
    ]


def test_a_database_that_fails_while_a_job_runs_is_tried_again(books: Database) -> None:
    failures = [OperationalError("SELECT 1", None, RuntimeError("disk full"))]

    def fail_once(_key: str) -> JsonObject:
        if failures:
            raise failures.pop()
        return {"n": 1}

    with node_at_work(books, Bookkeeping(fail_once)) as queue:
        with books.transaction() as session:
            queue.enqueue(session, "send")
        found = endings_of(books, 2)

    assert [end for _job, end in found] == ["again Basis data tidak menjawab.", "done 1"]


def test_a_job_whose_end_could_not_be_entered_is_reported(books: Database) -> None:
    class FullDisk(Bookkeeping):
        def finish_job(self, session: Session, job_key: str, outcome: JsonObject) -> None:
            raise OperationalError("INSERT", None, RuntimeError("database or disk is full"))

        def job_failed(self, session: Session, job_key: str, failure: Failure) -> Delay | GiveUp:
            self.queued.remove(job_key)
            return super().job_failed(session, job_key, failure)

    work = FullDisk(lambda _key: {"n": 1}, queued=["send"])

    with node_at_work(books, work):
        found = endings_of(books, 1)

    assert [(job, end.partition(" Pekerjaan")[0]) for job, end in found] == [("send", "given up")]


def test_a_node_asks_for_queued_jobs_that_the_queue_does_not_know(books: Database) -> None:
    work = Bookkeeping(lambda _key: {"n": 7}, queued=["forgotten"])

    with node_at_work(books, work):
        found = endings_of(books, 1)
        fired = work.timers_fired.wait(5)

    assert found == [("forgotten", "done 7")]
    assert fired


def test_a_job_waits_for_its_delay(books: Database) -> None:
    started: list[float] = []

    def note(_key: str) -> JsonObject:
        started.append(time.monotonic())
        return {"n": 0}

    with node_at_work(books, Bookkeeping(note)) as queue:
        asked = time.monotonic()
        with books.transaction() as session:
            queue.enqueue(session, "later", delay_seconds=0.6)
        endings_of(books, 1)

    assert started[0] - asked >= 0.6


def test_a_slot_passes_to_another_only_when_its_owner_is_gone(books: Database) -> None:
    first = Slots.of(books)
    second = Slots.of(books)

    while_alive = second.adopt(first.name)
    first.close()
    deadline = time.monotonic() + 10  # the server notices the closed connection by itself
    while (after_death := second.adopt("slot-1")) is None and time.monotonic() < deadline:
        time.sleep(0.05)

    assert (first.name, second.name) == ("slot-1", "slot-2")
    assert while_alive is None
    assert after_death == 1
    assert second.adopt("someone else") is None
    second.close()


def test_no_node_starts_without_a_slot(sqlite_database: Database) -> None:
    class Full(FileLocks):
        def take(self, number: int) -> bool:
            return False

    with pytest.raises(NoFreeSlot):
        Slots(Full(sqlite_database.connections.url.database))  # type: ignore[arg-type]


def test_a_node_that_cannot_start_leaves_its_slot_to_others(books: Database) -> None:
    work = Bookkeeping(lambda _key: {"n": 1})

    with node_at_work(books, work) as queue:
        second = WorkerNode(books, queue, work, QUICK)
        with pytest.raises(Exception, match="DBOS"):
            second.start()  # a process holds at most one node
        next_in_line = Slots.of(books)

    assert next_in_line.name == "slot-2"
    next_in_line.close()
