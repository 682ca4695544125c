"""Versions and their beginnings: each column is changed once, and each change is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, MORNING, SmallOffice
from forging_for_tests import unlock
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from unit.engine.drawing_board import diagram, end, node, path, start, user
from unit.engine.walked import MESSAGES, REPLY

from engine import Database
from engine.definitions import Definitions
from engine.start_checks import changed_starts
from engine.tables import definition, message_start, timer_start

#: What nothing else in the books speaks of.
UNTOLD = {
    ("definition", "id"): "a random name, which the database holds fast once somebody follows it",
    ("definition", "deployed_by"): "who deployed is written down here only",
    ("definition", "deployed_at"): "and when",
    ("timer_start", "due_at"): "the next moment hangs on the calendar as it stood",
} | {
    ("timer_start", name): "of attempts to begin only this row tells"
    for name in ("attempts", "last_error", "run_after", "stopped_at")
}


def every(duration: str) -> str:
    return (
        "<bpmn:timerEventDefinition>"
        f"<bpmn:timeCycle>{duration}</bpmn:timeCycle></bpmn:timerEventDefinition>"
    )


def beginning(*starts: str) -> bytes:
    """A process with these ways to begin."""
    names = [each.split('id="')[1].split('"')[0] for each in starts]
    ways = "".join(path(name, "read") for name in names)
    return diagram(*starts, user("read"), end(), ways, path("read", "done"), layout=MESSAGES)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    made = SmallOffice(database)
    for source in (
        beginning(start()),
        beginning(node("startEvent", "told", REPLY), node("startEvent", "again", every("R/P1D"))),
    ):
        made.engine.deploy(source, FORMS, DRAFTER)
    other = beginning(start()).replace(b'"p"', b'"other"')
    made.engine.deploy(other, FORMS, DRAFTER)
    assert (made.engine.changed_definitions(), made.engine.changed_starts()) == ([], [])
    unlock(database)
    return made


def test_a_change_of_any_column_is_found(office: SmallOffice) -> None:
    missed = set()
    with office.database.transaction() as session:
        for table in (definition, message_start, timer_start):
            rows = [dict(row) for row in session.execute(select(table)).mappings()]
            assert rows
            for row in rows:
                for column in table.c:
                    other = other_value(session, column.name, row[column.name])
                    if not found(session, update(table).where(*is_row(table, row)), **other):
                        missed.add((table.name, column.name))

    assert missed == set(UNTOLD)


@pytest.mark.parametrize("table", [message_start, timer_start], ids=lambda table: table.name)
def test_a_beginning_that_is_taken_away_or_invented_is_found(
    office: SmallOffice, table: Table
) -> None:
    with office.database.transaction() as session:
        row = dict(session.execute(select(table)).mappings().one())
        assert found(session, delete(table))
        assert found(session, insert(table), **{**row, "process_id": "other"})


def test_a_beginning_that_happened_once_is_no_longer_listed(database: Database) -> None:
    office = SmallOffice(database)
    once = node("startEvent", "once", every("R/P1D").replace("timeCycle", "timeDuration"))
    office.engine.deploy(beginning(once.replace("R/", "")), FORMS, DRAFTER)
    office.clock.pass_time(days=7)
    assert office.engine.changed_starts() == []

    assert office.engine.fire_due_timers() == 1

    assert office.engine.changed_starts() == []


def found(session: Session, act: Any, **values: Any) -> bool:
    """Tell whether the database refuses an act, or a check finds it. It does not stay."""
    within = session.begin_nested()
    definitions = Definitions()
    try:
        session.execute(act.values(**values) if values else act)
        return bool(definitions.changed(session) or changed_starts(session, definitions))
    except IntegrityError:
        return True
    finally:
        within.rollback()


def is_row(table: Table, row: dict[str, Any]) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key]


def other_value(session: Session, name: str, value: Any) -> dict[str, Any]:
    """Return what somebody could write instead."""
    if name == "definition_id":
        return {name: session.scalar(select(definition.c.id).where(definition.c.id != value))}
    changed = {
        str: lambda: f"x{value[1:]}",
        int: lambda: value + 5,
        bytes: lambda: value.replace(b"read", b"look"),
        dict: lambda: {**value, "intruder": "1"},
        type(None): lambda: MORNING,
    }
    return {name: changed.get(type(value), lambda: value + timedelta(hours=1))()}
