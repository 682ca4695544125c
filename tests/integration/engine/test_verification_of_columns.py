"""Every column that the books keep of an instance is changed once: each change is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    MORNING,
    OFFICER,
    REVIEWING,
    SmallOffice,
    World,
    nobody_to_tell,
    review_loop,
)
from forging_for_tests import reseal, steps, unlock
from sqlalchemy import Column, Executable, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from unit.engine.drawing_board import (
    diagram,
    end,
    fork,
    path,
    properties,
    service,
    start,
    timer,
    user,
)
from unit.engine.walked import MESSAGES, REPLY, WITHDRAWAL, catch, each, sub, throw

from engine import Database, Failure, UnknownInstance, UtcDateTime, metadata, tables
from engine.canonical import canonical_json
from engine.definitions import Definitions
from engine.tables import definition, history, instance, message
from engine.verification import verify_instance

#: Everything that is kept of an instance. (Messages belong to whom they came from or to.) Letters
#: name theirs too; their tables are known when the tests of the offices are collected as well.
OF_AN_INSTANCE = [
    table
    for table in metadata.sorted_tables
    if table in vars(tables).values()
    and (table.name in {"instance", "message"} or "instance_id" in table.c)
]
#: What nothing else in the books speaks of.
UNTOLD = {
    ("incident", "id"): "a random name that only links to the incident use",
    ("job", "run_after"): "how long a failed or attended job may take, the installation says",
    ("job", "changed_at"): "when a job was taken is written down here only",
    ("message", "scope"): "where a process would begin; a message that a token received began none",
    ("message", "received_at"): "when a message from outside came is written down here only",
}
#: Of attempts to begin a process with a message only its row tells.
UNTOLD |= {
    ("message", name): "of attempts to bring a message only its row tells"
    for name in ("hops", "attempts", "last_error", "run_after", "stopped_at")
}
#: Compiled once: no definition is changed here.
COMPILED = Definitions()


def busy() -> bytes:
    """A letter that waits for everything one can wait for."""
    working = sub(
        "working", start("w"), fork("jobs"),
        service("send", "letter.send"), end("sent"), service("post", "letter.post"), end("posted"),
        path("w", "jobs", "send", "sent"), path("jobs", "post", "posted"),
    )  # fmt: skip
    writing = sub(
        "writing", start("m"), fork("mail"),
        catch("reply", REPLY), user("answer", camunda_candidateGroups="officer"), end("answered"),
        catch("withdrawn", WITHDRAWAL), service("stop", "letter.escalate"), end("stopped"),
        throw("tell", WITHDRAWAL), user("idle"), end("told"),
        path("m", "mail", "reply", "answer", "answered"), path("mail", "tell", "idle", "told"),
        path("mail", "withdrawn", "stop", "stopped"),
    )  # fmt: skip
    return diagram(
        start(), user("draft", properties(operation="letter.draft")), fork("split"), working,
        user("review", camunda_candidateGroups="head"), end("reviewed"), end("escalated"),
        timer("late", "review", interrupting=True), service("escalate", "letter.escalate"),
        user("paraf", each("units", "unit")), end("all"), writing, end("worked"), end("written"),
        path("begin", "draft", "split", "review", "reviewed"), path("split", "paraf", "all"),
        path("late", "escalate", "escalated"), path("split", "working", "worked"),
        path("split", "writing", "written"), layout=MESSAGES,
    )  # fmt: skip


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(
        database,
        **REVIEWING,
        immediate={"letter.escalate": nobody_to_tell},
        queued={"letter.send": World(), "letter.post": World()},
    )


@pytest.fixture
def letter(office: SmallOffice) -> str:
    """A letter with a task of every kind, parked timers and messages, open and closed incidents."""
    engine = office.engine
    engine.deploy(review_loop().source(), FORMS, DRAFTER)
    deployed = engine.deploy(busy(), FORMS, DRAFTER)
    letters = [
        engine.start(deployed.process_id, key, "office", {"units": ["a", "b"]}, DRAFTER)
        for key in ("letter-1", "letter-2")
    ]
    office.clock.pass_time(minutes=1)
    engine.complete_task(office.task(letters[0]), DRAFTER, {}, reason="Sudah.")
    office.positions.of["officer"] = ()
    office.clock.pass_time(minutes=1)
    engine.publish_message("reply", "letter-1", {"answer": "yes"}, HEAD)
    office.positions.of["officer"] = ("officer",)
    [vacant] = [each for each in engine.incidents() if each.kind == "task"]
    office.clock.pass_time(minutes=1)
    engine.retry_incident(vacant.id, OFFICER)
    engine.claim(office.task(letters[0], "review"), HEAD)
    office.clock.pass_time(minutes=1)
    with office.database.transaction() as session:
        engine.job_failed(session, f"{letters[0]}:send:1", Failure("broken"))
        engine.job_failed(session, f"{letters[0]}:post:1", Failure("slow", temporary=True))
    told = engine.perform_job(f"{letters[0]}:tell:1")
    with office.database.transaction() as session:
        engine.finish_job(session, f"{letters[0]}:tell:1", told)
    office.clock.pass_time(hours=3)
    engine.fire_due_timers()
    assert engine.verify_instance(letters[0]) == []
    return letters[0]


def test_a_change_of_any_column_of_any_row_is_found(office: SmallOffice, letter: str) -> None:
    unlock(office.database)
    missed = set()
    with office.database.transaction() as session:
        for table in OF_AN_INSTANCE:
            rows = rows_of(session, table, letter)
            assert rows, f"Nothing was changed in {table.name}."
            for row in rows:
                for column in table.c:
                    for other in other_values(session, column, row[column.name]):
                        change = update(table).where(*is_row(table, row))
                        if not found(session, letter, change.values({column: other})):
                            missed.add((table.name, column.name))

    assert missed == set(UNTOLD)


def test_a_row_that_is_taken_away_or_invented_is_found(office: SmallOffice, letter: str) -> None:
    unlock(office.database)
    missed = []
    with office.database.transaction() as session:
        for table in OF_AN_INSTANCE:
            for row in rows_of(session, table, letter):
                if not found(session, letter, delete(table).where(*is_row(table, row))):
                    missed.append(("taken", table.name, row))
            if table is not instance:
                [key] = [each for each in table.primary_key if not each.foreign_keys][-1:]
                another = {**row, key.name: other_values(session, key, row[key.name])[0]}
                if not found(session, letter, insert(table).values(another)):
                    missed.append(("invented", table.name, row))

    assert missed == []


def test_a_step_that_was_changed_and_sealed_anew_is_found(office: SmallOffice, letter: str) -> None:
    unlock(office.database)
    missed = set()
    with office.database.transaction() as session:
        told = steps(session, letter)
        drafted = next(n for n, row in enumerate(told) if row["completed"] == "draft")
        for column in history.c:
            for other in other_values(session, column, told[drafted][column.name]):
                forged = [dict(row) for row in told]
                forged[drafted][column.name] = other
                within = session.begin_nested()
                reseal(session, letter, forged)
                if not verify_instance(session, COMPILED, letter):
                    missed.add(column.name)
                within.rollback()

    assert missed == {"previous_hash", "hash"}  # written anew themselves


@pytest.mark.parametrize("part", ["name", "due", "completed"])
def test_a_word_of_an_event_that_was_sealed_anew_is_found(
    office: SmallOffice, letter: str, part: str
) -> None:
    unlock(office.database)
    with office.database.transaction() as session:
        told = steps(session, letter)
        row = next(row for row in told if row["completed"] == "draft")
        events = json.loads(row["events"])
        if part == "name":
            events[0]["name"] = "Setuju"
        elif part == "due":
            opened = [each for each in events if each["kind"] == "TASK_OPENED"]
            review = next(each for each in opened if each["element"] == "review")
            review["details"]["due"] = "2030-01-01T00:00:00+00:00"
        else:
            told[0]["completed"] = "draft"
        row["events"] = canonical_json(events).decode()
        reseal(session, letter, told)

    assert office.engine.verify_instance(letter) != []


def found(session: Session, letter: str, act: Executable) -> bool:
    """Tell whether the database refuses an act, or the verification finds it. It does not stay."""
    within = session.begin_nested()
    try:
        session.execute(act)
        return bool(verify_instance(session, COMPILED, letter))
    except (IntegrityError, UnknownInstance):
        return True
    finally:
        within.rollback()


def rows_of(session: Session, table: Table, letter: str) -> list[dict[str, Any]]:
    mine = table.c.get("instance_id", instance.c.id) == letter
    if table is message:
        mine = message.c.consumed_by == letter
    return [dict(row) for row in session.execute(select(table).where(mine)).mappings()]


def is_row(table: Table, row: dict[str, Any]) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key]


def other_values(session: Session, column: Column[Any], value: Any) -> list[Any]:
    """Return what somebody could write instead."""
    if column.name in ("instance_id", "consumed_by", "definition_id"):
        target = definition.c.id if column.name == "definition_id" else instance.c.id
        return list(session.execute(select(target).where(target != value)).scalars())[:1]
    changed: dict[type, Callable[[], list[Any]]] = {
        str: lambda: [f"x{value[1:]}", "{}"],
        int: lambda: [value + 1],
        bool: lambda: [not value],
        bytes: lambda: [value + b"x"],
        list: lambda: [[*value, "intruder"], []],
        dict: lambda: [{**value, "data": {"intruder": 1}}],
        datetime: lambda: [value + timedelta(hours=1)],
        type(None): lambda: [MORNING if isinstance(column.type, UtcDateTime) else "x"],
    }
    others = [*changed[type(value)](), *([None] if column.nullable else [])]
    return [other for other in others if other != value]
