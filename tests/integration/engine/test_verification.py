"""An auditor finds every edit of the books, however it was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    SetClock,
    SmallOffice,
    review_loop,
)
from forging_for_tests import reseal, steps, unlock
from sqlalchemy import Delete, Update, delete, insert, select, update
from unit.engine.drawing_board import diagram, end, node, path, start

from engine import Kind, Problem
from engine.canonical import canonical_json
from engine.tables import definition, history, instance


def test_a_letter_is_as_written_though_the_clock_goes_on_within_a_step(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ticking(clock: SetClock) -> datetime:
        clock.pass_time(milliseconds=1)
        return clock.at

    monkeypatch.setattr(SetClock, "now", ticking)

    letter = office.begin(review_loop(), {"unit": "umum"})
    office.engine.complete_task(office.task(letter), DRAFTER, {"decision": "resubmit"})
    office.engine.complete_task(office.task(letter), HEAD, {"decision": "approve"})
    office.run_jobs()

    assert office.engine.verify_instance(letter) == []


def rules(problems: list[Problem]) -> set[str]:
    return {problem.rule for problem in problems}


def sequence_of(office: SmallOffice, letter: str, kind: Kind, element: str) -> int:
    found = [
        e.sequence for e in office.engine.history(letter) if (e.kind, e.element) == (kind, element)
    ]
    return found[0]


def at(letter: str, sequence: int) -> Callable[..., object]:
    """Return the condition for the step that holds the event."""
    held = (history.c.sequence <= sequence) & (history.c.last >= sequence)
    return (history.c.instance_id == letter) & held


def steps_of(office: SmallOffice, letter: str) -> list[tuple[int, int]]:
    """Return the first and the last event of each step."""
    with office.database.reading() as session:
        query = select(history.c.sequence, history.c.last).order_by(history.c.sequence)
        return [tuple(row) for row in session.execute(query.where(history.c.instance_id == letter))]


@pytest.mark.parametrize(
    "edit",
    [
        {"name": "Orang Lain"},
        {"person": "x"},
        {"position": "x"},
        {"on_behalf_of": "Plh."},
        {"completed": "draft"},
        {"last": 900},
        {"definition_version": 2},
        {"content_hash": "f" * 64},
        {"previous_hash": "f" * 64},
        {"hash": "f" * 64},
        {"events": "not even JSON"},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_step_is_found(office: SmallOffice, letter: str, edit: dict[str, object]) -> None:
    sequence = sequence_of(office, letter, Kind.TASK_COMPLETED, "review")
    first, last = next(step for step in steps_of(office, letter) if sequence in range(*step))
    unlock(office.database)

    with office.database.transaction() as session:
        session.execute(update(history).where(at(letter, sequence)).values(**edit))

    problems = office.engine.verify_instance(letter)
    assert [p.sequence for p in problems if p.rule == "edited"] == [first]
    last = int(str(edit.get("last", last)))
    assert f"Kejadian {first}–{last}" in problems[0].message
    assert f"Events {first}–{last}" in problems[0].message_en


@pytest.mark.parametrize(
    "edit",
    [
        {"reason": "Sudah benar."},
        {"kind": "TASK_CLAIMED"},
        {"element": "draft"},
        {"name": "x"},
        {"occurrence": 9},
        {"after": {"decision": "approve", "unit": "umum"}},
        {"details": {}},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_event_is_found(
    office: SmallOffice, letter: str, edit: dict[str, object]
) -> None:
    sequence = sequence_of(office, letter, Kind.TASK_COMPLETED, "review")
    unlock(office.database)

    with office.database.transaction() as session:
        query = select(history.c.sequence, history.c.events).where(at(letter, sequence))
        first, text_of_events = session.execute(query).one()
        told = json.loads(text_of_events)
        told[sequence - first] |= edit
        forged = canonical_json(told).decode()
        session.execute(update(history).where(at(letter, sequence)).values(events=forged))

    problems = office.engine.verify_instance(letter)
    assert [p.sequence for p in problems if p.rule == "edited"] == [first]


def test_a_step_moved_in_time_is_found(office: SmallOffice, letter: str) -> None:
    unlock(office.database)
    office.clock.pass_time(days=-1)

    with office.database.transaction() as session:
        session.execute(update(history).where(at(letter, 4)).values(at=office.clock.now()))

    assert "edited" in rules(office.engine.verify_instance(letter))


def test_a_deleted_step_is_found(office: SmallOffice, letter: str) -> None:
    _, second, third, *_ = steps_of(office, letter)
    unlock(office.database)

    with office.database.transaction() as session:
        session.execute(delete(history).where(at(letter, second[0])))

    problems = office.engine.verify_instance(letter)
    assert {"chain", "gap"} <= rules(problems)
    assert {p.sequence for p in problems if p.rule in ("chain", "gap")} == {third[0]}


def test_a_deleted_first_step_is_found(office: SmallOffice, letter: str) -> None:
    unlock(office.database)

    with office.database.transaction() as session:
        session.execute(delete(history).where(at(letter, 1)))

    assert {"chain", "gap", "reenactment"} <= rules(office.engine.verify_instance(letter))


@pytest.mark.parametrize("lost", [1, 3, 1000])
def test_a_cut_tail_is_found(office: SmallOffice, letter: str, lost: int) -> None:
    length = len(office.engine.history(letter))
    unlock(office.database)

    with office.database.transaction() as session:
        cut = (history.c.instance_id == letter) & (history.c.last > length - lost)
        session.execute(delete(history).where(cut))

    assert "tail" in rules(office.engine.verify_instance(letter))


def test_two_steps_that_changed_places_are_found(office: SmallOffice, letter: str) -> None:
    _, second, third, *_ = steps_of(office, letter)
    unlock(office.database)

    with office.database.transaction() as session:
        for old, new in ((second[0], 9000), (third[0], second[0]), (9000, third[0])):
            moved = (history.c.instance_id == letter) & (history.c.sequence == old)
            session.execute(update(history).where(moved).values(sequence=new))

    problems = office.engine.verify_instance(letter)
    assert {p.sequence for p in problems if p.rule == "edited"} == {second[0], third[0]}
    assert "chain" in rules(problems)


def test_a_step_of_another_letter_is_found(office: SmallOffice, letter: str) -> None:
    other = office.engine.start("letter", "letter-2", "office", {}, DRAFTER)
    unlock(office.database)

    with office.database.transaction() as session:
        row = dict(session.execute(select(history).where(at(other, 3))).mappings().one())
        session.execute(delete(history).where(at(letter, 3)))
        session.execute(insert(history).values({**row, "instance_id": letter}))

    assert {"edited", "chain"} <= rules(office.engine.verify_instance(letter))


def test_a_history_forged_with_fresh_hashes_does_not_follow_its_diagram(
    office: SmallOffice, letter: str
) -> None:
    def approve(event: dict[str, object], _sequence: int) -> dict[str, object] | None:
        return {"decision": "approve"} if completes(event, "review") else None

    forge(office, letter, approve)

    problems = office.engine.verify_instance(letter)
    assert rules(problems) == {"reenactment"}
    assert "review" in problems[0].message or "approved" in problems[0].message


def test_a_forged_value_that_changes_no_path_shows_in_the_state(
    office: SmallOffice, letter: str
) -> None:
    def rename(event: dict[str, object], sequence: int) -> dict[str, object] | None:
        return {"decision": "later"} if sequence > 15 and completes(event, "draft") else None

    forge(office, letter, rename)

    assert rules(office.engine.verify_instance(letter)) & {"state", "reenactment"}


def completes(event: dict[str, object], element: str) -> bool:
    return (event["kind"], event.get("element")) == ("TASK_COMPLETED", element)


def forge(
    office: SmallOffice,
    letter: str,
    outputs: Callable[[dict[str, object], int], dict[str, object] | None],
) -> None:
    """Rewrite answers and every hash after them, the head in the instance row included."""
    unlock(office.database)
    with office.database.transaction() as session:
        rows = steps(session, letter)
        for row in rows:
            told = json.loads(row["events"])
            for number, event in enumerate(told, row["sequence"]):
                if (forged := outputs(event, number)) is not None:
                    event["details"]["outputs"] = forged
                    event["after"] = {**event.get("after", {"unit": "umum"}), **forged}
            row["events"] = canonical_json(told).decode()
        reseal(session, letter, rows)


def test_a_state_that_is_not_the_historys_is_found(office: SmallOffice, letter: str) -> None:
    other = office.engine.start("letter", "letter-2", "office", {}, DRAFTER)

    with office.database.transaction() as session:
        query = select(instance.c.state).where(instance.c.id == other)
        state = session.execute(query).scalar_one()
        session.execute(update(instance).where(instance.c.id == letter).values(state=state))

    assert {"fold", "state", "projection"} <= rules(office.engine.verify_instance(letter))


def test_a_state_that_cannot_be_read_is_a_problem_not_a_crash(
    office: SmallOffice, letter: str
) -> None:
    with office.database.transaction() as session:
        session.execute(update(instance).where(instance.c.id == letter).values(state=b"\xc1??"))

    assert rules(office.engine.verify_instance(letter)) == {"state"}


@pytest.mark.parametrize(
    ("forged", "found"),
    [
        ({"kind": "Undangan rahasia"}, ("state", "'Undangan rahasia' is not a valid Kind")),
        ({"after": ["Undangan rahasia"]}, ("reenactment", "dictionary update sequence")),
        ({"details": {"Undangan rahasia": 1}}, ("projection", "KeyError: 'candidates'")),
    ],
)
def test_what_breaks_the_verification_stands_in_the_log_not_in_the_finding(
    office: SmallOffice,
    letter: str,
    caplog: pytest.LogCaptureFixture,
    forged: dict[str, object],
    found: tuple[str, str],
) -> None:
    kind = "TASK_OPENED" if "details" in forged else "INSTANCE_STARTED"
    unlock(office.database)
    with office.database.transaction() as session:
        rows = steps(session, letter)
        for row in rows:
            told = json.loads(row["events"])
            told = [{**each, **forged} if each["kind"] == kind else each for each in told]
            row["events"] = canonical_json(told).decode()
        reseal(session, letter, rows)

    problems = office.engine.verify_instance(letter)

    rule, logged = found
    [problem] = [each for each in problems if each.rule == rule]
    assert problem.message.endswith((": ValueError.", ": KeyError."))
    assert problem.message_en.endswith((": ValueError.", ": KeyError."))
    assert logged in caplog.text


def test_a_version_that_nobody_follows_yet_is_checked_too(office: SmallOffice) -> None:
    office.engine.deploy(review_loop().source(), FORMS, DRAFTER)
    assert office.engine.changed_definitions() == []
    unlock(office.database)

    with office.database.transaction() as session:
        session.execute(update(definition).values(forms={}))

    assert len(office.engine.changed_definitions()) == 1


@pytest.mark.parametrize("edit", ["source", "forms"])
def test_a_diagram_changed_after_deployment_is_found(
    office: SmallOffice, letter: str, edit: str
) -> None:
    unlock(office.database)
    changed = review_loop().source().replace(b'name="review"', b'name="skip"')
    values: dict[str, object] = {"source": changed} if edit == "source" else {"forms": {}}

    with office.database.transaction() as session:
        session.execute(update(definition).values(**values))

    assert rules(office.engine.verify_instance(letter)) == {"definition"}


@pytest.mark.parametrize("act", [update(definition).values(forms={}), delete(definition)])
def test_a_called_version_that_is_not_what_was_deployed_is_found(
    office: SmallOffice, act: Update | Delete
) -> None:
    called = office.engine.deploy(review_loop().source(), FORMS, DRAFTER)
    call = node("callActivity", "call", calledElement=called.process_id)
    source = diagram(start(), call, end(), path("begin", "call", "done"))
    caller = office.engine.deploy(source, FORMS, DRAFTER)
    letter = office.engine.start(caller.process_id, "letter-2", "office", {}, DRAFTER)
    assert office.engine.verify_instance(letter) == []
    unlock(office.database)

    with office.database.transaction() as session:
        session.execute(act.where(definition.c.id == called.id))

    assert rules(office.engine.verify_instance(letter)) == {"definition"}


def test_an_instance_moved_to_another_version_is_found(office: SmallOffice, letter: str) -> None:
    changed = review_loop().source().replace(b'name="review"', b'name="skip"')
    second = office.engine.deploy(changed, FORMS, DRAFTER)

    with office.database.transaction() as session:
        session.execute(
            update(instance).where(instance.c.id == letter).values(definition_id=second.id)
        )

    problems = office.engine.verify_instance(letter)
    assert rules(problems) == {"definition"}
    assert len(problems) == len(steps_of(office, letter))


def test_a_replay_shows_where_the_letter_stood_after_every_event(
    office: SmallOffice, letter: str
) -> None:
    frames = office.engine.replay(letter)

    assert [frame.event for frame in frames] == office.engine.history(letter)
    tasks = [frame for frame in frames if frame.event.kind is Kind.TASK_OPENED]
    assert [frame.open for frame in tasks] == [
        (("draft", 1),),
        (("review", 1),),
        (("draft", 2),),
        (("review", 2),),
    ]
    assert frames[0].data == {"unit": "umum"}
    assert frames[-1].data == {"unit": "umum", "decision": "resubmit"}


def test_verification_calls_no_handler_and_writes_nothing(office: SmallOffice, letter: str) -> None:
    before = office.engine.history(letter)

    def forbidden(*_: object) -> dict[str, object]:
        raise AssertionError("a handler was called")

    auditor = SmallOffice(
        office.database, answers={"letter.draft": forbidden, "letter.review": forbidden}
    )

    assert auditor.engine.verify_instance(letter) == []
    assert len(auditor.engine.replay(letter)) == len(before)
    assert office.engine.history(letter) == before
