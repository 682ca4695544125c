"""Letters inside sub-processes, repetitions, calls and waits are moved; their books stay true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, SmallOffice, World
from sqlalchemy.orm import Session
from unit.engine.drawing_board import (
    diagram,
    end,
    node,
    notice,
    path,
    properties,
    service,
    start,
    timer,
    user,
)
from unit.engine.walked import MESSAGES, REPLY, WITHDRAWAL, each, edge, receive, sub

from engine import Actor, Database, StepCall

OWNER = Actor("owner", "Owner")
UNITS = {"units": ["umum", "hukum", "keuangan"]}


def broken(call: StepCall, session: Session) -> Mapping[str, Any]:
    raise ValueError("rusak")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(
        database,
        notices={"notice.remind": World()},
        queued={"letter.send": World()},
        immediate={"letter.break": broken},
    )


def begun(office: SmallOffice, source: bytes, data: dict[str, object] | None = None) -> str:
    deployed = office.engine.deploy(source, FORMS, OWNER)
    return office.engine.start(deployed.process_id, "letter-1", "office", data or {}, DRAFTER)


def move(office: SmallOffice, letter: str, source: bytes) -> None:
    """Move, with the same tasks, jobs and deadlines open before and after, and true books."""
    before = [(t.id, t.opened_at, t.due_at, t.data) for t in office.engine.tasks_of(letter)]
    jobs = office.engine.queued_job_keys()
    target = office.engine.deploy(source, FORMS, OWNER).id
    office.engine.moves.move(letter, target, OWNER, "SOP berubah.")
    after = [(t.id, t.opened_at, t.due_at, t.data) for t in office.engine.tasks_of(letter)]
    assert (after, office.engine.queued_job_keys()) == (before, jobs)
    assert office.engine.verify_instance(letter) == []


def do(office: SmallOffice, letter: str, element: str, **answers: object) -> None:
    task = next(t for t in office.engine.tasks_of(letter) if t.element == element)
    office.engine.complete_task(task.id, DRAFTER, answers)
    assert office.engine.verify_instance(letter) == []


def paraf(*more: str) -> bytes:
    """A sub-process with a limit, in which each unit gives its paraf."""
    drawn = user("paraf", properties(collect="parafs") + each("units", "unit"))
    inside = sub(
        "round", start("in"), drawn, *(user(name) for name in more), end("out"),
        path("in", "paraf", *more, "out"),
    )  # fmt: skip
    return diagram(
        start(), inside, user("after"), end(), path("begin", "round", "after", "done"),
        timer("late", "round"), notice("tell"), end("told"), path("late", "tell", "told"),
    )  # fmt: skip


def test_a_round_of_parafs_goes_on_on_another_version(office: SmallOffice) -> None:
    letter = begun(office, paraf(), UNITS)
    do(office, letter, "paraf", decision="umum")

    move(office, letter, paraf("file"))
    do(office, letter, "paraf", decision="b")
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 1
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    do(office, letter, "paraf", decision="c")

    assert [t.element for t in office.engine.tasks_of(letter)] == ["after"]
    data = office.engine.instance(letter).data
    assert [each["decision"] for each in data["parafs"]] == ["umum", "b", "c"]
    do(office, letter, "after")
    assert office.engine.instance(letter).status == "completed"


def test_jobs_of_a_repetition_end_after_the_move(office: SmallOffice) -> None:
    def sending(*more: str) -> bytes:
        drawn = service("send", "letter.send", properties(collect="sent") + each("units", "unit"))
        return diagram(
            start(), drawn, *(user(name) for name in ("after", *more)), end(),
            path("begin", "send", "after", *more, "done"),
        )  # fmt: skip

    letter = begun(office, sending(), UNITS)
    move(office, letter, sending("file"))
    office.run_jobs()
    do(office, letter, "after")

    assert [t.element for t in office.engine.tasks_of(letter)] == ["file"]


def test_a_called_process_is_moved_with_the_one_that_calls_it(office: SmallOffice) -> None:
    def calling(*more: str) -> bytes:
        return diagram(
            start(), node("callActivity", "c", calledElement="check"),
            *(user(name) for name in more), end(), path("begin", "c", *more, "done"),
        )  # fmt: skip

    def called(*tasks: str) -> bytes:
        source = diagram(
            start(), *(user(name) for name in tasks), end(), path("begin", *tasks, "done")
        )
        return source.replace(b'"p"', b'"check"')

    office.engine.deploy(called("a"), FORMS, OWNER)
    letter = begun(office, calling())
    office.engine.deploy(called("a", "b"), FORMS, OWNER)

    move(office, letter, calling("after"))
    do(office, letter, "c!a")
    do(office, letter, "c!b")

    assert [t.element for t in office.engine.tasks_of(letter)] == ["after"]


def test_what_waits_for_a_reply_receives_it_after_the_move(office: SmallOffice) -> None:
    def awaiting(*more: str) -> bytes:
        return diagram(
            start(), receive("wait", properties(outputs="answer")),
            *(user(name) for name in ("after", *more)), end(),
            path("begin", "wait", "after", *more, "done"), layout=MESSAGES,
        )  # fmt: skip

    letter = begun(office, awaiting())
    move(office, letter, awaiting("file"))

    assert office.engine.publish_message("reply", "letter-1", {"answer": "ya"}, OWNER) == [letter]

    assert office.engine.instance(letter).data["answer"] == "ya"
    assert office.engine.verify_instance(letter) == []


def with_edge(event: str, *beside: str) -> bytes:
    drawn = (edge("e", "a", event), user("back"), path("e", "back", "done"), *beside)
    return diagram(
        start(), user("a"), end(), path("begin", "a", "done"), *(drawn if event else ()),
        layout=MESSAGES,
    )  # fmt: skip


def test_a_message_that_came_early_meets_an_event_that_the_move_arms(office: SmallOffice) -> None:
    letter = begun(office, with_edge(""))
    assert office.engine.publish_message("withdrawal", "letter-1", {}, OWNER) == []
    target = office.engine.deploy(with_edge(WITHDRAWAL), FORMS, OWNER).id

    office.engine.moves.move(letter, target, OWNER, "Penarikan kini digambar.")

    assert [t.element for t in office.engine.tasks_of(letter)] == ["back"]
    assert office.engine.verify_instance(letter) == []


def test_an_event_that_a_move_armed_is_dropped_when_it_is_undone(office: SmallOffice) -> None:
    letter = begun(office, with_edge(""))
    move(office, letter, with_edge(REPLY))

    office.engine.moves.undo(letter, OWNER, "Keliru.")

    assert office.engine.verify_instance(letter) == []
    assert office.engine.publish_message("reply", "letter-1", {}, OWNER) == []


def test_a_task_with_a_limit_keeps_it_though_a_shorter_one_is_drawn(office: SmallOffice) -> None:
    def limited(*limits: str) -> bytes:
        drawn = "".join(
            timer(name, "a", at) + notice(f"tell_{name}") + end(f"told_{name}")
            + path(name, f"tell_{name}", f"told_{name}")
            for name, at in (limit.split("=") for limit in limits)
        )  # fmt: skip
        return diagram(start(), user("a"), end(), path("begin", "a", "done"), drawn)

    letter = begun(office, limited("late=PT3H"))
    now = office.clock.now()
    move(office, letter, limited("late=PT3H", "soon=PT1H"))

    assert office.engine.tasks_of(letter)[0].due_at == now + timedelta(hours=3)
    office.clock.pass_time(hours=1, minutes=1)
    assert office.engine.fire_due_timers() == 1
    assert office.engine.verify_instance(letter) == []


def limited(flag: bool) -> bytes:
    """A task with a limit that cuts it off, on a way that fails; or without."""
    late = timer("late", "a", interrupting=True) + service("broken", "letter.break")
    late += path("late", "broken", "done")
    return diagram(start(), user("a"), end(), path("begin", "a", "done"), late if flag else "")


def test_a_timer_that_is_parked_is_dropped_with_its_incident(office: SmallOffice) -> None:
    letter = begun(office, limited(False))
    move_to = office.engine.deploy(limited(True), FORMS, OWNER).id
    office.engine.moves.move(letter, move_to, OWNER, "Diberi batas.")
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 0
    assert [each.kind for each in office.engine.incidents()] == ["timer"]
    assert office.engine.verify_instance(letter) == []

    office.engine.moves.undo(letter, OWNER, "Keliru.")

    assert office.engine.incidents() == []
    assert office.engine.tasks_of(letter)[0].due_at is None
    assert office.engine.verify_instance(letter) == []


def replaced(flag: bool) -> bytes:
    """A task that a message cuts off, on a way that fails; or without."""
    gone = edge("m", "a", REPLY) + service("broken", "letter.break")
    gone += path("m", "broken", "done")
    plain = start() + user("a") + end() + path("begin", "a", "done")
    return diagram(plain, gone if flag else "", layout=MESSAGES)


@pytest.mark.parametrize(("drawn", "kind"), [(limited, "timer"), (replaced, "message")])
def test_what_was_parked_and_dropped_is_armed_once_more_by_a_second_move(
    office: SmallOffice, drawn: Callable[[bool], bytes], kind: str
) -> None:
    letter = begun(office, drawn(False))
    target = office.engine.deploy(drawn(True), FORMS, OWNER).id
    office.engine.moves.move(letter, target, OWNER, "Diberi batas.")
    office.clock.pass_time(hours=2)
    office.engine.fire_due_timers()
    office.engine.publish_message("reply", "letter-1", {}, OWNER)
    assert [each.kind for each in office.engine.incidents()] == [kind]
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    for kept in office.engine.post.kept():
        office.engine.post.discard(kept.id, OWNER, "Terlambat.")

    office.engine.moves.move(letter, target, OWNER, "Tidak keliru.")

    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_an_open_incident_goes_along_and_is_settled_there(office: SmallOffice) -> None:
    letter = begun(office, limited(True))
    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 0
    target = office.engine.deploy(
        limited(True).replace(b"letter.break", b"letter.send"), FORMS, OWNER
    )

    office.engine.moves.move(letter, target.id, OWNER, "Jalannya diperbaiki.")
    [incident] = office.engine.incidents()
    office.engine.retry_incident(incident.id, OWNER)
    assert office.engine.fire_due_timers() == 1

    assert len(office.engine.queued_job_keys()) == 1
    assert office.engine.verify_instance(letter) == []
