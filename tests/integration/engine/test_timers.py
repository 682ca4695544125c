"""Deadlines: set in working time, fired once, polled without opening instances."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    OFFICER,
    REVIEWING,
    SetClock,
    SmallOffice,
    World,
    escalating,
    nobody_to_tell,
)
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from engine import Database, Diagram, Kind, StepCall
from engine.tables import timer
from engine.timers import due_query, due_timers


def overdue(**properties: str) -> DiagramBuilder:
    """A draft with an SLA of four hours; a reminder goes out when it is overdue."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .timer("late", "draft", "PT4H", **properties)
        .service("remind", "notice.remind", kind="sendTask")
        .end("reminded")
        .end()
        .path("begin", "draft", "done")
        .path("late", "remind", "reminded")
    )


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING, notices={"notice.remind": World()})


def test_a_deadline_counts_the_working_time_of_the_office(office: SmallOffice) -> None:
    office.clock.at = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)  # 15:00; Friday is a holiday

    letter = office.begin(overdue())

    due = datetime(2026, 12, 28, 3, 30, tzinfo=UTC)
    assert office.engine.task(office.task(letter)).due_at == due
    [opened] = [e for e in office.engine.history(letter) if e.kind is Kind.TASK_OPENED]
    assert opened.details["due"] == due.isoformat()


@pytest.mark.parametrize("where", ["event", "task"])
def test_a_deadline_may_count_day_and_night(office: SmallOffice, where: str) -> None:
    diagram = overdue(calendar="elapsed") if where == "event" else overdue()
    source = diagram.source()
    if where == "task":
        operation = b'<camunda:property name="operation"'
        elapsed = b'<camunda:property name="calendar" value="elapsed"/>'
        source = source.replace(operation, elapsed + operation)
    office.clock.at = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
    deployed = office.engine.deploy(source, {"form": "{}"}, DRAFTER)

    letter = office.engine.start(deployed.process_id, "k", "office", {}, DRAFTER)

    assert office.engine.task(office.task(letter)).due_at == datetime(2026, 12, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(("urgency", "hours"), [("fast", 1), ("slow", 4), (None, 4)])
def test_a_deadline_may_depend_on_the_urgency(
    office: SmallOffice, urgency: str | None, hours: int
) -> None:
    source = overdue(**{"calendar": "elapsed", "slaBy": "urgency", "sla.fast": "PT1H"}).source()
    office.clock.at = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
    deployed = office.engine.deploy(source, {"form": "{}"}, DRAFTER)

    letter = office.engine.start(deployed.process_id, "k", "office", {"urgency": urgency}, DRAFTER)

    due = office.engine.task(office.task(letter)).due_at
    assert due == datetime(2026, 12, 24, 8 + hours, tzinfo=UTC)


def test_a_deadline_keeps_the_fractions_of_a_second(office: SmallOffice) -> None:
    office.clock.at = office.clock.at.replace(microsecond=123457)

    letter = office.begin(overdue())

    due = office.engine.task(office.task(letter)).due_at
    assert due is not None
    assert due.microsecond == 123457
    assert office.engine.verify_instance(letter) == []


def test_an_overdue_task_is_reminded_of_once_and_stays_open(office: SmallOffice) -> None:
    letter = office.begin(overdue())
    assert office.engine.fire_due_timers() == 0
    office.clock.pass_time(hours=5)

    assert office.engine.fire_due_timers() == 1
    assert office.engine.fire_due_timers() == 0

    assert office.task(letter, "draft")
    [fired] = [e for e in office.engine.history(letter) if e.kind is Kind.TIMER_FIRED]
    assert (fired.element, fired.name) == ("late", "Alur Surat")
    assert office.run_jobs() == 1
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_a_task_completed_in_time_takes_its_deadline_along(office: SmallOffice) -> None:
    letter = office.begin(overdue())
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    office.clock.pass_time(days=9)

    assert office.engine.fire_due_timers() == 0
    assert ("TIMER_FIRED", "late") not in office.kinds(letter)


def test_a_task_completed_late_but_before_the_poll_is_completed(office: SmallOffice) -> None:
    letter = office.begin(overdue())
    office.clock.pass_time(days=9)

    office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert office.engine.fire_due_timers() == 0
    assert office.engine.verify_instance(letter) == []


def test_every_pass_of_a_loop_has_its_own_deadline(office: SmallOffice) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .timer("late", "draft", "PT1H")
        .service("remind", "notice.remind", kind="sendTask")
        .end("reminded")
        .decide("again", "finished")
        .end()
        .path("begin", "draft", "again")
        .path("late", "remind", "reminded")
        .flow("again", "draft", 'decision = "again"')
        .flow("again", "done", name="finished")
    )
    letter = office.begin(diagram)
    for _ in range(3):
        office.clock.pass_time(hours=24 * 7)
        assert office.engine.fire_due_timers() == 1
        office.engine.complete_task(office.task(letter), DRAFTER, {"decision": "again"})

    fired = [e.occurrence for e in office.engine.history(letter) if e.kind is Kind.TIMER_FIRED]
    assert fired == [1, 2, 3]
    assert office.engine.verify_instance(letter) == []


def test_a_drawn_deadline_may_withdraw_the_task(office: SmallOffice) -> None:
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
    letter = office.begin(diagram)
    office.clock.pass_time(hours=3)

    assert office.engine.fire_due_timers() == 1

    assert office.engine.tasks_of(letter) == []
    assert office.engine.instance(letter).status == "completed"
    assert ("ELEMENT_CANCELLED", "draft") in office.kinds(letter)
    assert office.engine.verify_instance(letter) == []


