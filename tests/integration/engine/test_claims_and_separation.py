"""Who may do a task: positions, claims, separation of duties, and posts that nobody holds."""

from __future__ import annotations

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    HEAD,
    OFFICER,
    OTHER_HEAD,
    REVIEWING,
    SmallOffice,
    review_loop,
)

from engine import (
    Actor,
    Database,
    Kind,
    SamePersonTwice,
    TaskClaimed,
    TaskNotYours,
)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING)


def test_only_a_holder_of_the_position_completes_a_task(office: SmallOffice) -> None:
    letter = office.begin(review_loop())

    with pytest.raises(TaskNotYours):
        office.engine.complete_task(office.task(letter), OFFICER, {})

    assert office.task(letter, "draft")


def test_a_claimed_task_leaves_the_inbox_of_colleagues(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    review = office.task(letter)

    office.engine.claim(review, HEAD)
    office.engine.claim(review, HEAD)

    assert [task.claimed_name for task in office.engine.inbox({"head"}, "budi")] == ["Budi"]
    assert office.engine.inbox({"head"}, "citra") == []
    with pytest.raises(TaskClaimed) as refused:
        office.engine.complete_task(review, OTHER_HEAD, {"decision": "approve"})
    assert refused.value.details["claimed_name"] == "Budi"
    with pytest.raises(TaskClaimed):
        office.engine.claim(review, OTHER_HEAD)
    kinds = office.kinds(letter)
    assert kinds.count(("TASK_CLAIMED", "review")) == 1


def test_a_colleague_may_take_a_task_from_somebody_absent(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    review = office.task(letter)
    office.engine.claim(review, HEAD)

    with pytest.raises(TaskNotYours):
        office.engine.release(review, DRAFTER)
    office.engine.release(review, OTHER_HEAD)
    office.engine.release(review, OTHER_HEAD)
    office.engine.complete_task(review, OTHER_HEAD, {"decision": "approve"})

    [released] = [e for e in office.engine.history(letter) if e.kind is Kind.TASK_RELEASED]
    assert (released.name, released.details["claimed_name"]) == ("Citra", "Budi")
    assert office.engine.verify_instance(letter) == []


def test_one_person_may_not_approve_what_they_drafted(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    both = Actor("ani", "Ani", "head", positions=frozenset({"staff", "head"}))
    office.engine.complete_task(office.task(letter), both, {})

    with pytest.raises(SamePersonTwice) as refused:
        office.engine.complete_task(office.task(letter), both, {"decision": "approve"})

    assert refused.value.details["earlier"] == ("draft",)
    assert isinstance(refused.value, TaskNotYours)


@pytest.mark.parametrize(
    ("drawn", "allowed", "warned"),
    [
        ({"separateFrom": "draft"}, True, True),
        ({"separateFrom": "draft", "samePerson": "warn"}, True, True),
        ({"separateFrom": "draft", "samePerson": "refuse"}, False, False),
        ({"separateFrom": "other"}, True, False),
        ({"separateFrom": ""}, True, False),
        ({"refuseFrom": "draft"}, False, False),
        ({"refuseFrom": "other", "separateFrom": "draft"}, True, True),
        ({"refuseFrom": "draft", "separateFrom": "draft"}, False, False),
        ({"samePerson": "warn"}, True, True),
        ({}, False, False),
    ],
)
def test_the_diagram_says_whether_one_person_may_do_both_stages(
    sqlite_database: Database, drawn: dict[str, str], allowed: bool, warned: bool
) -> None:
    office = SmallOffice(sqlite_database, **REVIEWING)
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .user("review", "head", operation="letter.review", **drawn)
        .user("other", "head", operation="letter.review", separateFrom="")
        .end()
        .path("begin", "draft", "review", "other", "done")
    )
    letter = office.begin(diagram)
    both = Actor("ani", "Ani", "head", positions=frozenset({"staff", "head"}))
    office.engine.complete_task(office.task(letter), both, {})

    if allowed:
        office.engine.complete_task(office.task(letter), both, {})
    else:
        with pytest.raises(SamePersonTwice):
            office.engine.complete_task(office.task(letter), both, {})

    warnings = [e for e in office.engine.history(letter) if e.kind is Kind.WARNING]
    assert [e.details["elements"] for e in warnings] == ([["draft"]] if warned else [])


def test_two_tasks_of_one_group_may_be_one_persons(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    office.engine.complete_task(office.task(letter), HEAD, {"decision": "return"})

    office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert office.task(letter, "review")


def test_a_task_without_a_performer_is_an_incident_until_the_position_is_filled(
    office: SmallOffice,
) -> None:
    office.positions.of["head"] = ()
    letter = office.begin(review_loop())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    [incident] = office.engine.incidents()
    assert (incident.kind, incident.element, incident.business_key) == (
        "task",
        "review",
        "letter-1",
    )

    office.positions.of["head"] = ("head",)
    office.engine.retry_incident(incident.id, OFFICER)

    assert office.engine.incidents() == []
    [task] = office.engine.inbox({"head"}, "budi")
    office.engine.complete_task(task.id, HEAD, {"decision": "approve"})
    assert office.engine.verify_instance(letter) == []


def test_a_retry_that_finds_nobody_raises_the_incident_anew(office: SmallOffice) -> None:
    office.positions.of["drafter"] = ()
    office.begin(review_loop())
    [incident] = office.engine.incidents()

    office.engine.retry_incident(incident.id, OFFICER)

    [again] = office.engine.incidents()
    assert again.id != incident.id
