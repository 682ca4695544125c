"""Processes that begin by themselves, and those that cannot: they hold up nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, OFFICER, SmallOffice
from racing_for_tests import Racers, together
from sqlalchemy.orm import Session
from unit.engine.drawing_board import diagram, end, node, path, properties, service, user
from unit.engine.walked import MESSAGES, REPLY, WITHDRAWAL, catch

from engine import Database, StepCall, UnknownStart

HOURLY = "<bpmn:timeCycle>R/PT1H</bpmn:timeCycle>"
ONCE = "<bpmn:timeDuration>PT1H</bpmn:timeDuration>"


class Counting:
    """A step that cannot be done while nobody is the chief."""

    chief = ""

    def __call__(self, call: StepCall, session: Session) -> Mapping[str, Any]:
        if not self.chief:
            raise ValueError("no chief today")
        return {}


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, immediate={"letter.count": Counting()})


def timed(name: str, timer: str, *, fails: bool = False, calendar: str = "elapsed") -> bytes:
    """A process that begins at a moment with a task, or with a step that fails."""
    event = f"<bpmn:timerEventDefinition>{timer}</bpmn:timerEventDefinition>"
    begins = node("startEvent", "monday", properties(scope="office", calendar=calendar) + event)
    first = service("a", "letter.count") if fails else user("a")
    source = diagram(begins, first, end(), path("monday", "a", "done"))
    for old in (b'id="p"', b'processRef="p"'):
        source = source.replace(old, old.replace(b'"p"', f'"{name}"'.encode()))
    return source


def days_without_luck(office: SmallOffice) -> None:
    for _ in range(40):
        office.clock.pass_time(minutes=20)
        office.engine.fire_due_timers()


def test_a_process_begins_by_itself_once(office: SmallOffice) -> None:
    office.engine.deploy(timed("p", ONCE, calendar="working"), FORMS, DRAFTER)
    assert office.engine.fire_due_timers() == 0

    office.clock.pass_time(hours=1)

    assert office.engine.fire_due_timers() == 1
    assert office.engine.fire_due_timers() == 0
    [begun_by] = office.engine.instance_ids()
    assert office.engine.instance(begun_by).scope == "office"
    assert office.engine.verify_instance(begun_by) == []


def test_a_process_begins_again_and_again_but_not_in_a_burst(
    racers: Racers, office: SmallOffice
) -> None:
    other = office.another_engine(database=racers.other)
    source = timed("p", "<bpmn:timeCycle>R/P1D</bpmn:timeCycle>", calendar="working")
    office.engine.deploy(source, FORMS, DRAFTER)
    office.clock.pass_time(days=20)
    office.engine.deploy(source, FORMS, DRAFTER)

    fired = together(office.engine.fire_due_timers, other.fire_due_timers)

    assert sum(fired) == 1
    assert len(office.engine.instance_ids()) == 1
    office.clock.pass_time(days=5)
    assert office.engine.fire_due_timers() == 1
    assert all(office.engine.verify_instance(each) == [] for each in office.engine.instance_ids())


def test_a_message_that_begins_nothing_holds_up_no_timer(office: SmallOffice) -> None:
    wrong = diagram(
        node("startEvent", "asked", WITHDRAWAL),
        catch("never", REPLY, properties(correlationKey="number")), end(),
        path("asked", "never", "done"), layout=MESSAGES,
    )  # fmt: skip
    office.engine.deploy(wrong, FORMS, DRAFTER)
    assert office.engine.publish_message("withdrawal", "x", {}, OFFICER, scope="office") == []
    [kept] = office.engine.post.kept()
    assert "correlation key" in kept.sentence
    office.engine.deploy(timed("q", ONCE), FORMS, DRAFTER)
    office.clock.pass_time(hours=1)

    assert office.engine.fire_due_timers() == 1


@pytest.mark.parametrize("timer", [ONCE, HOURLY], ids=["once", "hourly"])
def test_a_start_that_fails_is_told_to_operators_after_a_few_tries(
    office: SmallOffice, timer: str
) -> None:
    office.engine.deploy(timed("p", timer, fails=True), FORMS, DRAFTER)
    office.clock.pass_time(hours=1)
    assert office.engine.fire_due_timers() == 0
    [failed] = office.engine.timed_starts.failed()
    assert (failed.attempts, failed.stopped_at, office.told) == (1, None, [])
    assert office.engine.fire_due_timers() == 0
    assert office.engine.timed_starts.failed() == [failed]

    days_without_luck(office)

    [failed] = office.engine.timed_starts.failed()
    assert failed.stopped_at is not None
    assert (failed.process_name, failed.element, failed.scope) == ("Surat", "monday", "office")
    assert failed.sentence == "ValueError: selengkapnya ada dalam log server."
    assert [(stop.scope, stop.element_name) for stop in office.told] == [("office", "Surat")]
    assert office.engine.instance_ids() == []


def test_starts_that_fail_leave_the_others_their_turn(office: SmallOffice) -> None:
    for name in ("x", "y", "w"):
        office.engine.deploy(timed(name, HOURLY, fails=True), FORMS, DRAFTER)
    office.engine.deploy(timed("z", HOURLY), FORMS, DRAFTER)
    office.clock.pass_time(hours=1)

    for _ in range(4):
        office.engine.fire_due_timers(limit=2)
        office.clock.pass_time(minutes=1)

    assert [office.engine.instance(each).process_id for each in office.engine.instance_ids()] == [
        "z"
    ]


def test_an_operator_tries_a_start_again(office: SmallOffice) -> None:
    office.engine.deploy(timed("p", HOURLY, fails=True), FORMS, DRAFTER)
    office.clock.pass_time(hours=1)
    days_without_luck(office)
    assert office.engine.timed_starts.try_again("p", "monday", OFFICER) == ""
    assert len(office.told) == 2

    office.catalog.immediate["letter.count"].chief = "Budi"  # type: ignore[attr-defined]
    begun_by = office.engine.timed_starts.try_again("p", "monday", OFFICER)

    assert office.engine.history(begun_by)[0].name == OFFICER.name
    assert office.engine.verify_instance(begun_by) == []
    assert office.engine.timed_starts.failed() == []
    with pytest.raises(UnknownStart):
        office.engine.timed_starts.try_again("p", "monday", OFFICER)
    office.clock.pass_time(hours=1)
    assert office.engine.fire_due_timers() == 1


def test_a_new_version_forgets_the_failures_of_the_one_before(office: SmallOffice) -> None:
    office.engine.deploy(timed("p", HOURLY, fails=True), FORMS, DRAFTER)
    office.clock.pass_time(hours=1)
    days_without_luck(office)

    office.engine.deploy(timed("p", HOURLY), FORMS, DRAFTER)

    assert office.engine.timed_starts.failed() == []
    office.clock.pass_time(hours=1)
    assert office.engine.fire_due_timers() == 1


@pytest.mark.parametrize(("timer", "more"), [(ONCE, 0), (HOURLY, 1)], ids=["once", "hourly"])
def test_the_same_content_deployed_again_begins_nothing_anew(
    office: SmallOffice, timer: str, more: int
) -> None:
    first = office.engine.deploy(timed("p", timer), FORMS, DRAFTER)
    office.clock.pass_time(minutes=40)
    office.engine.deploy(timed("p", timer), FORMS, DRAFTER)
    office.clock.pass_time(minutes=20)
    assert office.engine.fire_due_timers() == 1
    office.clock.pass_time(minutes=30)

    again = office.engine.deploy(timed("p", timer), FORMS, DRAFTER)

    assert again.id == first.id
    office.clock.pass_time(minutes=30)
    assert office.engine.fire_due_timers() == more
    office.clock.pass_time(minutes=30)
    assert office.engine.fire_due_timers() == 0
