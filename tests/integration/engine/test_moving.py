"""A running letter is put on another version: tried dry, done in one step, undone, or refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    OFFICER,
    REVIEWING,
    SmallOffice,
    World,
    sending,
)
from sqlalchemy import text

from engine import (
    Actor,
    Database,
    HistoryEvent,
    Kind,
    MoveBlocked,
    NothingToUndo,
    ReasonMissing,
    UnknownDefinition,
)

OWNER = Actor("owner", "Owner")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(
        database,
        **REVIEWING,
        queued={"letter.send": World(sent=True), "letter.post": World()},
        notices={"notice.remind": World()},
    )


def line(*tasks: str, limit: str = "", **of_review: Any) -> DiagramBuilder:
    """A letter that passes these tasks one after the other; a limit watches over the review."""
    drawn = DiagramBuilder().start()
    groups = {"review": "head"}
    for task in tasks:
        more = of_review if task == "review" else {}
        drawn.user(task, groups.get(task, "drafter"), **more)
    drawn.end().path("begin", *tasks, "done")
    if limit:
        drawn.timer("late", "review", limit).service("remind", "notice.remind").end("told")
        drawn.path("late", "remind", "told")
    return drawn


def publish(office: SmallOffice, drawn: DiagramBuilder, **forms: str) -> str:
    return office.engine.deploy(drawn.source(), {**FORMS, **forms}, OWNER).id


def at_review(office: SmallOffice, drawn: DiagramBuilder) -> str:
    """A letter that was drafted and waits for the head."""
    letter = office.begin(drawn, {"subject": "undangan"})
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    return letter


def move(office: SmallOffice, letter: str, drawn: DiagramBuilder) -> None:
    office.engine.moves.move(letter, publish(office, drawn), OWNER, "SOP berubah.")
    assert office.engine.verify_instance(letter) == []


def moved(office: SmallOffice, letter: str) -> HistoryEvent:
    return next(e for e in office.engine.history(letter) if e.kind is Kind.INSTANCE_MOVED)


def blocked(office: SmallOffice, letter: str, drawn: DiagramBuilder) -> list[tuple[str, str]]:
    """Try to move, see that nothing changed, and return element and rule of what blocks."""
    target = publish(office, drawn)
    before = (office.kinds(letter), office.engine.tasks_of(letter))
    told = office.engine.moves.preview(letter, target)

    with pytest.raises(MoveBlocked) as refused:
        office.engine.moves.move(letter, target, OWNER, "SOP berubah.")

    assert refused.value.details["findings"] == told.blockers
    assert (office.kinds(letter), office.engine.tasks_of(letter)) == before
    assert office.engine.instance(letter).definition_version == 1
    assert office.engine.verify_instance(letter) == []
    assert all(each.message and each.message_en for each in told.findings)
    return [(each.element, each.rule) for each in told.blockers]


# What goes on


def test_a_step_that_was_added_ahead_is_taken(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    open_before = office.engine.tasks_of(letter)
    office.engine.claim(office.task(letter), HEAD)

    move(office, letter, line("draft", "review", "check"))

    [task] = office.engine.tasks_of(letter)
    assert (task.id, task.opened_at, task.data) == (
        open_before[0].id, open_before[0].opened_at, open_before[0].data,
    )  # fmt: skip
    assert task.claimed_by == HEAD.person
    assert task.definition_version == office.engine.instance(letter).definition_version == 2
    office.engine.complete_task(task.id, HEAD, {})
    office.engine.complete_task(office.task(letter, "check"), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_the_history_tells_from_where_to_where_and_why(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))

    move(office, letter, line("draft", "review", "check"))

    told = moved(office, letter)
    first, second = office.engine.versions("letter")
    assert told.details == {
        "from": {"id": first.id, "version": 1, "content_hash": first.content_hash},
        "to": {"id": second.id, "version": 2, "content_hash": second.content_hash},
    }
    assert (told.name, told.reason) == ("Owner", "SOP berubah.")
    assert (told.definition_version, told.content_hash) == (2, second.content_hash)


def test_a_longer_limit_leaves_the_one_that_runs_as_it_is(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review", limit="PT60M"))
    due = office.engine.tasks_of(letter)[0].due_at
    target = publish(office, line("draft", "review", limit="PT90M"))

    told = office.engine.moves.preview(letter, target)
    assert [(each.element, each.rule) for each in told.consequences] == [("late", "due-kept")]
    assert [each.due for each in told.places if each.kind == "timer"] == [due]
    office.engine.moves.move(letter, target, OWNER, "SLA diperpanjang.")

    assert office.engine.tasks_of(letter)[0].due_at == due
    office.clock.pass_time(minutes=61)
    assert office.engine.fire_due_timers() == 1
    assert ("TIMER_FIRED", "late") in office.kinds(letter)
    assert office.engine.verify_instance(letter) == []


def test_an_edit_of_what_is_done_blocks_nothing(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))

    move(office, letter, line("write", "weigh", "review"))

    assert [task.element for task in office.engine.tasks_of(letter)] == ["review"]


def test_a_step_under_another_name_is_the_same_step(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    renamed = DiagramBuilder().start()
    renamed.user("draft", "drafter").user("review", "head", form="other").end()
    renamed.path("begin", "draft", "review", "done")
    source = renamed.source().replace(b'name="review"', b'name="Periksa"')
    target = office.engine.deploy(source, {**FORMS, "other": FORMS["form"]}, OWNER).id

    told = office.engine.moves.preview(letter, target)
    office.engine.moves.move(letter, target, OWNER, "Nama.")

    assert {(each.element, each.rule) for each in told.consequences} == {
        ("review", "renamed"), ("review", "form-changed"),
    }  # fmt: skip
    [task] = office.engine.tasks_of(letter)
    assert (task.name, task.form_key) == ("Periksa", "other")


def test_a_form_that_was_edited_is_a_consequence(office: SmallOffice) -> None:
    drawn = line("draft", "review")
    letter = at_review(office, drawn)
    other = '{"type": "default", "components": [], "id": "x"}'
    target = publish(office, drawn, form=other)

    told = office.engine.moves.preview(letter, target)
    office.engine.moves.move(letter, target, OWNER, "Formulir baru.")

    assert [(each.element, each.rule) for each in told.findings] == [("review", "form-changed")]
    assert office.engine.form(office.engine.tasks_of(letter)[0].definition_id, "form") == other


def test_others_who_may_do_it_and_another_operation_are_consequences(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    drawn = DiagramBuilder().start().user("draft", "drafter")
    drawn.user("review", "officer", operation="letter.review").end()
    drawn.path("begin", "draft", "review", "done")

    told = office.engine.moves.preview(letter, publish(office, drawn))
    move(office, letter, drawn)

    assert {each.rule for each in told.consequences} == {"offer-kept", "operation-changed"}
    assert office.engine.tasks_of(letter)[0].candidates == ("head",)


def test_a_job_that_is_under_way_ends_after_the_move(office: SmallOffice) -> None:
    letter = office.begin(sending(), {"recipient": "camat"})
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    [queued] = office.engine.queued_job_keys()
    drawn = sending().user("file", "officer").flow("confirm", "file", name="more")
    source = drawn.source().replace(b'targetRef="done"', b'targetRef="file"', 1)
    source = source.replace(b'id="more" sourceRef="confirm" targetRef="file"',
                            b'id="more" sourceRef="file" targetRef="done"')  # fmt: skip
    target = office.engine.deploy(source, FORMS, OWNER).id

    office.engine.moves.move(letter, target, OWNER, "Ditambah arsip.")
    assert office.engine.queued_job_keys() == [queued]
    office.run_jobs()
    office.engine.complete_task(office.task(letter, "confirm"), OFFICER, {})

    assert office.task(letter, "file")
    assert office.engine.verify_instance(letter) == []


def test_a_limit_that_is_new_counts_from_the_move_on(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    office.clock.pass_time(minutes=30)
    target = publish(office, line("draft", "review", limit="PT60M"))

    told = office.engine.moves.preview(letter, target)
    office.engine.moves.move(letter, target, OWNER, "Diberi batas waktu.")

    assert [(each.element, each.rule) for each in told.findings] == [("late", "event-armed")]
    due = office.clock.now() + timedelta(minutes=60)
    assert office.engine.tasks_of(letter)[0].due_at == due
    assert moved(office, letter).details["armed"] == {"late#1": due.isoformat()}
    assert office.engine.verify_instance(letter) == []
    office.clock.pass_time(minutes=61)
    assert office.engine.fire_due_timers() == 1
    assert office.engine.verify_instance(letter) == []


def test_a_way_back_that_is_drawn_later_helps_a_job_that_failed(office: SmallOffice) -> None:
    plain = DiagramBuilder().start().user("draft", "drafter").service("send", "letter.send")
    plain.end().path("begin", "draft", "send", "done")
    letter = office.begin(plain)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    world = office.catalog.queued["letter.send"]
    assert isinstance(world, World)
    world.fails.append(ValueError("alamat kosong"))
    office.run_jobs()
    [incident] = office.engine.incidents()
    drawn = plain.error("failed", "send", "SENDING_FAILED").flow("failed", "draft")

    move(office, letter, drawn)
    office.engine.send_back_incident(incident.id, OWNER, "Alamat kosong.")

    assert office.task(letter, "draft").endswith(".draft.2")
    assert office.engine.verify_instance(letter) == []


# What blocks


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


# Undoing


def test_a_move_is_undone_as_if_it_had_not_been(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    before = (office.engine.tasks_of(letter), office.engine.reexecute(letter).state)
    move(office, letter, line("draft", "review", "check", limit="PT60M"))
    assert [each.id for each in office.engine.moves.moved_to(_now(office, letter))] == [letter]

    told = office.engine.moves.preview_undo(letter)
    office.engine.moves.undo(letter, OWNER, "Keliru.")

    assert [(each.element, each.rule) for each in told.findings] == [("late", "event-dropped")]
    assert (office.engine.tasks_of(letter), office.engine.reexecute(letter).state) == before
    assert office.engine.fire_due_timers() == 0
    assert office.engine.moves.moved_to(_now(office, letter)) == []
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


# What an auditor finds


def test_a_version_that_was_changed_behind_the_history_is_found(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    other = publish(office, line("draft", "review", "check"))

    forge(office, letter, other)

    assert {each.rule for each in office.engine.verify_instance(letter)} == {"definition"}


def test_a_move_that_was_taken_back_behind_the_history_is_found(office: SmallOffice) -> None:
    letter = at_review(office, line("draft", "review"))
    first = _now(office, letter)
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


def _now(office: SmallOffice, letter: str) -> str:
    return office.engine.instance(letter).definition_id
