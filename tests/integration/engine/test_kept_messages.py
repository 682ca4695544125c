"""Messages that nobody receives: circles that end, failures that hold up nobody, an operator."""

from __future__ import annotations

from typing import NoReturn

import pytest
from engine_for_tests import DRAFTER, FORMS, OFFICER, SmallOffice, World
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from unit.engine.drawing_board import diagram, end, node, path, properties, service, start, user
from unit.engine.walked import MESSAGES, REPLY, WITHDRAWAL, catch, throw

from engine import Database, MessageRefused, ReasonMissing, StepCall, UnknownMessage
from engine.messages import LARGEST, MOST_HOPS
from engine.tables import message, message_discard

KEY = properties(correlationKey="number", outputs="answer")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, notices={"notice.remind": World()})


def process(name: str, *parts: str) -> bytes:
    source = diagram(*parts, layout=MESSAGES).replace(b'id="p"', f'id="{name}"'.encode())
    return source.replace(b'processRef="p"', f'processRef="{name}"'.encode())


def begun_by(event: str, *between: str) -> tuple[str, ...]:
    """A process that begins with the one message and throws the other at its end."""
    answer = WITHDRAWAL if event == REPLY else REPLY
    steps = [part.split('id="', 1)[1].split('"', 1)[0] for part in between]
    parts = (node("startEvent", "asked", event), *between, throw("tell", answer), end())
    return (*parts, path("asked", *steps, "tell", "done"))


def broken(name: str = "broken") -> bytes:
    """A process that can never begin: what it waits for has no correlation key."""
    return process(
        name, node("startEvent", "asked", WITHDRAWAL), catch("never", REPLY, KEY), end(),
        path("asked", "never", "done"),
    )  # fmt: skip


def kept_for_a_reader(office: SmallOffice) -> str:
    """A letter that waits for a reply which was written down, but not brought."""
    source = process(
        "reader", start(), catch("wait", REPLY), user("read"), end(),
        path("begin", "wait", "read", "done"),
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    with office.database.transaction() as session:  # its sender died
        session.execute(update(message).values(correlation="elsewhere"))
    letter = office.engine.start("reader", "letter-1", "office", {}, DRAFTER)
    with office.database.transaction() as session:
        session.execute(update(message).values(correlation="letter-1"))
    assert office.engine.tasks_of(letter) == []
    return letter


def work_through(office: SmallOffice, rounds: int) -> None:
    """Let the machines do what is queued, and what that leads to, so many times."""
    for _ in range(rounds):
        for key in office.engine.queued_job_keys():
            outcome = office.engine.perform_job(key)
            with office.database.transaction() as session:
                office.engine.finish_job(session, key, outcome)


def test_two_processes_that_begin_each_other_come_to_an_end(office: SmallOffice) -> None:
    office.engine.deploy(process("a", *begun_by(REPLY)), FORMS, DRAFTER)
    office.engine.deploy(process("b", *begun_by(WITHDRAWAL)), FORMS, DRAFTER)
    office.engine.publish_message("reply", "letter-1", {}, OFFICER, scope="office")

    work_through(office, MOST_HOPS * 2)
    office.clock.pass_time(days=1)
    office.engine.fire_due_timers()

    assert len(office.engine.instance_ids()) == MOST_HOPS + 1
    [kept] = office.engine.post.kept()
    assert kept.stopped_at is not None
    assert "saling memulai" in kept.sentence
    assert [(stop.scope, stop.reference) for stop in office.told] == [("office", kept.id)]
    assert office.queue.run_pending(office.engine) == 0
    assert all(office.engine.verify_instance(each) == [] for each in office.engine.instance_ids())


def test_an_operator_lets_a_circle_go_one_process_further(office: SmallOffice) -> None:
    office.engine.deploy(process("a", *begun_by(REPLY)), FORMS, DRAFTER)
    office.engine.deploy(process("b", *begun_by(WITHDRAWAL)), FORMS, DRAFTER)
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    work_through(office, MOST_HOPS * 2)
    [kept] = office.engine.post.kept()

    [reached] = office.engine.post.try_again(kept.id, OFFICER)
    work_through(office, MOST_HOPS * 2)

    assert office.engine.history(reached)[0].name == OFFICER.name
    assert len(office.engine.instance_ids()) == MOST_HOPS + 2
    [after] = office.engine.post.kept()
    assert after.id != kept.id


def test_a_person_in_between_begins_the_count_anew(office: SmallOffice) -> None:
    office.engine.deploy(process("a", *begun_by(REPLY, user("work"))), FORMS, DRAFTER)
    office.engine.deploy(process("b", *begun_by(WITHDRAWAL)), FORMS, DRAFTER)
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)

    for _ in range(MOST_HOPS + 2):
        [task] = office.engine.inbox({"staff"}, DRAFTER.person)
        office.engine.complete_task(task.id, DRAFTER, {})
        work_through(office, 2)

    assert office.engine.post.kept() == []


