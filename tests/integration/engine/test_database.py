"""Transactions and readings behave alike on both databases."""

from __future__ import annotations

import threading
import time

import pytest
from engine_for_tests import DRAFTER, REVIEWING, SmallOffice, review_loop
from sqlalchemy import func, select, text, update

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
