"""People complete tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    OFFICER,
    OTHER_HEAD,
    REVIEWING,
    SmallOffice,
    review_loop,
)
from sqlalchemy.orm import Session

from engine import (
    BusinessError,
    Database,
    Kind,
    NoPathOpen,
    StepCall,
    TaskNotOpen,
    UnknownInstance,
    UnknownProcess,
    canonical_json,
    sha256_of,
)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING)


def test_a_letter_is_drafted_returned_and_approved(office: SmallOffice) -> None:
    letter = office.begin(review_loop())

    office.engine.complete_task(office.task(letter), DRAFTER, {"decision": "resubmit"})
    returned = office.engine.complete_task(
        office.task(letter), HEAD, {"decision": "return"}, reason="Hal belum tepat."
    )
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    approved = office.engine.complete_task(office.task(letter), HEAD, {"decision": "approve"})

    assert [task.id for task in returned.opened] == [f"{letter}.draft.2"]
    assert not returned.completed
    assert approved.completed
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.tasks_of(letter) == []
    assert office.engine.verify_instance(letter) == []


def test_the_history_says_who_did_what_why_and_with_what_effect(office: SmallOffice) -> None:
    letter = office.begin(review_loop(), {"unit": "umum"})
    office.engine.complete_task(office.task(letter), DRAFTER, {"body": "panjang"})
    answers = {"decision": "return", "note": "x"}

    office.engine.complete_task(office.task(letter), OTHER_HEAD, answers, reason="Salah alamat.")

    [event] = [
        each
        for each in office.engine.history(letter)
        if each.kind is Kind.TASK_COMPLETED and each.element == "review"
    ]
    assert (event.person, event.name, event.position) == ("citra", "Citra", "head")
    assert event.on_behalf_of == "Plh. Kepala"
    assert event.reason == "Salah alamat."
    assert event.data_before == {"unit": "umum"}
    assert event.data_after == {"unit": "umum", "decision": "return"}
    assert event.details == {
        "answers": sha256_of(canonical_json(answers)),
        "outputs": {"decision": "return"},
    }
    assert (event.element_name, event.occurrence, event.definition_version) == ("review", 1, 1)


def test_an_open_task_says_what_an_inbox_needs(office: SmallOffice) -> None:
    letter = office.begin(review_loop(), {"unit": "umum"})

    task = office.engine.task(office.task(letter))

    assert task in office.engine.inbox({"staff"}, "ani")
    assert (task.business_key, task.scope, task.process_id) == ("letter-1", "office", "letter")
    assert (task.element, task.name, task.occurrence) == ("draft", "draft", 1)
    assert (task.form_key, task.candidates) == ("form", ("staff",))
    assert task.properties["operation"] == "letter.draft"
    assert task.data == {"unit": "umum"}
    assert task.opened_at == office.clock.now()
    assert (task.claimed_by, task.due_at) == (None, None)


def test_a_completed_task_tells_the_second_person_who_was_faster(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    review = office.task(letter)
    office.engine.complete_task(review, HEAD, {"decision": "approve"})

    for ask in (
        lambda: office.engine.complete_task(review, OTHER_HEAD, {"decision": "return"}),
        lambda: office.engine.task(review),
        lambda: office.engine.claim(review, OTHER_HEAD),
    ):
        with pytest.raises(TaskNotOpen) as refused:
            ask()

        assert refused.value.details["completed_by"] == "Budi"
        assert refused.value.details["at"] == office.clock.now()


@pytest.mark.parametrize("task_id", ["nonsense", "a.b", "x.y.1", "..", "x..1", "x.y.-1"])
def test_a_task_that_never_was_is_not_open(office: SmallOffice, task_id: str) -> None:
    for ask in (
        lambda: office.engine.complete_task(task_id, DRAFTER, {}),
        lambda: office.engine.task(task_id),
        lambda: office.engine.release(task_id, DRAFTER),
    ):
        with pytest.raises(TaskNotOpen):
            ask()


def test_without_an_operation_only_the_declared_answers_become_process_data(
    office: SmallOffice,
) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("note", "drafter", outputs="urgency, missing")
        .end()
        .path("begin", "note", "done")
    )
    letter = office.begin(diagram)
    answers = {"decision": "go", "urgency": "segera", "body": "rahasia"}

    office.engine.complete_task(office.task(letter), DRAFTER, answers)

    assert office.engine.instance(letter).data == {"decision": "go", "urgency": "segera"}


def test_an_operation_sees_the_whole_call(database: Database) -> None:
    calls: list[StepCall] = []

    def draft(call: StepCall, session: Session) -> Mapping[str, Any]:
        calls.append(call)
        return {"version": 1}

    office = SmallOffice(database, answers={"letter.draft": draft})
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft", hint="x")
        .end()
        .path("begin", "draft", "done")
    )
    letter = office.begin(diagram, {"unit": "umum"})

    office.engine.complete_task(office.task(letter), DRAFTER, {"body": "isi"})

    [call] = calls
    assert call.key == f"{letter}:draft:1"
    assert (call.topic, call.element, call.occurrence) == ("letter.draft", "draft", 1)
    assert (call.actor, call.at) == (DRAFTER, office.clock.now())
    assert (call.answers, call.data) == ({"body": "isi"}, {"unit": "umum"})
    assert call.properties["hint"] == "x"
    assert office.engine.instance(letter).data == {"unit": "umum", "version": 1}


@pytest.mark.parametrize("failure", [ValueError("defect"), BusinessError("X", "tidak bisa")])
def test_nothing_is_saved_when_the_operation_fails(database: Database, failure: Exception) -> None:
    def draft(call: StepCall, session: Session) -> Mapping[str, Any]:
        raise failure

    office = SmallOffice(database, answers={"letter.draft": draft, "letter.review": draft})
    letter = office.begin(review_loop())
    before = office.engine.history(letter)

    with pytest.raises(type(failure)):
        office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert office.task(letter, "draft")
    assert office.engine.history(letter) == before
    assert office.engine.verify_instance(letter) == []


def test_nothing_is_saved_when_a_later_element_fails(database: Database) -> None:
    def number(call: StepCall, session: Session) -> Mapping[str, Any]:
        raise ValueError("the series is closed")

    office = SmallOffice(database, **REVIEWING, immediate={"number.reserve": number})
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .service("reserve", "number.reserve")
        .end()
        .path("begin", "draft", "reserve", "done")
    )
    letter = office.begin(diagram)
    before = office.engine.history(letter)

    with pytest.raises(ValueError, match="series is closed"):
        office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert office.engine.history(letter) == before
    assert office.task(letter, "draft")


def test_two_branches_are_worked_on_side_by_side(office: SmallOffice) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .parallel("split")
        .user("left", "drafter")
        .user("right", "officer")
        .parallel("join")
        .end()
        .path("begin", "split", "left", "join", "done")
        .path("split", "right", "join")
    )
    letter = office.begin(diagram)

    office.engine.complete_task(office.task(letter, "right"), OFFICER, {"decision": "r"})
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(office.task(letter, "left"), DRAFTER, {"decision": "l"})

    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_unknown_processes_and_instances_are_refused_by_name(office: SmallOffice) -> None:
    with pytest.raises(UnknownProcess, match="fax"):
        office.engine.start("fax", "k", "s", {}, DRAFTER)
    for ask in (
        office.engine.instance,
        office.engine.history,
        office.engine.replay,
        office.engine.verify_instance,
    ):
        with pytest.raises(UnknownInstance):
            ask("missing")


def test_a_step_that_finds_no_path_changes_nothing(office: SmallOffice) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .decide("which", "otherwise")
        .end()
        .path("begin", "draft", "which")
        .flow("which", "done", name="otherwise")
        .flow("which", "draft", 'decision = "again"')
    )
    letter = office.begin(diagram)

    try:
        result = office.engine.complete_task(office.task(letter), DRAFTER, {"decision": "?"})
    except NoPathOpen:  # pragma: no cover
        pytest.fail("the default flow is open")

    assert result.completed


def test_instances_are_found_by_what_they_are_about(office: SmallOffice) -> None:
    first = office.begin(review_loop())
    office.clock.pass_time(minutes=1)
    second = office.engine.start("letter", "letter-2", "other-office", {}, DRAFTER)

    def found(**filters: Any) -> list[str]:
        return [view.id for view in office.engine.instances(**filters)]

    assert found() == [second, first]
    assert found(business_key="letter-1") == [first]
    assert found(scope="other-office", status="running") == [second]
    assert found(status="completed") == []
    assert found(process_id="letter", limit=1) == [second]
    assert office.engine.instance_ids() == [first, second]


def test_a_second_version_serves_new_letters_and_leaves_running_ones_alone(
    office: SmallOffice,
) -> None:
    first = office.begin(review_loop())
    changed = review_loop().source().replace(b'name="review"', b'name="periksa"')
    second_version = office.engine.deploy(changed, FORMS, OFFICER)
    second = office.engine.start("letter", "letter-2", "office", {}, DRAFTER)

    for letter in (first, second):
        office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert second_version.version == 2
    names = [office.engine.tasks_of(letter)[0].name for letter in (first, second)]
    assert names == ["review", "periksa"]
    assert office.engine.verify_instance(first) == office.engine.verify_instance(second) == []
