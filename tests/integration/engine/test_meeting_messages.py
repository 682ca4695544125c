"""Receivers of messages that meet: none waits for another in a circle, none hears it twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, OFFICER, SmallOffice, World
from racing_for_tests import Racers, together
from sqlalchemy import update
from unit.engine.drawing_board import diagram, end, path, start, user
from unit.engine.walked import MESSAGES, REPLY, WITHDRAWAL, catch

from engine import Database, steps
from engine.tables import message


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, notices={"notice.remind": World()})


def begun(office: SmallOffice, name: str, *catches: str) -> str:
    """A letter whose draft is followed by these events, and by a task."""
    events = [part.split('id="', 1)[1].split('"', 1)[0] for part in catches]
    source = diagram(
        start(), user("draft"), *catches, user("read"), end(),
        path("begin", "draft", *events, "read", "done"), layout=MESSAGES,
    )  # fmt: skip
    for old in (b'id="p"', b'processRef="p"'):
        source = source.replace(old, old.replace(b'"p"', f'"{name}"'.encode()))
    office.engine.deploy(source, FORMS, DRAFTER)
    return office.engine.start(name, "letter-1", "office", {}, DRAFTER)


def drafted(office: SmallOffice, letter: str, engine: Any = None) -> Callable[[], Any]:
    task = office.task(letter, "draft")
    return lambda: (engine or office.engine).complete_task(task, DRAFTER, {})


def tasks(office: SmallOffice, *letters: str) -> list[str]:
    return [each.element for letter in letters for each in office.engine.tasks_of(letter)]


def heard(office: SmallOffice, letter: str) -> int:
    return [kind for kind, _ in office.kinds(letter)].count("MESSAGE_DELIVERED")


def test_two_receivers_that_want_the_same_two_messages_in_another_order_both_go_on(
    racers: Racers, office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(office, "one", catch("first", REPLY), catch("second", WITHDRAWAL))
    two = begun(office, "two", catch("first", WITHDRAWAL), catch("second", REPLY))
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    office.engine.publish_message("withdrawal", "letter-1", {}, OFFICER)
    other = office.another_engine(database=racers.other)
    both, early_for = threading.Barrier(2), steps.early_for

    def early_for_both(session: Any, fresh: Any) -> Any:
        found = early_for(session, fresh)
        with suppress(threading.BrokenBarrierError):  # SQLite lets in one after the other
            both.wait(2)
        return found

    monkeypatch.setattr(steps, "early_for", early_for_both)

    ends = together(drafted(office, one), drafted(office, two, other))

    assert [end for end in ends if isinstance(end, Exception)] == []
    assert heard(office, one) + heard(office, two) == 2
    monkeypatch.undo()
    for name in ("reply", "withdrawal"):
        office.engine.publish_message(name, "letter-1", {}, OFFICER)
    assert tasks(office, one, two) == ["read", "read"]
    assert office.engine.verify_instance(one) == office.engine.verify_instance(two) == []


def test_a_message_on_its_way_to_one_is_not_received_by_another_who_begins_to_wait(
    racers: Racers, office: SmallOffice
) -> None:
    one = begun(office, "one", catch("wait", REPLY))
    two = begun(office, "two", catch("wait", REPLY))
    office.engine.publish_message("reply", "elsewhere", {}, OFFICER)
    drafted(office, one)()
    with office.database.transaction() as session:  # as if its sender had died
        session.execute(update(message).values(correlation="letter-1"))
    other = office.another_engine(database=racers.other)

    racers.in_order(office.engine.fire_due_timers, drafted(office, two, other))

    assert (heard(office, one), heard(office, two)) == (1, 0)
    assert office.engine.verify_instance(one) == office.engine.verify_instance(two) == []
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    assert tasks(office, one, two) == ["read", "read"]
