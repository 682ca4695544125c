"""A letter is not moved where its tokens would be lost, starve or be doubled; nothing changes."""

from __future__ import annotations

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, HEAD, SmallOffice, sending
from moving_for_tests import OWNER, at_review, blocked, line, movable_office, publish

from engine import Database, MoveBlocked, ReasonMissing, UnknownDefinition


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return movable_office(database)


def test_a_step_that_was_dropped_or_has_another_id_blocks(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))

    assert blocked(office, letter, line("draft", "check")) == [("review", "gone")]


def test_another_type_of_step_blocks(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    drawn = DiagramBuilder().start().user("draft", "drafter").service("review", "letter.send")
    drawn.end().path("begin", "draft", "review", "done")

    assert blocked(office, letter, drawn) == [("review", "type-changed")]


def test_another_topic_blocks_while_the_job_runs(office: SmallOffice) -> None:
    letter = office.begin(sending(), {"recipient": "camat"})
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    source = sending().source().replace(b'"letter.send"', b'"letter.post"')
    target = office.engine.deploy(source, FORMS, OWNER).id

    told = office.engine.moves.preview(letter, target)

    assert [(each.element, each.rule) for each in told.blockers] == [("send", "job-changed")]
    office.run_jobs()
    office.engine.moves.move(letter, target, OWNER, "Sudah terkirim.")
    assert office.engine.verify_instance(letter) == []


def test_a_limit_that_runs_and_is_gone_blocks(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review", limit="PT60M"))

    assert blocked(office, letter, line("draft", "review")) == [("late", "event-gone")]


def test_a_limit_that_would_cut_off_blocks(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review", limit="PT60M"))
    drawn = line("draft", "review").timer("late", "review", "PT60M", interrupting=True)
    drawn.end("expired").flow("late", "expired")

    assert blocked(office, letter, drawn) == [("late", "event-changed")]


def branches(*names: str, join: bool = True) -> DiagramBuilder:
    """Tasks side by side, behind each of them the join."""
    drawn = DiagramBuilder().start().parallel("split")
    for name in names:
        drawn.user(name, "drafter")
    drawn.parallel("join").end().flow("begin", "split").flow("join", "done")
    for name in names:
        drawn.path("split", name, "join")
    return drawn


def test_a_join_that_has_gathered_somebody_keeps_its_flows(office: SmallOffice) -> None:
    letter = office.begin(branches("left", "right"))
    office.engine.complete_task(office.task(letter, "left"), DRAFTER, {})

    assert blocked(office, letter, branches("left", "right", "third")) == [("join", "join-changed")]


def test_a_join_that_would_wait_for_nobody_blocks(office: SmallOffice) -> None:
    letter = office.begin(branches("left", "right"))

    assert blocked(office, letter, branches("left", "right", "third")) == [("join", "deadlock")]


def test_branches_that_were_put_in_a_row_block(office: SmallOffice) -> None:
    letter = office.begin(branches("left", "right"))

    assert ("right_to_done", "doubled") in blocked(office, letter, line("left", "right"))


def test_a_gathered_join_goes_on_where_nothing_of_it_changed(office: SmallOffice) -> None:
    letter = office.begin(branches("left", "right"))
    office.engine.complete_task(office.task(letter, "left"), DRAFTER, {})
    drawn = branches("left", "right").user("after", "drafter").flow("join", "after", name="on")
    source = drawn.source().replace(b'sourceRef="join" targetRef="done"',
                                    b'sourceRef="after" targetRef="done"')  # fmt: skip

    office.engine.moves.move(
        letter, office.engine.deploy(source, FORMS, OWNER).id, OWNER, "Ditambah."
    )
    office.engine.complete_task(office.task(letter, "right"), DRAFTER, {})

    assert office.task(letter, "after")
    assert office.engine.verify_instance(letter) == []


def test_what_makes_no_sense_is_refused(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    own = office.engine.instance(letter).definition_id
    drawn = DiagramBuilder("other").start().user("review", "head").end()
    other = publish(office, drawn.path("begin", "review", "done"))
    longer = publish(office, line("draft", "review", "check"))
    moves = office.engine.moves

    rules = [moves.preview(letter, each).blockers[0].rule for each in (own, other)]
    assert rules == ["same-version", "other-process"]
    with pytest.raises(UnknownDefinition):
        moves.preview(letter, "f" * 32)
    with pytest.raises(ReasonMissing):
        moves.move(letter, longer, OWNER, "  ")
    office.engine.complete_task(office.task(letter), HEAD, {})
    assert moves.preview(letter, longer).blockers[0].rule == "completed"
    with pytest.raises(MoveBlocked):
        moves.move(letter, longer, OWNER, "Terlambat.")


def test_nothing_moves_by_itself(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    publish(office, line("draft", "review", "check"))

    office.clock.pass_time(days=30)
    office.engine.fire_due_timers()
    office.engine.complete_task(office.task(letter), HEAD, {})

    assert office.engine.instance(letter).definition_version == 1
    assert office.engine.instance(letter).status == "completed"
