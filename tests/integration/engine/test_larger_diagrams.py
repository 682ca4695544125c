"""Sub-processes, repetitions and calls in the books: every step verified from the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, HEAD, OFFICER, OTHER_HEAD, SmallOffice, World
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
from unit.engine.walked import HOUR, MESSAGES, REPLY, catch, each, edge, receive, sub

from engine import Actor, Database, DefinitionRejected, RouteRequest, StepCall

UNITS = {"umum": HEAD, "hukum": OFFICER, "keuangan": DRAFTER}


def stamp(call: StepCall, session: Session) -> Mapping[str, Any]:
    return {"stamped": call.data.get("unit", "nobody")}


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(
        database,
        notices={"notice.remind": World()},
        queued={"letter.send": World(sent=True)},
        immediate={"letter.stamp": stamp},
    )


def begun(office: SmallOffice, source: bytes, data: dict[str, Any] | None = None) -> str:
    deployed = office.engine.deploy(source, FORMS, DRAFTER)
    return office.engine.start(deployed.process_id, "letter-1", "office", data or {}, DRAFTER)


def tasks(office: SmallOffice, letter: str) -> list[str]:
    return sorted(each.element for each in office.engine.tasks_of(letter))


def sound(office: SmallOffice, letter: str) -> bool:
    return office.engine.verify_instance(letter) == []


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_several_units_put_their_paraf_each_in_its_own_inbox(
    office: SmallOffice, sequential: str
) -> None:
    _route_by_unit(office)
    paraf = properties(collect="parafs", samePerson="warn", separateFrom="")
    source = diagram(
        start(), user("paraf", paraf + each("units", "unit", sequential=sequential)),
        user("after"), end(), path("begin", "paraf", "after", "done"),
    )  # fmt: skip
    letter = begun(office, source, {"units": list(UNITS)})

    for unit, actor in UNITS.items():
        [mine] = office.engine.inbox(actor.positions, actor.person)
        assert (mine.data["unit"], mine.element) == (unit, "paraf")
        office.engine.complete_task(mine.id, actor, {"decision": f"by {actor.person}"})
        assert sound(office, letter)

    assert tasks(office, letter) == ["after"]
    parafs = office.engine.instance(letter).data["parafs"]
    assert [paraf["decision"] for paraf in parafs] == ["by budi", "by dewi", "by ani"]


def test_an_enough_of_parafs_withdraws_the_rest(office: SmallOffice) -> None:
    _route_by_unit(office)
    until = "nrOfCompletedInstances &gt;= 2"
    source = diagram(
        start(), user("paraf", properties(collect="parafs") + each("units", "unit", until)),
        user("after"), end(), path("begin", "paraf", "after", "done"),
    )  # fmt: skip
    letter = begun(office, source, {"units": list(UNITS)})
    for actor in (HEAD, OFFICER):
        [mine] = office.engine.inbox(actor.positions, actor.person)
        office.engine.complete_task(mine.id, actor, {"decision": "ok"})

    assert tasks(office, letter) == ["after"]
    assert sound(office, letter)


def test_jobs_and_immediate_work_are_repeated_with_their_own_item(office: SmallOffice) -> None:
    source = diagram(
        start(), user("after"), end(),
        service("send", "letter.send", properties(collect="receipts") + each("to", "unit")),
        service("stamp", "letter.stamp", properties(collect="stamps") + each("to", "unit")),
        path("begin", "send", "stamp", "after", "done"),
    )  # fmt: skip
    letter = begun(office, source, {"to": ["camat", "lurah"]})
    assert len(office.engine.queued_job_keys()) == 2
    assert sound(office, letter)

    office.run_jobs()

    data = office.engine.instance(letter).data
    assert data["receipts"] == [{"sent": True}, {"sent": True}]
    assert data["stamps"] == [{"stamped": "camat"}, {"stamped": "lurah"}]
    assert "stamped" not in data
    assert all("stamped" not in frame.data for frame in office.engine.replay(letter))
    assert sound(office, letter)


def test_replies_of_several_are_awaited_each_by_its_own_name(office: SmallOffice) -> None:
    wait = properties(collect="replies", correlationKey="unit", outputs="answer")
    source = diagram(
        start(), receive("wait", wait + each("to", "unit")), user("after"), end(),
        path("begin", "wait", "after", "done"), layout=MESSAGES,
    )  # fmt: skip
    office.engine.publish_message("reply", "lurah", {"answer": "early"}, OFFICER)
    letter = begun(office, source, {"to": ["camat", "lurah"]})
    assert sound(office, letter)

    assert office.engine.publish_message("reply", "camat", {"answer": "late"}, OFFICER) == [letter]

    replies = office.engine.instance(letter).data["replies"]
    assert replies == [{"answer": "late"}, {"answer": "early"}]
    assert sound(office, letter)


def test_a_task_of_a_repetition_sees_what_one_beside_it_has_written(office: SmallOffice) -> None:
    inside = start("in") + node("parallelGateway", "g") + user("a") + user("b")
    inside += node("parallelGateway", "j") + end("out")
    inside += path("in", "g", "a", "j", "out") + path("g", "b", "j")
    source = diagram(
        start(), sub("s", inside, each("units", "unit")), end(), path("begin", "s", "done")
    )
    letter = begun(office, source, {"units": ["umum"]})

    [first] = [task for task in office.engine.tasks_of(letter) if task.element == "a"]
    office.engine.complete_task(first.id, DRAFTER, {"decision": "agreed"})

    [beside] = office.engine.tasks_of(letter)
    assert (beside.element, beside.data["decision"]) == ("b", "agreed")
    assert sound(office, letter)


def test_an_interrupting_timer_withdraws_a_sub_process_with_all_that_waits(
    office: SmallOffice,
) -> None:
    inside = start("in") + node("parallelGateway", "g") + user("a") + user("b")
    inside += service("c", "letter.send") + catch("d", REPLY) + end("out")
    inside += "".join(path("g", each_one, "out") for each_one in "abcd") + path("in", "g")
    inside += timer("nag", "a") + notice("n") + end("e") + path("nag", "n", "e")
    source = diagram(
        start(), sub("s", inside), user("after"), end(), path("begin", "s", "done"),
        edge("late", "s", HOUR.replace("PT1H", "PT4H")), path("late", "after", "done"),
        layout=MESSAGES,
    )  # fmt: skip
    letter = begun(office, source)
    assert tasks(office, letter) == ["a", "b"]
    assert sound(office, letter)

    office.clock.pass_time(hours=2)
    assert office.engine.fire_due_timers() == 1
    assert sound(office, letter)
    office.clock.pass_time(days=7)
    assert office.engine.fire_due_timers() == 1

    assert tasks(office, letter) == ["after"]
    assert office.engine.publish_message("reply", "letter-1", {}, OFFICER) == []
    office.run_jobs()
    assert tasks(office, letter) == ["after"]
    assert sound(office, letter)


def test_a_race_between_a_reply_and_a_deadline(office: SmallOffice) -> None:
    source = diagram(
        start(), node("eventBasedGateway", "race"), catch("reply", REPLY), catch("late", HOUR),
        user("a"), user("b"), end(), path("begin", "race", "reply", "a", "done"),
        path("race", "late", "b", "done"), layout=MESSAGES,
    )  # fmt: skip
    answered, forgotten = begun(office, source), begun(office, source)
    assert sound(office, answered)

    [reached] = office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    office.clock.pass_time(days=1)
    office.engine.fire_due_timers()

    other = ({answered, forgotten} - {reached}).pop()
    assert (tasks(office, reached), tasks(office, other)) == (["a"], ["b"])
    assert sound(office, reached)
    assert sound(office, other)


# Calls

CHECKING = diagram(
    start(), user("review", properties(separateFrom="approve")),
    user("approve", properties(separateFrom="review", samePerson="refuse")), end(),
    path("begin", "review", "approve", "done"),
)  # fmt: skip
CHECKING = CHECKING.replace(b'id="p"', b'id="checking"')
CHECKING = CHECKING.replace(b'processRef="p"', b'processRef="checking"')
CALLING = diagram(
    start(), node("callActivity", "check", calledElement="checking"), user("after"), end(),
    path("begin", "check", "after", "done"),
)  # fmt: skip


def test_a_call_walks_the_version_that_stood_when_it_was_deployed(office: SmallOffice) -> None:
    inner_form = {"form": '{"type": "default", "components": [], "id": "inner"}'}
    first = office.engine.deploy(CHECKING, inner_form, DRAFTER)
    letter = begun(office, CALLING)
    pinned = office.engine.definition(office.engine.instance(letter).definition_id)
    assert pinned.callees == {"checking": first.id}

    changed = CHECKING.replace(b'id="review"', b'id="look"').replace(b'"review"', b'"look"')
    office.engine.deploy(changed, inner_form, DRAFTER)

    [task] = office.engine.tasks_of(letter)
    assert task.element == "check!review"
    assert '"inner"' in office.engine.form(task.definition_id, task.form_key)
    office.engine.complete_task(task.id, DRAFTER, {})
    assert sound(office, letter)
    # The newest one is used by the next version only.
    again = office.engine.deploy(CALLING, FORMS, DRAFTER)
    assert again.version == 2
    assert "check!look" in office.engine.diagram(again.id).elements


def test_a_task_of_a_call_with_a_mapping_sees_what_was_passed_in_and_nothing_else(
    office: SmallOffice,
) -> None:
    _route_by_unit(office)
    office.engine.deploy(CHECKING, FORMS, DRAFTER)
    mapping = (
        '<bpmn:extensionElements><camunda:in source="unit" target="who"/></bpmn:extensionElements>'
    )
    source = diagram(
        start(), node("callActivity", "check", mapping, calledElement="checking"), end(),
        path("begin", "check", "done"),
    )  # fmt: skip
    letter = begun(office, source, {"unit": "hukum", "secret": "x"})

    [task] = office.engine.tasks_of(letter)

    assert task.data == {"who": "hukum"}
    assert task.candidates == tuple(OTHER_HEAD.positions)  # that of no unit
    assert sound(office, letter)


def test_separation_of_duties_holds_in_a_called_process(office: SmallOffice) -> None:
    office.engine.deploy(CHECKING, FORMS, DRAFTER)
    letter = begun(office, CALLING)
    office.engine.complete_task(office.task(letter), DRAFTER, {})

    with pytest.raises(Exception, match="person") as refused:
        office.engine.complete_task(office.task(letter), DRAFTER, {})

    assert type(refused.value).__name__ == "SamePersonTwice"
    colleague = Actor("eko", "Eko", "staff", positions=DRAFTER.positions)
    office.engine.complete_task(office.task(letter), colleague, {})
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
    assert sound(office, letter)


def test_a_call_to_what_is_not_deployed_is_refused(office: SmallOffice) -> None:
    with pytest.raises(DefinitionRejected, match="not deployed"):
        office.engine.deploy(CALLING, FORMS, DRAFTER)


def _route_by_unit(office: SmallOffice) -> None:
    """Offer a task to the position of the unit it is for."""

    def candidates(request: RouteRequest, session: Session) -> tuple[str, ...]:
        actor = UNITS.get(str(request.data.get("unit")), replace(OTHER_HEAD))
        return tuple(sorted(actor.positions))

    office.positions.candidates = candidates  # type: ignore[method-assign]


def test_each_item_has_the_limit_of_its_own_timer(office: SmallOffice) -> None:
    by_urgency = properties(slaBy="unit", **{"sla.umum": "PT1H", "calendar": "elapsed"})
    late = timer("late", "read", "PT4H").replace(
        "<bpmn:timerEvent", f"{by_urgency}<bpmn:timerEvent"
    )
    inside = start("in") + user("read") + end("out") + late + notice("nag") + end("told")
    inside += path("in", "read", "out") + path("late", "nag", "told")
    source = diagram(
        start(), sub("unit", inside, each("units", "unit")), end(), path("begin", "unit", "done")
    )

    letter = begun(office, source, {"units": ["umum", "hukum"]})

    due = {task.data["unit"]: task.due_at for task in office.engine.tasks_of(letter)}
    hours = {unit: (at - office.clock.now()).total_seconds() / 3600 for unit, at in due.items()}
    assert hours == {"umum": 1, "hukum": 4}
    assert sound(office, letter)
