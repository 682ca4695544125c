"""A result, a deadline and two operators at one job: whoever is first wins, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    OFFICER,
    REVIEWING,
    SmallOffice,
    World,
    at_the_sending,
    sending,
)
from racing_for_tests import Racers, together

from engine import Failure, Incident, Kind, ProcessEngine, UnknownIncident

ROUNDS = 8


@pytest.fixture
def world() -> World:
    return World(undelivered=0)


@pytest.fixture
def office(racers: Racers, world: World) -> SmallOffice:
    return SmallOffice(racers.one, **REVIEWING, queued={"letter.send": world})


@pytest.fixture
def other(racers: Racers, office: SmallOffice) -> ProcessEngine:
    """An engine of another process."""
    return office.another_engine(database=racers.other)


def finish(engine: ProcessEngine, key: str) -> bool:
    with engine.database.transaction() as session:
        return engine.finish_job(session, key, {})


def fail(engine: ProcessEngine, key: str) -> object:
    with engine.database.transaction() as session:
        return engine.job_failed(session, key, Failure("ValueError: x"))


def stopped(office: SmallOffice, world: World) -> tuple[str, Incident]:
    """A letter whose sending met a defect."""
    world.fails = [ValueError("x")]
    letter = at_the_sending(office)
    office.run_jobs()
    [incident] = office.engine.incidents()
    return letter, incident


def test_a_result_that_two_nodes_bring_is_entered_once(
    racers: Racers, office: SmallOffice, other: ProcessEngine, world: World
) -> None:
    letter = at_the_sending(office)
    [key] = office.engine.queued_job_keys()

    results = racers.in_order(partial(finish, office.engine, key), partial(finish, other, key))

    assert results == [True, False]
    assert office.kinds(letter).count(("JOB_FINISHED", "send")) == 1
    assert len(world.recorded) == 1
    assert office.engine.verify_instance(letter) == []


def test_a_result_that_two_nodes_bring_at_one_moment_is_entered_once(
    office: SmallOffice, other: ProcessEngine, world: World
) -> None:
    office.engine.deploy(sending().source(), {"form": "{}"}, DRAFTER)
    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {"recipient": "x"}, DRAFTER)
        office.engine.complete_task(office.task(letter), DRAFTER, {})
        [key] = office.engine.queued_job_keys()

        results = together(partial(finish, office.engine, key), partial(finish, other, key))

        assert sorted(results) == [False, True]
        assert office.kinds(letter).count(("JOB_FINISHED", "send")) == 1
        assert office.engine.verify_instance(letter) == []
    assert len(world.recorded) == ROUNDS


@pytest.mark.parametrize("result_first", [True, False])
def test_a_result_and_the_failure_of_another_node_in_either_order(
    racers: Racers, office: SmallOffice, other: ProcessEngine, result_first: bool
) -> None:
    letter = at_the_sending(office)
    [key] = office.engine.queued_job_keys()

    acts = (finish, fail) if result_first else (fail, finish)
    first, second = racers.in_order(
        partial(acts[0], office.engine, key), partial(acts[1], other, key)
    )

    assert (bool(first), bool(second)) == (True, not result_first)
    assert office.task(letter, "confirm")  # a result counts even after an incident
    assert office.engine.incidents() == office.engine.queued_job_keys() == []
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("result_first", [True, False])
def test_a_result_and_what_withdraws_its_job_in_either_order(
    racers: Racers, office: SmallOffice, other: ProcessEngine, world: World, result_first: bool
) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send")
        .timer("late", "send", "PT1H", interrupting=True)
        .end()
        .end("expired")
        .path("begin", "draft", "send", "done")
        .path("late", "expired")
    )
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    [key] = office.engine.queued_job_keys()
    office.clock.pass_time(hours=2)

    if result_first:
        entered, fired = racers.in_order(partial(finish, office.engine, key), other.fire_due_timers)
    else:
        fired, entered = racers.in_order(office.engine.fire_due_timers, partial(finish, other, key))

    assert (entered, fired) == (result_first, 0 if result_first else 1)
    assert (("ELEMENT_ENTERED", "done") in office.kinds(letter)) is result_first
    assert (("ELEMENT_ENTERED", "expired") in office.kinds(letter)) is not result_first
    assert len(world.recorded) == result_first
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


Resolve = Callable[[ProcessEngine, Incident], Any]

RESOLVING: dict[str, Resolve] = {
    "retry": lambda engine, incident: engine.retry_incident(incident.id, OFFICER),
    "skip": lambda engine, incident: engine.skip_incident(incident.id, OFFICER, "Sudah diantar."),
    "back": lambda engine, incident: engine.send_back_incident(incident.id, OFFICER, "Keliru."),
}
PAIRS = [(one, two) for one in RESOLVING for two in RESOLVING]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_operators_resolve_an_incident_and_the_first_counts(  # noqa: PLR0917
    racers: Racers,
    office: SmallOffice,
    other: ProcessEngine,
    world: World,
    first: str,
    second: str,
) -> None:
    letter, incident = stopped(office, world)

    done, refused = racers.in_order(
        partial(RESOLVING[first], office.engine, incident),
        partial(RESOLVING[second], other, incident),
    )

    assert done is None
    assert isinstance(refused, UnknownIncident)
    assert [kind for kind, _ in office.kinds(letter)].count(Kind.INCIDENT_RESOLVED) == 1
    office.run_jobs()
    assert office.task(letter, "draft" if first == "back" else "confirm")
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("result_first", [True, False])
@pytest.mark.parametrize("resolve", ["skip", "back"])
def test_a_late_result_and_an_operator_in_either_order(  # noqa: PLR0917
    racers: Racers,
    office: SmallOffice,
    other: ProcessEngine,
    world: World,
    resolve: str,
    result_first: bool,
) -> None:
    letter, incident = stopped(office, world)

    if result_first:
        entered, resolved = racers.in_order(
            partial(finish, office.engine, incident.reference),
            partial(RESOLVING[resolve], other, incident),
        )
    else:
        resolved, entered = racers.in_order(
            partial(RESOLVING[resolve], office.engine, incident),
            partial(finish, other, incident.reference),
        )

    assert entered is result_first
    assert isinstance(resolved, UnknownIncident) is result_first
    assert office.kinds(letter).count(("JOB_FINISHED", "send")) == result_first
    assert len(world.recorded) == result_first
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []
