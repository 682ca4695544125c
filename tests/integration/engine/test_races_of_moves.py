"""A move meets another command on the same letter: either order is a whole one, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, HEAD, REVIEWING, SmallOffice, World
from racing_for_tests import Racers, together

from engine import Actor, MoveBlocked, ProcessEngine

ROUNDS = 6
OWNER = Actor("owner", "Owner")


@pytest.fixture
def office(racers: Racers) -> SmallOffice:
    return SmallOffice(racers.one, **REVIEWING, queued={"letter.send": World(sent=True)})


@pytest.fixture
def other(racers: Racers, office: SmallOffice) -> ProcessEngine:
    """An engine of another process."""
    return office.another_engine(database=racers.other)


def drawn(*tasks: str, sent: bool = False) -> DiagramBuilder:
    builder = DiagramBuilder().start()
    for task in tasks:
        builder.user(task, "head" if task == "review" else "drafter")
    ahead = ("send",) if sent else ()
    if sent:
        builder.service("send", "letter.send")
    return builder.end().path("begin", *ahead, *tasks, "done")


def publish(office: SmallOffice, builder: DiagramBuilder) -> str:
    return office.engine.deploy(builder.source(), FORMS, OWNER).id


def versions_of(office: SmallOffice, letter: str) -> list[int]:
    return [event.definition_version for event in office.engine.history(letter)]


def elements(office: SmallOffice, letter: str) -> list[str]:
    return [task.element for task in office.engine.tasks_of(letter)]


def in_order(racers: Racers, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    results = racers.in_order(first, second)
    assert [each for each in results if isinstance(each, Exception)] == []
    return results


@pytest.mark.parametrize("move_first", [True, False], ids=["move", "complete"])
def test_a_move_and_a_completion_in_either_order(
    racers: Racers, office: SmallOffice, other: ProcessEngine, move_first: bool
) -> None:
    letter = office.begin(drawn("review", "file"))
    target = publish(office, drawn("review", "check", "file"))
    task = office.task(letter)
    ways = (office.engine, other) if move_first else (other, office.engine)
    move = partial(ways[0].moves.move, letter, target, OWNER, "SOP berubah.")
    complete = partial(ways[1].complete_task, task, HEAD, {})

    in_order(racers, *((move, complete) if move_first else (complete, move)))

    # Whoever was first decided which way the letter took from the review on.
    assert elements(office, letter) == (["check"] if move_first else ["file"])
    assert office.engine.instance(letter).definition_version == 2
    assert versions_of(office, letter) == sorted(versions_of(office, letter))
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("move_first", [True, False], ids=["move", "result"])
def test_a_move_and_the_result_of_a_job_in_either_order(
    racers: Racers, office: SmallOffice, other: ProcessEngine, move_first: bool
) -> None:
    letter = office.begin(drawn("file", sent=True))
    target = publish(office, drawn("check", "file", sent=True))
    [key] = office.engine.queued_job_keys()
    outcome = office.engine.perform_job(key)
    ways = (office.engine, other) if move_first else (other, office.engine)
    move = partial(ways[0].moves.move, letter, target, OWNER, "SOP berubah.")

    def finish() -> bool:
        with ways[1].database.transaction() as session:
            return ways[1].finish_job(session, key, outcome)

    in_order(racers, *((move, finish) if move_first else (finish, move)))

    assert elements(office, letter) == (["check"] if move_first else ["file"])
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("move_first", [True, False], ids=["move", "complete"])
def test_a_move_is_judged_by_where_the_letter_stands_when_its_turn_comes(
    racers: Racers, office: SmallOffice, other: ProcessEngine, move_first: bool
) -> None:
    letter = office.begin(drawn("review", "file"))
    target = publish(office, drawn("review", "check"))
    ways = (office.engine, other) if move_first else (other, office.engine)
    move = partial(ways[0].moves.move, letter, target, OWNER, "SOP berubah.")
    complete = partial(ways[1].complete_task, office.task(letter), HEAD, {})

    results = racers.in_order(*((move, complete) if move_first else (complete, move)))

    refused = [each for each in results if isinstance(each, MoveBlocked)]
    assert len(refused) == (0 if move_first else 1)
    assert elements(office, letter) == (["check"] if move_first else ["file"])
    assert office.engine.instance(letter).definition_version == (2 if move_first else 1)
    assert office.engine.verify_instance(letter) == []


def test_two_owners_move_one_letter_at_once_and_one_of_them_counts(
    office: SmallOffice, other: ProcessEngine
) -> None:
    first = publish(office, drawn("review", "file"))
    target = publish(office, drawn("review", "check", "file"))
    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        office.engine.moves.move(letter, first, OWNER, "Mundur.")

        results = together(
            partial(office.engine.moves.move, letter, target, OWNER, "SOP berubah."),
            partial(other.moves.move, letter, target, OWNER, "SOP berubah."),
        )

        [refused] = [each for each in results if isinstance(each, Exception)]
        assert isinstance(refused, MoveBlocked)
        assert office.engine.verify_instance(letter) == []
