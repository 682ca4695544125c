"""Messages between instances and from outside: kept when early, received once, whoever sends."""

from __future__ import annotations

from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, OFFICER, SmallOffice, World
from racing_for_tests import Racers, together
from sqlalchemy import func, select
from unit.engine.drawing_board import (
    catch_error,
    diagram,
    end,
    node,
    path,
    properties,
    start,
    user,
)
from unit.engine.walked import HOUR, MESSAGES, REPLY, WITHDRAWAL, catch, sub, throw

from engine import Database, MessageRefused
from engine.history import Kind
from engine.tables import message, message_subscription

KEY = properties(correlationKey="number", outputs="answer")


def waiting(process: str = "p") -> bytes:
    """draft -> wait for "reply" -> read -> done."""
    return diagram(
        start(), user("draft", properties(outputs="number")), catch("wait", REPLY, KEY),
        user("read"), end(), path("begin", "draft", "wait", "read", "done"), layout=MESSAGES,
    ).replace(b'id="p"', f'id="{process}"'.encode()).replace(
        b'processRef="p"', f'processRef="{process}"'.encode()
    )  # fmt: skip


def payload_of(**values: str) -> str:
    inner = "".join(
        f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
        for name, text in values.items()
    )
    return (
        "<bpmn:extensionElements><camunda:inputOutput>"
        f"{inner}</camunda:inputOutput></bpmn:extensionElements>"
    )


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, notices={"notice.remind": World()})


def begun(office: SmallOffice, source: bytes, number: str = "") -> str:
    deployed = office.engine.deploy(source, FORMS, DRAFTER)
    letter = office.engine.start(deployed.process_id, "letter-1", "office", {}, DRAFTER)
    if number:
        office.engine.complete_task(office.task(letter), DRAFTER, {"number": number})
    return letter


def tasks(office: SmallOffice, letter: str) -> list[str]:
    return sorted(each.element for each in office.engine.tasks_of(letter))


def count(office: SmallOffice, table: Any) -> int:
    with office.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_message_reaches_the_instance_whose_correlation_it_bears(office: SmallOffice) -> None:
    first, second = (begun(office, waiting(), number) for number in ("005/1", "005/2"))

    reached = office.engine.publish_message(
        "reply", "005/2", {"answer": "yes", "whole": "a long letter"}, OFFICER
    )

    assert reached == [second]
    assert (tasks(office, first), tasks(office, second)) == ([], ["read"])
    assert office.engine.instance(second).data == {"number": "005/2", "answer": "yes"}
    delivered = next(
        event for event in office.engine.history(second) if event.kind is Kind.MESSAGE_DELIVERED
    )
    assert delivered.details["outputs"] == {"answer": "yes"}
    assert delivered.name == OFFICER.name
    assert "a long letter" not in str(delivered)
    assert count(office, message_subscription) == 1
    assert office.engine.verify_instance(first) == []
    assert office.engine.verify_instance(second) == []


def test_a_message_that_comes_early_waits(office: SmallOffice) -> None:
    assert office.engine.publish_message("reply", "005/1", {"answer": "early"}, OFFICER) == []
    assert office.engine.publish_message("reply", "005/9", {"answer": "other"}, OFFICER) == []

    letter = begun(office, waiting(), "005/1")

    assert tasks(office, letter) == ["read"]
    assert office.engine.instance(letter).data["answer"] == "early"
    assert count(office, message_subscription) == 0
    again = begun(office, waiting(), "005/1")
    assert tasks(office, again) == []
    assert office.engine.verify_instance(letter) == []
    assert office.engine.verify_instance(again) == []


def test_a_message_whose_sender_died_is_brought_by_the_next_round(office: SmallOffice) -> None:
    letter = begun(office, waiting(), "005/1")
    post = office.engine.post
    post_without_legs = type(post)(post.database, post.parts)
    object.__setattr__(post_without_legs, "_bring", lambda *_, **__: [])
    office.engine.post = post_without_legs
    assert office.engine.publish_message("reply", "005/1", {}, OFFICER) == []
    office.engine.post = post
    assert tasks(office, letter) == []

    office.engine.fire_due_timers()

    assert tasks(office, letter) == ["read"]