def test_messages_that_begin_nothing_leave_the_others_their_turn(office: SmallOffice) -> None:
    office.engine.deploy(broken(), FORMS, DRAFTER)
    letter = kept_for_a_reader(office)
    with office.database.transaction() as session:  # they are older than what is wanted
        for number in range(3):
            row = session.execute(select(message).where(message.c.name == "reply")).mappings().one()
            older = {"id": f"old-{number}", "name": "withdrawal"}
            session.execute(message.insert().values(**{**row, **older}))

    for _ in range(4):
        office.clock.pass_time(minutes=1)
        office.engine.fire_due_timers(limit=3)

    assert [each.element for each in office.engine.tasks_of(letter)] == ["read"]


def test_a_message_that_cannot_begin_its_process_is_shown_with_the_cause(
    office: SmallOffice,
) -> None:
    office.engine.deploy(broken(), FORMS, DRAFTER)

    assert office.engine.publish_message("withdrawal", "x", {}, OFFICER, scope="office") == []

    [kept] = office.engine.post.kept()
    assert (kept.attempts, kept.stopped_at) == (1, None)
    assert "correlation key" in kept.sentence
    for _ in range(10):
        office.clock.pass_time(hours=1)
        office.engine.fire_due_timers()
    [kept] = office.engine.post.kept()
    assert kept.stopped_at is not None
    assert [(stop.business_key, stop.scope) for stop in office.told] == [("x", "office")]
    assert office.engine.instance_ids() == []


def test_what_a_step_quotes_is_not_told_to_operators(office: SmallOffice) -> None:
    def quotes(call: StepCall, session: Session) -> NoReturn:
        raise ValueError("cannot compose {'subject': 'RAHASIA'}")

    office.catalog.immediate["letter.count"] = quotes  # type: ignore[index]
    source = process(
        "quoting", node("startEvent", "asked", REPLY), service("count", "letter.count"), end(),
        path("asked", "count", "done"),
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)

    office.engine.publish_message("reply", "letter-1", {}, OFFICER)

    [kept] = office.engine.post.kept()
    assert kept.sentence == "ValueError: selengkapnya ada dalam log server."


def test_the_messages_of_others_leave_those_of_an_office_their_place(office: SmallOffice) -> None:
    post = office.engine.post
    for number in range(3):
        office.engine.publish_message("reply", f"far-{number}", {}, OFFICER, scope="far")
    office.clock.pass_time(minutes=1)
    office.engine.publish_message("reply", "mine", {}, OFFICER, scope="office")
    office.engine.publish_message("reply", "of-nobody", {}, OFFICER)

    found = post.kept(limit=3, without={"far"})

    assert {each.correlation for each in found} == {"mine", "of-nobody"}
    assert post.kept_message(found[0].id) == found[0]
    with office.database.transaction() as session:
        session.execute(update(message).values(stopped_at=office.clock.now()))
    assert (post.stopped(), post.stopped({"far"})) == (5, 2)
    [mine] = [each for each in found if each.correlation == "mine"]
    post.discard(mine.id, OFFICER, "Keliru.")
    office.clock.pass_time(minutes=1)
    for each in post.kept(without={"office", ""}):
        post.discard(each.id, OFFICER, "Keliru.")
    assert [each.correlation for each in post.discarded(limit=1, without={"far"})] == ["mine"]
    assert post.kept_message(mine.id) is None


def test_a_kept_message_names_the_letter_that_sent_it(office: SmallOffice) -> None:
    source = process("a", start(), throw("tell", REPLY), end(), path("begin", "tell", "done"))
    office.engine.deploy(source, FORMS, DRAFTER)
    office.engine.start("a", "letter-1", "office", {}, DRAFTER)
    office.run_jobs()
    office.engine.publish_message("reply", "letter-2", {}, OFFICER)

    senders = {each.sender for each in office.engine.post.kept()}
    for each in office.engine.post.kept():
        office.engine.post.discard(each.id, OFFICER, "Keliru.")

    assert senders == {"letter-1", ""}
    assert {each.sender for each in office.engine.post.discarded()} == senders


def test_what_could_not_begin_begins_when_an_operator_tries_again(office: SmallOffice) -> None:
    office.engine.deploy(broken(), FORMS, DRAFTER)
    office.engine.publish_message("withdrawal", "x", {}, OFFICER)
    for _ in range(10):
        office.clock.pass_time(hours=1)
        office.engine.fire_due_timers()
    [kept] = office.engine.post.kept()
    assert office.engine.post.try_again(kept.id, OFFICER) == []
    mended = process(
        "broken", node("startEvent", "asked", WITHDRAWAL), user("a"), end(),
        path("asked", "a", "done"),
    )  # fmt: skip
    office.engine.deploy(mended, FORMS, DRAFTER)
    office.clock.pass_time(hours=1)
    office.engine.fire_due_timers()
    assert office.engine.instance_ids() == []

    [reached] = office.engine.post.try_again(kept.id, OFFICER)

    assert [each.element for each in office.engine.tasks_of(reached)] == ["a"]
    assert office.engine.post.kept() == []
    with pytest.raises(UnknownMessage):
        office.engine.post.try_again(kept.id, OFFICER)


