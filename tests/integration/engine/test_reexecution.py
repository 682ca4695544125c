"""Re-execution: the recorded commands lead to the very bytes that are stored."""

from __future__ import annotations

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, HEAD, REVIEWING, SmallOffice, review_loop
from sqlalchemy import select, update

from engine import Database
from engine.tables import instance, timer


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING)


def with_deadlines() -> DiagramBuilder:
    drawn = review_loop().timer("late", "review", "PT4H").timer("very_late", "review", "P2D")
    return drawn.end("late_over").path("late", "late_over").path("very_late", "late_over")


def stored(office: SmallOffice, letter: str) -> bytes:
    with office.database.reading() as session:
        state: bytes = session.scalar(select(instance.c.state).where(instance.c.id == letter))
    return state


def test_every_step_of_a_letter_is_reached_again_to_the_byte(office: SmallOffice) -> None:
    letter = office.begin(with_deadlines(), {"unit": "umum", "copies": [{"b": 1, "a": 2}]})

    for decision in ("return", "return", "approve"):
        office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
        assert office.engine.reexecute(letter).state == stored(office, letter)
        office.clock.pass_time(hours=5)
        office.engine.fire_due_timers()
        assert office.engine.reexecute(letter).state == stored(office, letter)
        answers = {"decision": decision}
        office.engine.complete_task(office.task(letter, "review"), HEAD, answers)
        again = office.engine.reexecute(letter)
        assert again.state == stored(office, letter)

    assert again.completed
    assert again.data == office.engine.instance(letter).data


def test_a_holiday_proclaimed_later_moves_no_deadline_of_the_past(office: SmallOffice) -> None:
    letter = office.begin(with_deadlines())
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    office.clock.pass_time(days=300)

    assert office.engine.reexecute(letter).state == stored(office, letter)
    assert office.engine.verify_instance(letter) == []


def test_a_deadline_moved_in_state_and_table_alike_is_found(office: SmallOffice) -> None:
    letter = office.begin(with_deadlines())
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    with office.database.transaction() as session:
        row = timer.c.waiting_id == "very_late#1"
        due = session.execute(select(timer.c.due_at).where(row)).scalar_one()
        later = due.replace(year=due.year + 1)
        before, after = (moment.isoformat().encode() for moment in (due, later))
        forged = stored(office, letter).replace(before, after)
        session.execute(update(timer).where(row).values(due_at=later))
        session.execute(update(instance).values(state=forged))

    assert [problem.rule for problem in office.engine.verify_instance(letter)] == ["state"]
