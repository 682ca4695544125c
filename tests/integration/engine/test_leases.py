"""A worker that lost its slot while it worked: its late result is not entered."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from engine_for_tests import REVIEWING, SmallOffice, World, at_the_sending
from sqlalchemy import text

from engine import Database, JsonObject, StepCall
from engine.jobs.dbos_node import NodePace, WorkerNode
from engine.jobs.dbos_queue import DbosQueue, migrate_jobs
from engine.jobs.slots import SlotLost, Slots

_PATIENCE = 60.0


class Gate(World):
    """Sends when the gate is opened."""

    def __init__(self) -> None:
        super().__init__(undelivered=0)
        self.started = threading.Event()
        self.open = threading.Event()

    def perform(self, call: StepCall) -> JsonObject:
        self.started.set()
        self.open.wait(_PATIENCE)
        return super().perform(call)


def take_the_lease(database: Database) -> None:
    """Do what a broken network or a cleaned folder does: the node lives, its slot is free."""
    if database.is_sqlite:
        Path(f"{database.connections.url.database}.slot1").unlink()
        return
    ended = text(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'alur-slot'"
    )
    with database.transaction() as session:
        assert session.execute(ended).scalars().all() == [True]


@pytest.mark.parametrize("late", [True, False], ids=["after the other", "before the other"])
def test_a_worker_that_lost_its_slot_enters_nothing(database: Database, late: bool) -> None:
    migrate_jobs(database)
    queue, gate, left = DbosQueue(database), Gate(), threading.Event()
    office = SmallOffice(database, queue, **REVIEWING, queued={"letter.send": gate})
    # A node that looked often would notice the loss before its work is done.
    pace = NodePace(poll_seconds=0.05, timer_seconds=3600, takeover_seconds=3600)
    node = WorkerNode(database, queue, office.engine, pace, on_slot_lost=left.set)
    node.start()
    try:
        letter = at_the_sending(office)
        key = f"{letter}:send:1"
        assert gate.started.wait(_PATIENCE)
        take_the_lease(database)
        if late:
            finish(office, key)
        gate.open.set()
        assert left.wait(_PATIENCE)
    finally:
        gate.open.set()
        node.stop(wait_seconds=5, forget=True)

    assert office.kinds(letter).count(("JOB_FINISHED", "send")) == late
    assert finish(office, key) is not late
    assert office.kinds(letter).count(("JOB_FINISHED", "send")) == 1
    assert ("JOB_FAILED", "send") not in office.kinds(letter)
    assert len(gate.recorded) == 1
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def finish(office: SmallOffice, key: str) -> bool:
    """Enter the result as the node does that took the work over."""
    with office.database.transaction() as session:
        return office.engine.finish_job(session, key, {})


def test_a_slot_that_was_taken_away_is_noticed(database: Database) -> None:
    slots = Slots.of(database)
    slots.check()

    take_the_lease(database)

    with pytest.raises(SlotLost):
        slots.check()
    heir = Slots.of(database)
    assert heir.name == slots.name
    with pytest.raises(SlotLost):
        slots.check()
    heir.close()
    slots.close()
