"""Transactions and readings behave alike on both databases."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest
from engine_for_tests import DRAFTER, REVIEWING, SmallOffice, review_loop
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from engine import Database
from engine.tables import history, instance


def test_a_reading_shows_one_moment(database: Database) -> None:
    office = SmallOffice(database, **REVIEWING)
    letter = office.begin(review_loop())
    count = select(func.count()).select_from(history)

    with database.reading() as session:
        before = session.execute(count).scalar_one()
        office.engine.complete_task(office.task(letter), DRAFTER, {})
        during = session.execute(count).scalar_one()
    with database.reading() as session:
        after = session.execute(count).scalar_one()

    assert before == during < after


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    letter = SmallOffice(database, **REVIEWING).begin(review_loop())
    change = update(instance).where(instance.c.id == letter).values(scope="elsewhere")

    def fail_half_way() -> None:
        with database.transaction() as session:
            session.execute(change)
            raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError):
        fail_half_way()

    with database.reading() as session:
        assert session.execute(select(instance.c.scope)).scalar_one() == "office"


def test_many_steps_at_once_may_each_read_beside_their_transaction(database: Database) -> None:
    start, read = threading.Barrier(32), []

    def step() -> None:
        start.wait()
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
            time.sleep(0.05)  # the others ask for their connections meanwhile
            with database.reading() as beside:
                read.append(beside.execute(text("SELECT 1")).scalar())

    steps = [threading.Thread(target=step) for _ in range(32)]
    for each in steps:
        each.start()
    for each in steps:
        each.join(timeout=25)

    assert read == [1] * 32


def test_nobody_starves_while_others_take_turn_after_turn(database: Database) -> None:
    """Twenty take connections all the time; twelve more must each come to their turn."""
    over, served = threading.Event(), []

    def take_turns() -> None:
        while not over.is_set():
            with database.transaction() as session:
                session.execute(text("SELECT 1"))
                time.sleep(0.002)
            time.sleep(0.002)  # who comes back at once would be before whoever is woken

    def take_one_turn() -> None:
        with database.transaction() as session:
            served.append(session.execute(text("SELECT 1")).scalar_one())

    busy = [threading.Thread(target=take_turns) for _ in range(20)]
    late = [threading.Thread(target=take_one_turn) for _ in range(12)]
    for each in (*busy, *late):
        each.start()
    for each in late:
        each.join(timeout=25)
    in_time = len(served)
    over.set()
    for each in (*busy, *late):
        each.join()

    assert in_time == 12


def test_a_transaction_that_sqlite_ended_by_itself_is_not_called_committed(
    sqlite_database: Database,
) -> None:
    letter = SmallOffice(sqlite_database, **REVIEWING).begin(review_loop())

    def go_on_regardless() -> None:
        with sqlite_database.transaction() as session:
            session.execute(update(instance).values(scope="elsewhere"))
            with contextlib.suppress(IntegrityError):  # undoes all, as a full disk does
                session.execute(
                    text("INSERT OR ROLLBACK INTO instance SELECT * FROM instance WHERE id = :id"),
                    {"id": letter},
                )

    with pytest.raises(OperationalError, match="rolled it back"):
        go_on_regardless()

    with sqlite_database.reading() as session:
        assert session.execute(select(instance.c.scope)).scalar_one() == "office"


def test_a_transaction_that_outlives_its_database_closes_its_own_connection(
    database: Database,
) -> None:
    with database.transaction() as session:
        connection = session.connection()
        database.close()

    assert connection.closed
