"""The examination of answers: whether what a person decides is read behind the task."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    lane,
    path,
    properties,
    start,
    user,
)
from unit.engine.examining import found
from unit.engine.walked import each, sub

REVIEW = user("review", properties(operation="letter.review"))
UNREAD = ("review", "decision-unread")


def drawn(*behind: str) -> bytes:
    """begin -> task -> review, and behind it what the test draws."""
    return diagram(
        lane("task", "review"), start(), user("task"), REVIEW, path("begin", "task", "review"),
        *behind,
    )  # fmt: skip


def chosen_by(condition: str, *between: str) -> tuple[str, ...]:
    return (
        choice("chosen", default="chosen_to_done"),
        end(),
        path("review", *between, "chosen", "done"),
        flow("chosen", "task", condition),
    )


def test_a_decision_that_nothing_reads_is_found() -> None:
    assert UNREAD in found(drawn(end(), path("review", "done")))


@pytest.mark.parametrize("condition", ['decision = "return"', 'not(decision = "approve")'])
def test_a_gateway_that_reads_the_decision_is_enough(condition: str) -> None:
    assert UNREAD not in found(drawn(*chosen_by(condition)))


@pytest.mark.parametrize(
    "condition", ["urgent = true", 'error.decision = "x"', "decision_seal = 1", 'what = "decision"']
)
def test_a_gateway_that_reads_something_else_is_not(condition: str) -> None:
    assert UNREAD in found(drawn(*chosen_by(condition)))


def test_the_gateway_may_stand_behind_another_one() -> None:
    first = (choice("first", default="first_to_chosen"), flow("first", "done", "urgent = true"))

    assert UNREAD not in found(drawn(*first, *chosen_by('decision = "return"', "first")))


def test_behind_the_next_task_it_is_that_persons_decision() -> None:
    later = chosen_by('decision = "return"', "next")

    assert UNREAD in found(drawn(user("next"), *later))


def test_a_decision_inside_a_sub_process_may_be_read_behind_it() -> None:
    inside = (start("in"), REVIEW, end("out"), path("in", "review", "out"))
    behind = (
        choice("chosen", default="chosen_to_done"),
        flow("chosen", "part", 'decision = "return"'),
    )
    way = path("begin", "part", "chosen", "done")

    assert UNREAD not in found(diagram(start(), sub("part", *inside), end(), *behind, way))
    plain = diagram(start(), sub("part", *inside), end(), path("begin", "part", "done"))
    assert UNREAD in found(plain)


def test_decisions_of_several_are_collected_under_another_name() -> None:
    paraf = user("review", properties(operation="letter.review") + each("units", "unit"))

    source = diagram(lane("review"), start(), paraf, end(), path("begin", "review", "done"))

    assert UNREAD not in found(source)