def test_a_message_begins_a_process(office: SmallOffice) -> None:
    source = diagram(
        node("startEvent", "asked", properties(outputs="subject") + REPLY), user("a"), end(),
        path("asked", "a", "done"), layout=MESSAGES,
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)

    [begun_by] = office.engine.publish_message(
        "reply", "005/1", {"subject": "Undangan"}, OFFICER, scope="office"
    )

    view = office.engine.instance(begun_by)
    assert (view.business_key, view.scope) == ("005/1", "office")
    assert view.data == {"subject": "Undangan"}
    assert tasks(office, begun_by) == ["a"]
    assert office.engine.verify_instance(begun_by) == []


def test_what_one_instance_throws_another_receives_once(office: SmallOffice) -> None:
    receiver = begun(office, waiting("receiver"), "005/1")
    tell = throw("tell", payload_of(answer="=verdict", more="text") + REPLY)
    tell = tell.replace(
        "<bpmn:extensionElements>",
        '<bpmn:extensionElements><camunda:properties><camunda:property name="correlationKey"'
        ' value="number"/></camunda:properties>',
    )
    source = diagram(
        start(), user("draft", properties(outputs="number,verdict")), tell,
        end("last", WITHDRAWAL), path("begin", "draft", "tell", "last"), layout=MESSAGES,
    )  # fmt: skip
    sender = begun(office, source)
    answers = {"number": "005/1", "verdict": "approved"}
    office.engine.complete_task(office.task(sender), DRAFTER, answers)
    assert tasks(office, receiver) == []

    [key] = [key for key in office.engine.queued_job_keys() if ":tell:" in key]
    office.engine.perform_job(key)
    office.engine.perform_job(key)
    office.run_jobs()

    assert tasks(office, receiver) == ["read"]
    assert office.engine.instance(receiver).data["answer"] == "approved"
    assert count(office, message) == 2
    assert office.engine.instance(sender).status == "completed"
    thrown = [e for e in office.engine.history(sender) if e.kind is Kind.MESSAGE_THROWN]
    assert [event.details["message"] for event in thrown] == ["reply", "withdrawal"]
    assert office.engine.verify_instance(sender) == []
    assert office.engine.verify_instance(receiver) == []


def test_two_publishers_at_once_deliver_two_messages_to_two_waits(
    racers: Racers, office: SmallOffice
) -> None:
    other = office.another_engine(database=racers.other)
    for number in range(6):
        key = f"005/{number}"
        letter = begun(office, waiting(), key)

        reached = together(
            lambda key=key: office.engine.publish_message("reply", key, {"answer": "a"}, OFFICER),
            lambda key=key: other.publish_message("reply", key, {"answer": "b"}, OFFICER),
        )

        assert sorted(reached) == [[], [letter]]
        winner = "a" if reached[0] else "b"
        assert office.engine.instance(letter).data["answer"] == winner
        assert office.kinds(letter).count(("MESSAGE_DELIVERED", "wait")) == 1
        assert office.engine.verify_instance(letter) == []
        late = begun(office, waiting(), key)  # the one that came too late is kept for the next
        assert tasks(office, late) == ["read"]


def test_a_message_meets_whoever_begins_to_wait_at_the_same_moment(
    racers: Racers, office: SmallOffice
) -> None:
    other = office.another_engine(database=racers.other)
    for number in range(6):
        key = f"005/{number}"
        letter = begun(office, waiting())
        task = office.task(letter)

        together(
            lambda task=task, key=key: office.engine.complete_task(task, DRAFTER, {"number": key}),
            lambda key=key: other.publish_message("reply", key, {}, OFFICER),
        )

        assert tasks(office, letter) == ["read"]
        assert office.kinds(letter).count(("MESSAGE_DELIVERED", "wait")) == 1
        assert office.engine.verify_instance(letter) == []


def test_a_receiver_whose_way_fails_is_parked_and_the_message_kept(office: SmallOffice) -> None:
    source = diagram(
        start(), catch("wait", REPLY), catch("next", WITHDRAWAL, KEY), end(),
        path("begin", "wait", "next", "done"), layout=MESSAGES,
    )  # fmt: skip
    letter = begun(office, source)

    assert office.engine.publish_message("reply", "letter-1", {}, OFFICER) == []

    [stopped] = office.engine.incidents()
    assert (stopped.kind, stopped.element) == ("message", "wait")
    assert office.kinds(letter).count(("MESSAGE_DELIVERED", "wait")) == 0
    assert office.engine.verify_instance(letter) == []
    office.engine.retry_incident(stopped.id, DRAFTER)
    office.engine.fire_due_timers()
    assert len(office.engine.incidents()) == 1


