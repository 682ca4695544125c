"""Two at once: whoever is first wins, the other is told so, and nothing is done twice."""

from __future__ import annotations

from functools import partial

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
    together,
)

from engine import Actor, Database, Definition, InstanceChanged, TaskClaimed, TaskNotOpen
from engine.instances import lock_instance, save_instance

ROUNDS = 8


@pytest.fixture
def world() -> World:
    return World(undelivered=0)


@pytest.fixture
def office(database: Database, world: World) -> SmallOffice:
    return SmallOffice(
        database, **REVIEWING, queued={"letter.send": world}, notices={"notice.remind": World()}
    )


def test_two_reviewers_complete_one_task_and_one_of_them_counts(office: SmallOffice) -> None:
    other = office.another_engine()
    office.begin(review_loop())

    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        office.engine.complete_task(office.task(letter), DRAFTER, {})
        review = office.task(letter)

        results = together(
            partial(office.engine.complete_task, review, HEAD, {"decision": "approve"}),
            partial(other.complete_task, review, OTHER_HEAD, {"decision": "return"}),
        )

        [refused] = [result for result in results if isinstance(result, Exception)]
        assert isinstance(refused, TaskNotOpen)
        assert refused.details["completed_by"] in ("Budi", "Citra")
        assert office.kinds(letter).count(("TASK_COMPLETED", "review")) == 1
        assert office.engine.verify_instance(letter) == []


def test_two_colleagues_claim_one_task_and_one_of_them_has_it(office: SmallOffice) -> None:
    other = office.another_engine()
    office.begin(review_loop())

    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        office.engine.complete_task(office.task(letter), DRAFTER, {})
        review = office.task(letter)

        results = together(
            partial(office.engine.claim, review, HEAD), partial(other.claim, review, OTHER_HEAD)
        )

        [refused] = [result for result in results if result is not None]
        assert isinstance(refused, TaskClaimed)
        task = office.engine.task(review)
        assert task.claimed_name == refused.details["claimed_name"]
        assert office.kinds(letter).count(("TASK_CLAIMED", "review")) == 1
        assert office.engine.verify_instance(letter) == []


def test_a_completion_and_a_deadline_at_the_same_moment(office: SmallOffice) -> None:
    other = office.another_engine()
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H", interrupting=True)
        .end()
        .end("expired")
        .path("begin", "draft", "done")
        .path("late", "expired")
    )
    office.begin(diagram)

    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        draft = office.task(letter)
        office.clock.pass_time(days=7)

        completed, _ = together(
            partial(office.engine.complete_task, draft, DRAFTER, {}),
            other.fire_due_timers,
        )

        ends = [e for _, e in office.kinds(letter) if e in ("done", "expired")]
        assert set(ends) == ({"expired"} if isinstance(completed, TaskNotOpen) else {"done"})
        assert office.engine.instance(letter).status == "completed"
        assert office.engine.verify_instance(letter) == []


def test_one_deadline_is_fired_once_by_two_nodes(office: SmallOffice) -> None:
    other = office.another_engine()
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
    letters = [office.begin(diagram)]
    letters += [office.engine.start("letter", f"l{n}", "o", {}, DRAFTER) for n in range(ROUNDS)]
    office.clock.pass_time(days=7)

    fired = together(office.engine.fire_due_timers, other.fire_due_timers)

    assert sum(fired) == len(letters)
    for letter in letters:
        assert office.kinds(letter).count(("TIMER_FIRED", "late")) == 1
        assert office.engine.verify_instance(letter) == []


def test_a_result_that_two_nodes_bring_is_entered_once(office: SmallOffice, world: World) -> None:
    other = office.another_engine()
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send")
        .end()
        .path("begin", "draft", "send", "done")
    )
    office.begin(diagram)

    def enter(engine: object, key: str) -> bool:
        with office.database.transaction() as session:
            return engine.finish_job(session, key, {})  # type: ignore[attr-defined]

    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        office.engine.complete_task(office.task(letter), DRAFTER, {})
        [key] = office.engine.queued_job_keys()

        results = together(partial(enter, office.engine, key), partial(enter, other, key))

        assert sorted(results) == [False, True]
        assert office.kinds(letter).count(("JOB_FINISHED", "send")) == 1
        assert office.engine.verify_instance(letter) == []
    assert len(world.recorded) == ROUNDS


def test_both_branches_completed_at_once_lose_nothing(office: SmallOffice) -> None:
    other = office.another_engine()
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
    office.begin(diagram)

    for number in range(ROUNDS):
        letter = office.engine.start("letter", f"l{number}", "office", {}, DRAFTER)
        left, right = office.task(letter, "left"), office.task(letter, "right")

        together(
            partial(office.engine.complete_task, left, DRAFTER, {"left": 1}),
            partial(other.complete_task, right, HEAD, {"right": 2}),
        )

        view = office.engine.instance(letter)
        assert (view.status, dict(view.data)) == ("completed", {"left": 1, "right": 2})
        assert office.engine.verify_instance(letter) == []


def test_two_owners_deploy_at_once_and_both_versions_stand(office: SmallOffice) -> None:
    other = office.another_engine()
    changed = [
        review_loop().source().replace(b'name="review"', f'name="review {n}"'.encode())
        for n in range(2)
    ]
    owner = Actor("owner", "Owner")

    results = together(
        partial(office.engine.deploy, changed[0], FORMS, owner),
        partial(other.deploy, changed[1], FORMS, owner),
    )

    assert all(isinstance(result, Definition) for result in results), results
    assert sorted(result.version for result in results) == [1, 2]


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