def test_a_message_that_stopped_is_still_received_by_whoever_waits(office: SmallOffice) -> None:
    office.engine.deploy(broken(), FORMS, DRAFTER)
    office.engine.publish_message("withdrawal", "letter-1", {}, OFFICER)
    for _ in range(10):
        office.clock.pass_time(hours=1)
        office.engine.fire_due_timers()
    source = process(
        "reader", start(), catch("wait", WITHDRAWAL), user("read"), end(),
        path("begin", "wait", "read", "done"),
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)

    letter = office.engine.start("reader", "letter-1", "office", {}, DRAFTER)

    assert [each.element for each in office.engine.tasks_of(letter)] == ["read"]
    assert office.engine.post.kept() == []


def test_an_operator_discards_a_message_and_says_why(office: SmallOffice) -> None:
    office.engine.publish_message("reply", "letter-1", {"answer": "yes"}, OFFICER)
    [kept] = office.engine.post.kept()

    office.engine.post.discard(kept.id, OFFICER, " Surat itu dibatalkan. ")

    assert office.engine.post.kept() == []
    [gone] = office.engine.post.discarded()
    assert (gone.id, gone.discarded_by) == (kept.id, OFFICER.name)
    assert (gone.reason, gone.discarded_at) == ("Surat itu dibatalkan.", office.clock.now())
    source = process(
        "reader", start(), catch("wait", REPLY), end(), path("begin", "wait", "done")
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)
    letter = office.engine.start("reader", "letter-1", "office", {}, DRAFTER)
    office.engine.fire_due_timers()
    assert office.engine.instance(letter).status == "running"
    for late in (
        lambda: office.engine.post.discard(kept.id, OFFICER, "Lagi."),
        lambda: office.engine.post.try_again(kept.id, OFFICER),
    ):
        with pytest.raises(UnknownMessage):
            late()


def test_why_a_message_was_discarded_is_never_changed(office: SmallOffice) -> None:
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    [kept] = office.engine.post.kept()
    office.engine.post.discard(kept.id, OFFICER, "Surat itu dibatalkan.")

    with pytest.raises(DBAPIError, match="append-only"), office.database.transaction() as session:
        session.execute(update(message_discard).values(reason="Tidak ada."))


def test_a_message_is_not_discarded_without_a_reason(office: SmallOffice) -> None:
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    [kept] = office.engine.post.kept()

    with pytest.raises(ReasonMissing):
        office.engine.post.discard(kept.id, OFFICER, "  ")

    assert office.engine.post.kept() == [kept]


def test_what_was_received_is_not_discarded(office: SmallOffice) -> None:
    letter = kept_for_a_reader(office)
    [kept] = office.engine.post.kept()
    office.engine.fire_due_timers()
    assert [each.element for each in office.engine.tasks_of(letter)] == ["read"]

    with pytest.raises(UnknownMessage):
        office.engine.post.discard(kept.id, OFFICER, "Terlambat.")

    assert office.engine.post.discarded() == []


def test_a_message_too_large_is_refused_where_it_is_thrown(office: SmallOffice) -> None:
    whole = (
        "<bpmn:extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="text">=text</camunda:inputParameter>'
        "</camunda:inputOutput></bpmn:extensionElements>"
    )
    source = process(
        "p", start(), user("draft", properties(outputs="text")), throw("tell", whole + REPLY),
        end(),
        path("begin", "draft", "tell", "done"),
    )  # fmt: skip
    office.engine.deploy(source, FORMS, DRAFTER)
    letter = office.engine.start("p", "letter-1", "office", {}, DRAFTER)

    with pytest.raises(MessageRefused):
        office.engine.complete_task(office.task(letter), DRAFTER, {"text": "x" * (LARGEST + 1)})

    assert [each.element for each in office.engine.tasks_of(letter)] == ["draft"]
    office.engine.complete_task(office.task(letter), DRAFTER, {"text": "short"})
    office.run_jobs()
    assert len(office.engine.post.kept()) == 1


def test_an_owner_is_warned_of_processes_that_begin_each_other(office: SmallOffice) -> None:
    office.engine.deploy(process("a", *begun_by(REPLY)), FORMS, DRAFTER)
    answering = process("b", *begun_by(WITHDRAWAL))
    itself = process(
        "c", node("startEvent", "asked", REPLY), throw("tell", REPLY), end(),
        path("asked", "tell", "done"),
    )  # fmt: skip

    found = {
        name: [
            (each.element, each.severity)
            for each in office.engine.examine(source)
            if each.rule == "message-circle"
        ]
        for name, source in {
            "b": answering,
            "c": itself,
            "alone": process("d", *begun_by(REPLY)),
            "with a person": process("b", *begun_by(WITHDRAWAL, user("work"))),
        }.items()
    }

    circle = [("tell", "warning")]
    assert found == {"b": circle, "c": circle, "alone": [], "with a person": []}
    office.engine.deploy(answering, FORMS, DRAFTER)
    again = office.engine.examine(process("a", *begun_by(REPLY)))
    assert [each.rule for each in again] == ["message-circle"]