def test_a_message_kept_for_a_process_that_was_not_deployed_yet_begins_it_later(
    office: SmallOffice,
) -> None:
    assert office.engine.publish_message("reply", "005/1", {}, OFFICER, scope="office") == []
    source = diagram(
        node("startEvent", "asked", REPLY), user("a"), end(), path("asked", "a", "done"),
        layout=MESSAGES,
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)

    office.engine.fire_due_timers()
    office.engine.fire_due_timers()

    [begun_by] = office.engine.instance_ids()
    assert tasks(office, begun_by) == ["a"]


def test_an_early_message_with_which_nobody_can_go_on_holds_up_no_person(
    office: SmallOffice,
) -> None:
    source = diagram(
        start(), user("draft", properties(outputs="number")), catch("wait", REPLY, KEY),
        catch("next", WITHDRAWAL, properties(correlationKey="answer")), user("read"), end(),
        path("begin", "draft", "wait", "next", "read", "done"), layout=MESSAGES,
    )  # fmt: skip
    letter = begun(office, source)
    assert office.engine.publish_message("reply", "005/1", {"answer": ["none"]}, OFFICER) == []

    office.engine.complete_task(office.task(letter), DRAFTER, {"number": "005/1"})

    [stopped] = office.engine.incidents()
    assert (stopped.kind, stopped.element) == ("message", "wait")
    assert office.kinds(letter).count(("TASK_COMPLETED", "draft")) == 1
    assert office.kinds(letter).count(("MESSAGE_DELIVERED", "wait")) == 0
    assert office.engine.verify_instance(letter) == []


def test_early_messages_lead_a_step_as_far_as_they_reach(office: SmallOffice) -> None:
    source = diagram(
        start(), user("draft", properties(outputs="number")), catch("wait", REPLY, KEY),
        catch("next", WITHDRAWAL), user("read"), end(),
        path("begin", "draft", "wait", "next", "read", "done"), layout=MESSAGES,
    )  # fmt: skip
    letter = begun(office, source)
    office.engine.publish_message("reply", "005/1", {"answer": "early"}, OFFICER)
    office.engine.publish_message("withdrawal", "letter-1", {}, OFFICER)

    result = office.engine.complete_task(office.task(letter), DRAFTER, {"number": "005/1"})

    assert [task.element for task in result.opened] == ["read"]
    assert count(office, message_subscription) == 0
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("kind", ["message", "timer"])
def test_what_stopped_in_a_sub_process_is_sent_back_by_the_event_at_its_edge(
    office: SmallOffice, kind: str
) -> None:
    event = REPLY if kind == "message" else HOUR
    inside = sub(
        "box", start("open"), catch("wait", event), catch("next", WITHDRAWAL, KEY), end("close"),
        path("open", "wait", "next", "close"),
    )  # fmt: skip
    source = diagram(
        start(), user("draft"), inside, catch_error("back", "box"), end(),
        path("begin", "draft", "box", "done"), path("back", "draft"), layout=MESSAGES,
    )  # fmt: skip
    letter = begun(office, source)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    office.clock.pass_time(days=7)
    office.engine.fire_due_timers()
    [stopped] = office.engine.incidents()
    assert (stopped.kind, office.engine.ways_out(stopped).send_back) == (kind, "back")

    office.engine.send_back_incident(stopped.id, OFFICER, "Nomornya salah.")

    assert tasks(office, letter) == ["draft"]
    assert office.engine.incidents() == []
    assert count(office, message_subscription) == 0
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize(
    ("name", "correlation", "payload"),
    [
        ("n" * 201, "letter-1", {}),
        ("reply", "a\0b", {}),
        ("reply", 7, {}),
        ("repl\udcff", "letter-1", {}),
        ("reply", "surat-\udcff", {}),
        ("reply", "letter-1", {"text": "x" * 70_000}),
        ("reply", "letter-1", {"large": 2**70}),
        ("reply", "letter-1", {"when": object()}),
    ],
    ids=[
        "long name",
        "null byte",
        "number",
        "no UTF-8",
        "no UTF-8 key",
        "large",
        "integer",
        "object",
    ],
)
def test_what_nobody_could_receive_is_refused_when_it_is_sent(
    office: SmallOffice, name: str, correlation: Any, payload: dict[str, Any]
) -> None:
    with pytest.raises(MessageRefused):
        office.engine.publish_message(name, correlation, payload, OFFICER)

    with office.database.reading() as session:
        assert session.execute(select(message.c.id)).all() == []
