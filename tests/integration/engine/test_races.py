"""Two at once: whoever is first wins, the other is told so, and nothing is done twice."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    OTHER_HEAD,
    REVIEWING,
    SmallOffice,
    World,
    review_loop,
)
from racing_for_tests import Racers, together

from engine import (
    Actor,
    Definition,
    InstanceChanged,
    ProcessEngine,
    TaskClaimed,
    TaskNotOpen,
)
from engine.instances import lock_instance, save_instance

ROUNDS = 8
OWNER = Actor("owner", "Owner")


@pytest.fixture
def office(racers: Racers) -> SmallOffice:
    return SmallOffice(
        racers.one, **REVIEWING, queued={"letter.send": World()}, notices={"notice.remind": World()}
    )


@pytest.fixture
def other(racers: Racers, office: SmallOffice) -> ProcessEngine:
    """An engine of another process."""
    return office.another_engine(database=racers.other)


def at_review(office: SmallOffice, number: int = 0) -> tuple[str, str]:
    """A letter that waits for a head, and the task."""
    letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    return letter, office.task(letter)


def with_deadline() -> DiagramBuilder:
    """A draft that is withdrawn when it is late."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H", interrupting=True)
        .end()
        .end("expired")
        .path("begin", "draft", "done")
        .path("late", "expired")
    )


def ends(office: SmallOffice, letter: str) -> set[str]:
    return {element for _, element in office.kinds(letter) if element in ("done", "expired")}


# Two completions


@pytest.mark.parametrize(
    ("first", "second"), [(HEAD, OTHER_HEAD), (OTHER_HEAD, HEAD)], ids=["budi", "citra"]
)
def test_whoever_completes_a_task_first_counts(
    racers: Racers, office: SmallOffice, other: ProcessEngine, first: Actor, second: Actor
) -> None:
    office.begin(review_loop())
    letter, review = at_review(office)

    _, refused = racers.in_order(
        partial(office.engine.complete_task, review, first, {"decision": "approve"}),
        partial(other.complete_task, review, second, {"decision": "return"}),
    )

    assert isinstance(refused, TaskNotOpen)
    assert refused.details["completed_by"] == first.name
    assert office.kinds(letter).count(("TASK_COMPLETED", "review")) == 1
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_two_reviewers_complete_one_task_and_one_of_them_counts(
    office: SmallOffice, other: ProcessEngine
) -> None:
    office.begin(review_loop())
    for number in range(ROUNDS):
        letter, review = at_review(office, number)

        results = together(
            partial(office.engine.complete_task, review, HEAD, {"decision": "approve"}),
            partial(other.complete_task, review, OTHER_HEAD, {"decision": "return"}),
        )

        [refused] = [result for result in results if isinstance(result, Exception)]
        assert isinstance(refused, TaskNotOpen)
        assert refused.details["completed_by"] in ("Budi", "Citra")
        assert office.kinds(letter).count(("TASK_COMPLETED", "review")) == 1
        assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("left_first", [True, False])
def test_both_branches_completed_at_once_lose_nothing(
    racers: Racers, office: SmallOffice, other: ProcessEngine, left_first: bool
) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .parallel("split")
        .user("left", "drafter", outputs="left")
        .user("right", "head", outputs="right")
        .parallel("join")
        .end()
        .path("begin", "split", "left", "join", "done")
        .path("split", "right", "join")
    )
    letter = office.begin(diagram)
    answers: list[Any] = [("left", DRAFTER, {"left": 1}), ("right", HEAD, {"right": 2})]
    first, second = answers if left_first else reversed(answers)

    racers.in_order(
        partial(office.engine.complete_task, office.task(letter, first[0]), *first[1:]),
        partial(other.complete_task, office.task(letter, second[0]), *second[1:]),
    )

    view = office.engine.instance(letter)
    assert (view.status, dict(view.data)) == ("completed", {"left": 1, "right": 2})
    assert office.engine.verify_instance(letter) == []


# Two claims, a claim and a completion


@pytest.mark.parametrize(
    ("first", "second"), [(HEAD, OTHER_HEAD), (OTHER_HEAD, HEAD)], ids=["budi", "citra"]
)
def test_whoever_claims_a_task_first_has_it(
    racers: Racers, office: SmallOffice, other: ProcessEngine, first: Actor, second: Actor
) -> None:
    office.begin(review_loop())
    letter, review = at_review(office)

    _, refused = racers.in_order(
        partial(office.engine.claim, review, first), partial(other.claim, review, second)
    )

    assert isinstance(refused, TaskClaimed)
    assert refused.details["claimed_name"] == office.engine.task(review).claimed_name == first.name
    assert office.kinds(letter).count(("TASK_CLAIMED", "review")) == 1
    assert office.engine.verify_instance(letter) == []


def test_two_colleagues_claim_one_task_and_one_of_them_has_it(
    office: SmallOffice, other: ProcessEngine
) -> None:
    office.begin(review_loop())
    for number in range(ROUNDS):
        letter, review = at_review(office, number)

        results = together(
            partial(office.engine.claim, review, HEAD), partial(other.claim, review, OTHER_HEAD)
        )

        [refused] = [result for result in results if result is not None]
        assert isinstance(refused, TaskClaimed)
        assert office.engine.task(review).claimed_name == refused.details["claimed_name"]
        assert office.kinds(letter).count(("TASK_CLAIMED", "review")) == 1
        assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("claim_first", [True, False])
