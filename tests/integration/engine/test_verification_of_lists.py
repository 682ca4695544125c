"""Verification of what is listed beside the history: instance row, tasks, offers, jobs, timers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    REVIEWING,
    SmallOffice,
    World,
)
from sqlalchemy import Executable, delete, update
from unit.engine.drawing_board import diagram, end, path, start, user
from unit.engine.walked import MESSAGES, REPLY, catch

from engine import Database, Problem
from engine.tables import instance, job, message, task, task_offer, timer


def rules(problems: list[Problem]) -> set[str]:
    return {problem.rule for problem in problems}


@pytest.mark.parametrize(
    "edit",
    [
        {"data": '{"unit":"x"}'},
        {"status": "completed"},
        {"business_key": "letter-2"},
        {"scope": "elsewhere"},
        {"started_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"ended_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_instance_row_is_found(
    office: SmallOffice, letter: str, edit: dict[str, object]
) -> None:
    with office.database.transaction() as session:
        session.execute(update(instance).where(instance.c.id == letter).values(**edit))

    assert rules(office.engine.verify_instance(letter)) == {"projection"}


def test_a_task_that_vanished_from_the_inboxes_is_found(office: SmallOffice, letter: str) -> None:
    with office.database.transaction() as session:
        session.execute(delete(task).where(task.c.instance_id == letter))

    assert rules(office.engine.verify_instance(letter)) == {"projection"}


@pytest.mark.parametrize(
    "plant",
    [
        update(task).values(candidates=["intruder"]),
        update(task).values(claimed_by="x", claimed_name="X"),
        update(task_offer).values(position="intruder"),
        delete(task_offer),
    ],
    ids=["candidates", "claim", "offer", "no offer"],
)
def test_a_task_passed_to_somebody_else_is_found(
    office: SmallOffice, letter: str, plant: Executable
) -> None:
    with office.database.transaction() as session:
        session.execute(plant)

    assert rules(office.engine.verify_instance(letter)) == {"projection"}


def test_a_claimed_task_and_one_offered_again_are_in_order(
    office: SmallOffice, letter: str
) -> None:
    office.engine.claim(office.task(letter), HEAD)
    claimed = office.engine.verify_instance(letter)
    office.engine.release(office.task(letter), HEAD)

    assert claimed == []
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize(
    "plant",
    [update(job).values(state="done"), delete(job), update(job).values(state="incident")],
    ids=["done", "gone", "hushed up"],
)
def test_a_job_that_nobody_will_do_is_found(database: Database, plant: Executable) -> None:
    office = SmallOffice(database, queued={"letter.send": World()})
    diagram = DiagramBuilder().start().service("send", "letter.send").end()
    begun = office.begin(diagram.path("begin", "send", "done"))
    assert office.engine.verify_instance(begun) == []

    with database.transaction() as session:
        session.execute(plant)

    assert rules(office.engine.verify_instance(begun)) == {"projection"}


def test_a_postponed_timer_is_found(database: Database) -> None:
    office = SmallOffice(database, **REVIEWING)
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H")
        .end("overdue")
        .end()
        .path("begin", "draft", "done")
        .path("late", "overdue")
    )
    letter = office.begin(diagram)
    assert office.engine.verify_instance(letter) == []
    office.clock.pass_time(days=3)

    with office.database.transaction() as session:
        session.execute(update(timer).values(due_at=office.clock.now()))

    assert rules(office.engine.verify_instance(letter)) == {"projection"}


@pytest.mark.parametrize("edit", [{"element": "draft"}, {"occurrence": 9}])
def test_a_task_that_shows_the_form_of_another_is_found(
    office: SmallOffice, letter: str, edit: dict[str, object]
) -> None:
    with office.database.transaction() as session:
        session.execute(update(task).where(task.c.instance_id == letter).values(**edit))

    assert "projection" in rules(office.engine.verify_instance(letter))


@pytest.mark.parametrize(
    "edit", [{"payload": '{"answer":"no"}'}, {"consumed_at": None, "consumed_by": None}]
)
def test_a_message_that_is_not_kept_as_it_was_received_is_found(
    office: SmallOffice, edit: dict[str, object]
) -> None:
    source = diagram(
        start(), catch("wait", REPLY), user("read"), end(), path("begin", "wait", "read", "done"),
        layout=MESSAGES,
    )  # fmt: skip
    deployed = office.engine.deploy(source, FORMS, DRAFTER)
    reading = office.engine.start(deployed.process_id, "letter-1", "office", {}, DRAFTER)
    office.engine.publish_message("reply", "letter-1", {"answer": "yes"}, HEAD)
    assert office.engine.verify_instance(reading) == []

    with office.database.transaction() as session:
        session.execute(update(message).values(**edit))

    assert rules(office.engine.verify_instance(reading)) == {"projection"}
