"""Deadlines: set in working time, fired once, polled without opening instances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, OFFICER, REVIEWING, SmallOffice, World
from sqlalchemy.orm import Session

from engine import Database, Kind, StepCall


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
    assert (incident.kind, incident.sentence) == ("timer", "ValueError: no chief today")
    assert office.engine.verify_instance(letter) == []

    broken.clear()
    office.engine.retry_incident(incident.id, OFFICER)
    assert office.engine.fire_due_timers() == 1
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_an_incident_whose_task_was_done_meanwhile_is_closed(database: Database) -> None:
    def escalate(call: StepCall, session: Session) -> Mapping[str, Any]:
        raise ValueError("no chief today")

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