def test_a_task_is_claimed_while_a_colleague_completes_it(
    racers: Racers, office: SmallOffice, other: ProcessEngine, claim_first: bool
) -> None:
    office.begin(review_loop())
    letter, review = at_review(office)
    approve = {"decision": "approve"}

    if claim_first:
        acts = [
            partial(office.engine.claim, review, HEAD),
            partial(other.complete_task, review, OTHER_HEAD, approve),
        ]
    else:
        acts = [
            partial(office.engine.complete_task, review, OTHER_HEAD, approve),
            partial(other.claim, review, HEAD),
        ]
    _, refused = racers.in_order(*acts)

    assert isinstance(refused, TaskClaimed if claim_first else TaskNotOpen)
    assert ("TASK_COMPLETED", "review") in office.kinds(letter) or claim_first
    assert office.engine.verify_instance(letter) == []


# A completion and a deadline


@pytest.mark.parametrize("completion_first", [True, False])
def test_a_completion_and_a_deadline_in_either_order(
    racers: Racers, office: SmallOffice, other: ProcessEngine, completion_first: bool
) -> None:
    letter = office.begin(with_deadline())
    draft = office.task(letter)
    office.clock.pass_time(days=7)

    if completion_first:
        completed, fired = racers.in_order(
            partial(office.engine.complete_task, draft, DRAFTER, {}), other.fire_due_timers
        )
    else:
        fired, completed = racers.in_order(
            office.engine.fire_due_timers, partial(other.complete_task, draft, DRAFTER, {})
        )

    assert fired == (0 if completion_first else 1)
    assert isinstance(completed, TaskNotOpen) is not completion_first
    assert ends(office, letter) == ({"done"} if completion_first else {"expired"})
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_a_completion_and_a_deadline_at_the_same_moment(
    office: SmallOffice, other: ProcessEngine
) -> None:
    office.begin(with_deadline())
    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        draft = office.task(letter)
        office.clock.pass_time(days=7)

        completed, _ = together(
            partial(office.engine.complete_task, draft, DRAFTER, {}), other.fire_due_timers
        )

        assert ends(office, letter) == (
            {"expired"} if isinstance(completed, TaskNotOpen) else {"done"}
        )
        assert office.engine.instance(letter).status == "completed"
        assert office.engine.verify_instance(letter) == []


def test_one_deadline_is_fired_once_by_two_nodes(
    racers: Racers, office: SmallOffice, other: ProcessEngine
) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H")
        .service("remind", "notice.remind", kind="sendTask")
        .end()
        .end("reminded")
        .path("begin", "draft", "done")
        .path("late", "remind", "reminded")
    )
    letter = office.begin(diagram)
    office.clock.pass_time(days=7)
    assert racers.in_order(office.engine.fire_due_timers, other.fire_due_timers) == [1, 0]
    letters = [letter]
    letters += [office.engine.start("letter", f"l{n}", "o", {}, DRAFTER) for n in range(ROUNDS)]
    office.clock.pass_time(days=7)

    fired = together(office.engine.fire_due_timers, other.fire_due_timers)

    assert sum(fired) == ROUNDS
    for each in letters:
        assert office.kinds(each).count(("TIMER_FIRED", "late")) == 1
        assert office.engine.verify_instance(each) == []


# Two owners, an owner and a drafter


def changed(number: int) -> bytes:
    return review_loop().source().replace(b'name="review"', f'name="review {number}"'.encode())


def test_two_owners_deploy_at_once_and_both_versions_stand(
    racers: Racers, office: SmallOffice, other: ProcessEngine
) -> None:
    results = racers.in_order(
        partial(office.engine.deploy, changed(1), FORMS, OWNER),
        partial(other.deploy, changed(2), FORMS, OWNER),
    )
    results += together(
        partial(office.engine.deploy, changed(3), FORMS, OWNER),
        partial(other.deploy, changed(4), FORMS, OWNER),
    )

    assert all(isinstance(result, Definition) for result in results), results
    assert [result.version for result in results[:2]] == [1, 2]
    assert sorted(result.version for result in results[2:]) == [3, 4]


@pytest.mark.parametrize("deploy_first", [True, False])
def test_a_letter_that_starts_during_a_deployment_has_one_whole_version(
    racers: Racers, office: SmallOffice, other: ProcessEngine, deploy_first: bool
) -> None:
    office.engine.deploy(changed(1), FORMS, OWNER)

    if deploy_first:
        deployed, letter = racers.in_order(
            partial(office.engine.deploy, changed(2), FORMS, OWNER),
            partial(other.start, "letter", "l", "office", {}, DRAFTER),
        )
    else:
        letter, deployed = racers.in_order(
            partial(office.engine.start, "letter", "l", "office", {}, DRAFTER),
            partial(other.deploy, changed(2), FORMS, OWNER),
        )

    assert deployed.version == 2
    # On SQLite the start waits for the deployment; PostgreSQL shows it what is committed.
    newest = deploy_first and racers.one.is_sqlite
    assert office.engine.instance(letter).definition_version == (2 if newest else 1)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    names = {each.element_name for each in office.engine.history(letter)}
    assert ("review 2" in names, "review 1" in names) == (newest, not newest)
    assert office.engine.verify_instance(letter) == []


# The row itself


def test_a_row_that_changed_since_it_was_read_is_not_overwritten(office: SmallOffice) -> None:
    letter = office.begin(review_loop())
    with office.database.transaction() as session:
        read = lock_instance(session, letter)
    office.engine.complete_task(office.task(letter), DRAFTER, {})

    with pytest.raises(InstanceChanged), office.database.transaction() as session:
        save_instance(
            session,
            letter,
            read.lock_version,
            history_length=read.history_length,
            history_head=read.history_head,
        )

    assert office.engine.verify_instance(letter) == []
