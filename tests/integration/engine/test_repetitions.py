"""What failed for a while is tried again later, and not for ever."""

from __future__ import annotations

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    REVIEWING,
    SmallOffice,
    World,
    at_the_sending,
)

from engine import Database, Kind, TemporaryFailure


@pytest.fixture
def world() -> World:
    return World(undelivered=0)


@pytest.fixture
def office(database: Database, world: World) -> SmallOffice:
    return SmallOffice(database, **REVIEWING, queued={"letter.send": world})


def test_a_temporary_failure_is_tried_again_later_under_the_same_key(
    office: SmallOffice, world: World
) -> None:
    world.fails = [TemporaryFailure("tidak menjawab"), TemporaryFailure("tidak menjawab")]
    letter = at_the_sending(office)

    assert office.run_jobs() == 1
    assert office.run_jobs() == 0  # its time has not come
    office.clock.pass_time(seconds=2)
    assert office.run_jobs() == 1
    office.clock.pass_time(seconds=2)
    assert office.run_jobs() == 0
    office.clock.pass_time(seconds=10)
    assert office.run_jobs() == 1

    assert {call.key for call in world.calls} == {f"{letter}:send:1"}
    assert len(world.calls) == 3
    failed = [e for e in office.engine.history(letter) if e.kind is Kind.JOB_FAILED]
    assert [e.details["error"] for e in failed] == ["tidak menjawab", "tidak menjawab"]
    assert office.task(letter, "confirm")
    assert office.engine.verify_instance(letter) == []


def test_after_the_last_try_the_operator_reads_the_cause(office: SmallOffice, world: World) -> None:
    world.fails = [TemporaryFailure(f"tidak menjawab {n}") for n in range(6)]
    letter = at_the_sending(office)

    for _ in range(6):
        assert office.run_jobs() == 1
        office.clock.pass_time(hours=1)
    assert office.run_jobs() == 0

    [incident] = office.engine.incidents()
    assert incident.sentence == "tidak menjawab 5"
    assert office.kinds(letter).count(("JOB_FAILED", "send")) == 6
    assert office.engine.verify_instance(letter) == []


def test_a_diagram_may_say_how_often_a_job_is_tried_again(
    office: SmallOffice, world: World
) -> None:
    world.fails = [TemporaryFailure("tidur")] * 2
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send", retries="1", retryAfter="PT30M")
        .end()
        .path("begin", "draft", "send", "done")
    )
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})

    office.run_jobs()
    office.clock.pass_time(minutes=23)
    assert office.run_jobs() == 0
    office.clock.pass_time(minutes=7)
    assert office.run_jobs() == 1

    assert [incident.element for incident in office.engine.incidents()] == ["send"]
    assert office.engine.verify_instance(letter) == []
