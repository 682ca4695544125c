"""A limit at the edge of a repetition: every open task of it shows the timer that runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from engine_for_tests import DRAFTER, FORMS, SmallOffice, World
from moving_for_tests import OWNER
from unit.engine.drawing_board import (
    diagram,
    end,
    notice,
    path,
    properties,
    start,
    timer,
    user,
)
from unit.engine.walked import each, edge, sub

from engine import Database, Kind, OpenTask

UNITS = {"units": ["umum", "hukum", "keuangan"]}
HOURS = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT9H</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)
TOLD = notice("tell") + end("told") + path("late", "tell", "told")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, notices={"notice.remind": World()})


def begun(office: SmallOffice, source: bytes, **data: object) -> str:
    deployed = office.engine.deploy(source, FORMS, OWNER)
    return office.engine.start(deployed.process_id, "letter-1", "office", UNITS | data, DRAFTER)


def drawn(limit: str = "PT1H", sequential: str = "true") -> bytes:
    """One unit after the other or all at once, with a limit for them together, or without."""
    repeated = each("units", "unit", sequential=sequential)
    return diagram(
        start(), user("paraf", repeated), end(), path("begin", "paraf", "done"),
        timer("late", "paraf", limit) + TOLD if limit else "",
    )  # fmt: skip


def opened(office: SmallOffice, letter: str) -> list[OpenTask]:
    """The open tasks, while the books are true."""
    assert office.engine.verify_instance(letter) == []
    return office.engine.tasks_of(letter)


def limits(office: SmallOffice, letter: str) -> list[datetime | None]:
    return [task.due_at for task in opened(office, letter)]


def do(office: SmallOffice, letter: str, **item: str) -> None:
    [task] = [t for t in office.engine.tasks_of(letter) if item.items() <= t.data.items()]
    office.engine.complete_task(task.id, DRAFTER, {})


def test_every_item_in_turn_shows_the_limit_of_the_whole(office: SmallOffice) -> None:
    letter = begun(office, drawn())
    [due] = limits(office, letter)
    assert due == office.clock.at + timedelta(hours=1)

    for _ in range(2):
        office.clock.pass_time(minutes=7)
        do(office, letter)
        assert limits(office, letter) == [due]

    history = office.engine.history(letter)
    told = [event.details["due"] for event in history if event.kind is Kind.TASK_OPENED]
    assert told == [due.isoformat()] * 3


def test_a_limit_that_has_passed_is_not_shown_to_the_next(office: SmallOffice) -> None:
    letter = begun(office, drawn())
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 1

    do(office, letter)

    assert limits(office, letter) == [None]


def test_of_two_limits_the_one_that_still_runs_is_shown(office: SmallOffice) -> None:
    later = timer("later", "paraf", "PT3H") + path("later", "tell")
    source = drawn().decode().replace("</bpmn:process>", f"{later}</bpmn:process>")
    letter = begun(office, source.encode())
    began = office.clock.at
    do(office, letter)
    assert limits(office, letter) == [began + timedelta(hours=1)]
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 1

    do(office, letter)

    assert limits(office, letter) == [began + timedelta(hours=3)]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_repetition_within_a_repetition_has_a_limit_of_its_own(
    office: SmallOffice, sequential: str
) -> None:
    sla = {"sla.umum": "PT1H", "sla.hukum": "PT2H", "sla.keuangan": "PT30M"}
    people = each("people", "person", sequential=sequential)
    late = edge("late", "paraf", properties(slaBy="unit", **sla) + HOURS, interrupting=False)
    inside = start("in") + user("paraf", people) + end("out") + path("in", "paraf", "out")
    source = diagram(
        start(), sub("unit", inside + late + TOLD, each("units", "unit")), end(),
        path("begin", "unit", "done"),
    )  # fmt: skip
    letter = begun(office, source, people=["ani", "budi", "citra"])
    minutes = {"umum": 60, "hukum": 120, "keuangan": 30}
    wanted = {unit: office.clock.at + timedelta(minutes=some) for unit, some in minutes.items()}

    for unit, person in (("hukum", "ani"), ("hukum", "budi"), ("keuangan", "ani")):
        do(office, letter, unit=unit, person=person)
        shown = {(task.data["unit"], task.due_at) for task in opened(office, letter)}
        assert shown == set(wanted.items())


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_repetition_gets_and_loses_its_limit_with_a_move(
    office: SmallOffice, sequential: str
) -> None:
    letter = begun(office, drawn("", sequential))
    target = office.engine.deploy(drawn("PT1H", sequential), FORMS, OWNER).id
    due = office.clock.at + timedelta(hours=1)

    office.engine.moves.move(letter, target, OWNER, "Diberi batas.")

    assert set(limits(office, letter)) == {due}
    do(office, letter, unit="umum")
    assert set(limits(office, letter)) == {due}
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    assert set(limits(office, letter)) == {None}
    do(office, letter, unit="hukum")
    assert set(limits(office, letter)) == {None}
