"""Work with the books closed: performed under one key, entered exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, REVIEWING, SmallOffice, World, at_the_sending, sending
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from engine import BusinessError, Database, Failure, Kind, StepCall, TemporaryFailure

page = Table("page_for_tests", MetaData(), Column("number", Integer, primary_key=True))


def an_office(database: Database, world: World) -> SmallOffice:
    return SmallOffice(database, **REVIEWING, queued={"letter.send": world})


@pytest.fixture
def world() -> World:
    return World(undelivered=0)


@pytest.fixture
def office(database: Database, world: World) -> SmallOffice:
    return an_office(database, world)


def test_a_job_is_performed_later_and_its_result_moves_the_token(
    office: SmallOffice, world: World
) -> None:
    letter = at_the_sending(office)
    assert office.engine.tasks_of(letter) == []
    assert world.calls == []

    assert office.run_jobs() == 1

    assert office.task(letter, "confirm")
    assert office.engine.instance(letter).data["undelivered"] == 0
    [performed], [recorded] = world.calls, world.recorded
    assert performed.key == recorded.key == f"{letter}:send:1"
    assert performed.arguments == {"to": "camat", "note": "biasa"}
    assert performed.properties == {"hint": "h"}
    assert (performed.actor.person, performed.at) == ("ani", office.clock.now())
    assert office.engine.queued_job_keys() == []
    assert office.engine.verify_instance(letter) == []


def test_a_result_that_comes_twice_is_entered_once(office: SmallOffice, world: World) -> None:
    letter = at_the_sending(office)
    [key] = office.engine.queued_job_keys()
    outcome = office.engine.perform_job(key)

    with office.database.transaction() as session:
        first = office.engine.finish_job(session, key, outcome)
    with office.database.transaction() as session:
        second = office.engine.finish_job(session, key, outcome)

    assert (first, second) == (True, False)
    assert len(world.recorded) == 1
    assert office.kinds(letter).count(("JOB_FINISHED", "send")) == 1
    assert office.engine.perform_job(key) == {}
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("end", ["finish", "business_error", "failed", "failed for good"])
def test_a_job_whose_token_left_without_it_changes_nothing(
    office: SmallOffice, world: World, end: str
) -> None:
    diagram = sending().timer("too_late", "send", "PT1H", interrupting=True)
    diagram.flow("too_late", "confirm")
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    [key] = office.engine.queued_job_keys()
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 1
    before = office.engine.history(letter)

    with office.database.transaction() as session:
        wanted = {
            "finish": lambda: office.engine.finish_job(session, key, {}),
            "business_error": lambda: office.engine.business_error(
                session, key, "SENDING_FAILED", "x"
            ),
            "failed": lambda: office.engine.job_failed(session, key, Failure("x", temporary=True)),
            "failed for good": lambda: office.engine.job_failed(session, key, Failure("x")),
        }[end]()

    assert not wanted
    assert office.engine.history(letter) == before
    assert office.engine.queued_job_keys() == office.engine.incidents() == []
    assert world.calls == world.recorded == []
    assert office.engine.verify_instance(letter) == []


def test_a_foreseen_failure_takes_the_drawn_way(office: SmallOffice, world: World) -> None:
    world.fails = [BusinessError("SENDING_FAILED", "Kotak surat penuh.")]
    letter = at_the_sending(office)

    office.run_jobs()

    task = office.engine.task(office.task(letter, "draft"))
    assert task.occurrence == 2
    assert task.data["error"] == {"code": "SENDING_FAILED", "sentence": "Kotak surat penuh."}
    [thrown] = [e for e in office.engine.history(letter) if e.kind is Kind.ERROR_THROWN]
    assert thrown.details["sentence"] == "Kotak surat penuh."
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_the_second_attempt_after_a_return_is_another_job(
    office: SmallOffice, world: World
) -> None:
    world.fails = [BusinessError("SENDING_FAILED", "Penuh.")]
    letter = at_the_sending(office)
    office.run_jobs()

    office.engine.complete_task(office.task(letter), DRAFTER, {})
    office.run_jobs()

    assert [call.key for call in world.calls] == [f"{letter}:send:1", f"{letter}:send:2"]
    assert office.task(letter, "confirm")
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize(
    ("failure", "ends_at"),
    [
        (ValueError("x"), None),
        (IntegrityError("x", None, Exception("twice")), None),
        (BusinessError("SENDING_FAILED", "x"), "draft"),
    ],
)
def test_what_record_half_wrote_is_gone_when_it_fails(
    database: Database, failure: Exception, ends_at: str | None
) -> None:
    page.create(database.connections)

    class HalfWriting(World):
        def record(
            self, call: StepCall, outcome: Mapping[str, Any], session: Session
        ) -> Mapping[str, Any]:
            session.execute(insert(page).values(number=1))
            raise failure

    office = an_office(database, HalfWriting())
    letter = at_the_sending(office)

    office.run_jobs()

    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(page)).scalar_one() == 0
    assert [task.element for task in office.engine.tasks_of(letter)] == [ends_at] * bool(ends_at)
    assert len(office.engine.incidents()) == (0 if ends_at else 1)
    assert office.engine.verify_instance(letter) == []


def test_a_database_that_is_busy_leaves_the_job_to_be_entered_again(database: Database) -> None:
    class Unlucky(World):
        def record(
            self, call: StepCall, outcome: Mapping[str, Any], session: Session
        ) -> Mapping[str, Any]:
            if len(super().record(call, outcome, session)) == 0 and len(self.recorded) == 1:
                raise OperationalError("x", None, Exception("deadlock detected"))
            return {}

    office = an_office(database, Unlucky())
    letter = at_the_sending(office)
    [key] = office.engine.queued_job_keys()

    with pytest.raises(OperationalError), database.transaction() as session:
        office.engine.finish_job(session, key, {})
    with database.transaction() as session:
        assert office.engine.finish_job(session, key, {})

    assert office.task(letter, "confirm")
    assert office.engine.verify_instance(letter) == []


def test_an_outcome_after_which_no_path_is_open_is_an_incident(database: Database) -> None:
    def closed(call: StepCall, session: Session) -> Mapping[str, Any]:
        raise ValueError("the register is closed")

    world = World()
    office = SmallOffice(
        database,
        **REVIEWING,
        queued={"letter.send": world},
        immediate={"letter.register": closed},
    )
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send")
        .service("register", "letter.register")
        .end()
        .path("begin", "draft", "send", "register", "done")
    )
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})

    office.run_jobs()

    [incident] = office.engine.incidents()
    assert incident.sentence == "ValueError: selengkapnya ada dalam log server."
    assert ("JOB_FINISHED", "send") not in office.kinds(letter)
    assert office.engine.verify_instance(letter) == []


def reminding() -> DiagramBuilder:
    return (
        DiagramBuilder()
        .start()
        .service("remind", "notice.remind", kind="sendTask")
        .user("draft", "drafter")
        .end()
        .path("begin", "remind", "draft", "done")
    )


def test_a_notice_lets_the_token_pass_at_once(database: Database) -> None:
    world = World(ignored=True)
    office = SmallOffice(database, notices={"notice.remind": world})
    letter = office.begin(reminding())

    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
    office.run_jobs()

    assert len(world.calls) == len(world.recorded) == 1
    assert "ignored" not in office.engine.instance(letter).data
    assert office.kinds(letter)[-1] == ("JOB_FINISHED", "remind")
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize(
    "failure", [ValueError("x"), BusinessError("X", "x"), TemporaryFailure("x")]
)
def test_a_notice_that_fails_disturbs_nobody(database: Database, failure: Exception) -> None:
    world = World()
    world.fails = [failure] * 6
    office = SmallOffice(database, notices={"notice.remind": world})
    letter = office.begin(reminding())

    for _ in range(7):
        office.run_jobs()
        office.clock.pass_time(hours=1)

    assert office.engine.incidents() == []
    assert office.engine.queued_job_keys() == []
    assert office.kinds(letter)[-1] == ("JOB_FAILED", "remind")
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
