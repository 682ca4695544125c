"""A move is undone as if it had not been, and an auditor finds whoever moved in secret."""

from __future__ import annotations

from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, HEAD, SmallOffice
from moving_for_tests import (
    OWNER,
    at_review,
    line,
    movable_office,
    move,
    moved,
    publish,
    version_of,
)
from sqlalchemy import text

from engine import Database, MoveBlocked, NothingToUndo


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return movable_office(database)


def test_a_move_is_undone_as_if_it_had_not_been(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    before = (office.engine.tasks_of(letter), office.engine.reexecute(letter).state)
    move(office, letter, line("draft", "review", "check", limit="PT60M"))
    moved_there = office.engine.moves.moved_to(version_of(office, letter))
    assert [each.id for each in moved_there] == [letter]

    told = office.engine.moves.preview_undo(letter)
    office.engine.moves.undo(letter, OWNER, "Keliru.")

    assert [(each.element, each.rule) for each in told.findings] == [("late", "event-dropped")]
    assert (office.engine.tasks_of(letter), office.engine.reexecute(letter).state) == before
    assert office.engine.fire_due_timers() == 0
    assert office.engine.moves.moved_to(version_of(office, letter)) == []
    assert office.engine.verify_instance(letter) == []
    undone = office.engine.history(letter)[-1]
    assert (undone.reason, undone.details["dropped"]) == ("Keliru.", ["late#1"])
    assert undone.details["undoes"] == moved(office, letter).sequence
    with pytest.raises(NothingToUndo):
        office.engine.moves.undo(letter, OWNER, "Sekali lagi.")


def test_a_move_is_undone_after_further_steps_where_nothing_blocks(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review", "file"))
    move(office, letter, line("draft", "review", "check", "file"))
    office.engine.complete_task(office.task(letter, "review"), HEAD, {})

    with pytest.raises(MoveBlocked) as refused:
        office.engine.moves.undo(letter, OWNER, "Keliru.")
    findings: Any = refused.value.details["findings"]
    assert [(each.element, each.rule) for each in findings] == [("check", "gone")]
    office.engine.complete_task(office.task(letter, "check"), DRAFTER, {})
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    office.engine.complete_task(office.task(letter, "file"), DRAFTER, {})

    assert office.engine.instance(letter).definition_version == 1
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_moves_are_undone_one_by_one(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    move(office, letter, line("draft", "review", "second"))
    move(office, letter, line("draft", "review", "second", "third"))

    versions = []
    for _ in range(2):
        office.engine.moves.undo(letter, OWNER, "Keliru.")
        versions.append(office.engine.instance(letter).definition_version)

    assert versions == [2, 1]
    assert office.engine.verify_instance(letter) == []


def test_elements_are_never_numbered_anew(office: SmallOffice) -> None:
    def looping(*between: str) -> DiagramBuilder:
        drawn = DiagramBuilder().start().user("draft", "drafter").user("review", "head")
        for name in between:
            drawn.user(name, "drafter")
        drawn.decide("approved", "back").end().path("begin", "draft", *between, "review")
        drawn.flow("review", "approved").flow("approved", "done", 'decision = "approve"')
        return drawn.flow("approved", "draft", name="back")

    letter = office.begin(looping("check"))
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    office.engine.complete_task(office.task(letter, "check"), DRAFTER, {})
    move(office, letter, looping())
    office.engine.complete_task(office.task(letter, "review"), HEAD, {"decision": "return"})
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})

    assert office.task(letter, "check") == f"{letter}.check.2"
    assert office.engine.verify_instance(letter) == []


def test_a_reminder_that_was_sent_is_not_sent_again_by_undoing(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review", limit="PT60M"))
    office.clock.pass_time(minutes=61)
    assert office.engine.fire_due_timers() == 1
    move(office, letter, line("draft", "review"))

    office.engine.moves.undo(letter, OWNER, "Keliru.")

    office.clock.pass_time(days=9)
    assert office.engine.fire_due_timers() == 0
    assert office.engine.verify_instance(letter) == []


def test_a_version_that_was_changed_behind_the_history_is_found(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    other = publish(office, line("draft", "review", "check"))

    forge(office, letter, other)

    assert {each.rule for each in office.engine.verify_instance(letter)} == {"definition"}


def test_a_move_that_was_taken_back_behind_the_history_is_found(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    first = version_of(office, letter)
    move(office, letter, line("draft", "review", "check"))

    forge(office, letter, first)

    problems = office.engine.verify_instance(letter)
    assert {each.rule for each in problems} == {"definition"}
    assert "pemindahan" in problems[0].message


def test_a_move_to_a_version_that_never_was_is_found(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    move(office, letter, line("draft", "review", "check"))
    with office.database.transaction() as session:
        if office.database.is_sqlite:
            session.execute(text("DROP TRIGGER history_refuses_update"))
        else:
            session.execute(text("ALTER TABLE history DISABLE TRIGGER USER"))
        session.execute(
            text("UPDATE history SET events = replace(events, :first, :other)"),
            {"first": office.engine.versions("letter")[0].id, "other": "f" * 32},
        )

    problems = office.engine.verify_instance(letter)

    assert {each.rule for each in problems} == {"edited", "definition"}


def forge(office: SmallOffice, letter: str, definition_id: str) -> None:
    with office.database.transaction() as session:
        session.execute(
            text("UPDATE instance SET definition_id = :other WHERE id = :letter"),
            {"other": definition_id, "letter": letter},
        )
