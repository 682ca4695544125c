"""A running letter is put on another version: tried dry, then done in one step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, HEAD, OFFICER, SmallOffice, World, sending
from moving_for_tests import OWNER, at_review, line, movable_office, move, moved, publish

from engine import Database


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return movable_office(database)


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