def test_a_timer_whose_way_fails_waits_for_an_operator_and_holds_up_nobody(
    database: Database,
) -> None:
    broken = [True]

    def escalate(call: StepCall, session: Session) -> Mapping[str, Any]:
        if broken:
            raise ValueError("no chief today")
        return {}

    office = SmallOffice(database, immediate={"letter.escalate": escalate})
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H", interrupting=True)
        .service("escalate", "letter.escalate")
        .end("escalated")
        .end()
        .path("begin", "draft", "done")
        .path("late", "escalate", "escalated")
    )
    letter = office.begin(diagram)
    office.clock.pass_time(hours=3)

    assert office.engine.fire_due_timers() == 0
    assert office.engine.fire_due_timers() == 0
    [incident] = office.engine.incidents()
    assert incident.kind == "timer"
    assert incident.sentence == "ValueError: selengkapnya ada dalam log server."
    assert office.engine.verify_instance(letter) == []

    broken.clear()
    office.engine.retry_incident(incident.id, OFFICER)
    assert office.engine.fire_due_timers() == 1
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_an_incident_whose_task_was_done_meanwhile_is_closed(database: Database) -> None:
    office = SmallOffice(database, immediate={"letter.escalate": nobody_to_tell})
    letter = office.begin(escalating())
    other = office.engine.start("letter", "letter-2", "office", {}, DRAFTER)
    office.clock.pass_time(hours=3)
    office.engine.fire_due_timers()

    office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert [incident.instance_id for incident in office.engine.incidents()] == [other]


def test_only_so_many_timers_fire_at_once_the_longest_overdue_first(office: SmallOffice) -> None:
    letters = [office.begin(overdue())]
    for number in range(2):
        office.clock.pass_time(minutes=1)
        letters.append(office.engine.start("letter", f"l{number}", "office", {}, DRAFTER))
    office.clock.pass_time(days=9)

    assert office.engine.fire_due_timers(limit=2) == 2

    assert [("TIMER_FIRED", "late") in office.kinds(letter) for letter in letters] == [
        True,
        True,
        False,
    ]
    assert office.engine.fire_due_timers() == 1


def test_after_days_of_downtime_each_deadline_is_told_of_once_in_its_order(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [office.begin(overdue())]
    for number in range(6):
        office.clock.pass_time(minutes=20)
        letters.append(office.engine.start("letter", f"l{number}", "office", {}, DRAFTER))
    office.clock.pass_time(days=7)

    def ticking(clock: SetClock) -> datetime:
        clock.pass_time(milliseconds=1)
        return clock.at

    monkeypatch.setattr(SetClock, "now", ticking)
    rounds = [office.engine.fire_due_timers(limit=3) for _ in range(4)]

    assert rounds == [3, 3, 1, 0]
    fired = [
        (event.at, event.details["due"], letter)
        for letter in letters
        for event in office.engine.history(letter)
        if event.kind is Kind.TIMER_FIRED
    ]
    assert [letter for _, _, letter in sorted(fired)] == letters
    assert [due for _, due, _ in sorted(fired)] == sorted(due for _, due, _ in fired)
    office.clock.pass_time(days=30)
    assert office.engine.fire_due_timers() == 0
    assert office.run_jobs() == len(letters)


def test_what_a_late_deadline_leads_to_has_its_own_time_from_then_on(office: SmallOffice) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H", interrupting=True)
        .user("escalated", "head")
        .timer("later", "escalated", "PT1H", interrupting=True)
        .end()
        .end("expired")
        .path("begin", "draft", "done")
        .path("late", "escalated", "done")
        .path("later", "expired")
    )
    letter = office.begin(diagram)
    office.clock.pass_time(days=11)

    assert [office.engine.fire_due_timers() for _ in range(3)] == [1, 0, 0]

    due = office.engine.task(office.task(letter, "escalated")).due_at
    assert due is not None
    assert due > office.clock.now()
    assert office.engine.verify_instance(letter) == []


def waiting_timers(database: Database, letter: str, count: int, **values: Any) -> None:
    """Write timers that wait, as that many instances would."""
    rows = [
        {
            "instance_id": letter,
            "waiting_id": f"{values.get('name', 'waiting')}#{number}",
            "element": "late",
            "occurrence": number,
            "due_at": values["due_at"] + timedelta(seconds=number),
            "parked": values.get("parked", False),
        }
        for number in range(count)
    ]
    with database.transaction() as session:
        session.execute(insert(timer), rows)
    with database.connections.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def test_a_poll_reads_one_index_and_opens_nothing(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = office.begin(overdue())
    now = office.clock.now()
    waiting_timers(office.database, letter, 10_000, due_at=now + timedelta(days=1))
    parked = {"due_at": now - timedelta(days=30), "parked": True, "name": "parked"}
    waiting_timers(office.database, letter, 2_000, **parked)
    fresh = office.another_engine()  # knows no diagram yet
    monkeypatch.setattr(Diagram, "compile", never)
    monkeypatch.setattr(Diagram, "resume", never)
    assert fresh.fire_due_timers() == 0

    seconds = []
    with office.database.reading() as session:
        for _ in range(50):
            begun = time.perf_counter()
            assert due_timers(session, now, 100) == []
            seconds.append(time.perf_counter() - begun)

    plan = plan_of_the_poll(office.database, now)
    assert "ix_timer_waiting" in plan
    assert "SCAN" not in plan
    assert "Seq Scan" not in plan
    assert "TEMP B-TREE" not in plan
    assert min(seconds) < 0.002


def never(*_arguments: object) -> NoReturn:
    raise AssertionError("Polling opened a diagram.")


def plan_of_the_poll(database: Database, now: datetime) -> str:
    """How the database finds what is due."""
    query = due_query(now, 100).compile(
        database.connections, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.reading() as session:
        return "\n".join(str(row) for row in session.execute(text(explain + str(query))))
