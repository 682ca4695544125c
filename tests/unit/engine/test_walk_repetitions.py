"""Multi-instance activities and business rules: one for each item, with outputs of their own."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    node,
    path,
    properties,
    service,
    start,
    user,
)
from unit.engine.walked import (
    FAILED,
    HOUR,
    MESSAGES,
    Driven,
    Host,
    each,
    edge,
    failure,
    one,
    receive,
    sub,
)

from engine.errors import EngineError

COLLECT = properties(collect="decisions")
UNITS = {"units": ["umum", "hukum", "keuangan"]}


def _paraf(inner: str, *beside: str, task: str = "") -> bytes:
    return diagram(
        start(), task or user("paraf", COLLECT + inner), user("after"), end(),
        path("begin", "paraf", "after", "done"), *beside, layout=MESSAGES,
    )  # fmt: skip


def test_each_item_gets_a_task_of_its_own_and_outputs_come_in_the_order_of_the_items() -> None:
    walk = Driven(_paraf(each("units", "unit")), UNITS)
    assert walk.waiting == ["paraf#2", "paraf#3", "paraf#4"]
    assert one(walk.walk, "paraf#3").local == {"unit": "hukum", "loopCounter": 2}
    assert walk.walk.view("paraf#3") == {**UNITS, "unit": "hukum", "loopCounter": 2}

    walk.done("paraf#4", decision="no")
    walk.done("paraf#2", decision="yes")
    assert walk.data == UNITS
    walk.done("paraf#3", decision="yes")

    assert walk.waiting == ["after#1"]
    assert [found["decision"] for found in walk.data["decisions"]] == ["yes", "yes", "no"]


def test_one_after_the_other() -> None:
    walk = Driven(_paraf(each("units", "unit", sequential="true")), UNITS)
    seen = []
    for number in (2, 3, 4):
        assert walk.waiting == [f"paraf#{number}"]
        seen.append(one(walk.walk, f"paraf#{number}").local["unit"])
        walk.done(f"paraf#{number}", decision=number)

    assert seen == UNITS["units"]
    assert walk.data["decisions"] == [{"decision": 2}, {"decision": 3}, {"decision": 4}]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_enough_is_enough(sequential: str) -> None:
    until = "nrOfCompletedInstances >= 2".replace(">", "&gt;")
    walk = Driven(_paraf(each("units", "unit", until, sequential)), UNITS)

    walk.done("paraf#2", decision="a")
    walk.done("paraf#3", decision="b")

    assert walk.waiting == ["after#1"]
    assert walk.data["decisions"] == [{"decision": "a"}, {"decision": "b"}, None]
    assert ("cancelled paraf#4" in walk.told) == (sequential == "false")


def test_the_condition_sees_what_the_instance_answered() -> None:
    walk = Driven(_paraf(each("units", "unit", 'decision = "reject"')), UNITS)

    walk.done("paraf#2", decision="ok")
    walk.done("paraf#4", decision="reject")

    assert walk.waiting == ["after#1"]


def test_an_empty_list_passes_at_once() -> None:
    walk = Driven(_paraf(each("units", "unit")), {"units": []})

    assert walk.waiting == ["after#1"]
    assert walk.data["decisions"] == []


@pytest.mark.parametrize("units", [None, "umum", {"a": 1}, list(range(501))])
def test_what_is_no_list_or_too_long_is_refused(units: object) -> None:
    with pytest.raises(EngineError, match="list of at most 500"):
        Driven(_paraf(each("units", "unit")), {"units": units})


def test_five_hundred_recipients_are_served_in_one_step() -> None:
    task = service("paraf", inner=COLLECT + each("units", "unit"))
    walk = Driven(_paraf("", task=task), {"units": list(range(500))}, Host(paraf={"sent": True}))

    assert walk.waiting == ["after#1"]
    assert walk.data["decisions"] == [{"sent": True}] * 500
    assert [data["unit"] for _, data in walk.host.seen] == list(range(500))


def test_jobs_and_messages_are_repeated_too() -> None:
    jobs = Driven(_paraf("", task=service("paraf", inner=COLLECT + each("units", "u"))), UNITS)
    for number in (4, 3, 2):
        jobs.answer(f"paraf#{number}", n=number)
    assert jobs.data["decisions"] == [{"n": 2}, {"n": 3}, {"n": 4}]

    key = properties(collect="decisions", correlationKey="u")
    messages = Driven(_paraf("", task=receive("paraf", key + each("units", "u"))), UNITS)
    assert one(messages.walk, "paraf#3").correlation == "hukum"
    for number in (3, 2, 4):
        messages.deliver(f"paraf#{number}", n=number)
    assert messages.data["decisions"] == [{"n": 2}, {"n": 3}, {"n": 4}]


def test_a_sub_process_is_repeated_with_data_of_its_own() -> None:
    inside = start("in") + user("ask") + choice("x", "x_to_out") + user("more") + end("out")
    inside += path("in", "ask", "x", "out") + flow("x", "more", "deep = true") + path("more", "out")
    walk = Driven(_paraf("", task=sub("paraf", COLLECT, inside, each("units", "unit"))), UNITS)
    assert walk.waiting == ["ask#1", "ask#2", "ask#3"]
    assert one(walk.walk, "ask#2").local["unit"] == "hukum"

    walk.done("ask#1", deep=True)
    walk.done("ask#2", deep=False)
    walk.done("ask#3")
    assert walk.waiting == ["more#1"]
    walk.done("more#1", text="long")

    assert walk.data["decisions"] == [{"deep": True, "text": "long"}, {"deep": False}, {}]


def test_an_event_at_the_edge_ends_all_instances() -> None:
    beside = edge("e", "paraf", HOUR) + user("other") + path("e", "other", "done")
    walk = Driven(_paraf(each("units", "unit"), beside), UNITS)
    walk.done("paraf#2")

    walk.fire("e#1")

    assert walk.waiting == ["other#1"]
    assert walk.told[:3] == ["cancelled paraf#3", "cancelled paraf#4", "cancelled paraf#1"]


def test_an_error_of_one_instance_is_caught_at_the_edge_of_all() -> None:
    beside = edge("e", "paraf", FAILED) + user("other") + path("e", "other", "done")
    task = service("paraf", inner=each("units", "unit"))

    at_once = Driven(_paraf("", beside, task=task), UNITS, Host(paraf=failure()))
    later = Driven(_paraf("", beside, task=task), UNITS)
    later.answer("paraf#2")
    later.fail("paraf#3", "SIGNING_FAILED")

    assert at_once.waiting == later.waiting == ["other#1"]


def test_the_state_keeps_nothing_of_finished_instances_but_what_is_collected() -> None:
    plain = user("paraf", each("units", "unit"))
    walk = Driven(_paraf("", task=plain), {"units": [f"unit-{n}" for n in range(100)]})
    before = walk.size
    for number in range(2, 101):
        walk.done(f"paraf#{number}", decision="approve", reason="a long reason " * 5)

    assert walk.size < before / 2
    assert walk.waiting == ["paraf#101"]


def test_repetitions_in_repetitions_collect_into_the_instance_around() -> None:
    inner = sub(
        "paraf", COLLECT, start("in"), user("ask", properties(collect="asked") + each("two")),
        end("out"), path("in", "ask", "out"), each("units", "unit"),
    )  # fmt: skip
    walk = Driven(_paraf("", task=inner), {"units": ["a", "b"], "two": [1, 2]})
    for waiting_id in list(walk.waiting):
        walk.done(waiting_id, n=waiting_id)

    first = {"asked": [{"n": "ask#3"}, {"n": "ask#4"}]}
    assert walk.data["decisions"][0] == first
    assert len(walk.data["decisions"][1]["asked"]) == 2


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_lists_in_lists_do_not_multiply_without_end(sequential: str) -> None:
    inner = sub(
        "paraf", start("in"), user("ask", each("many", sequential=sequential)), end("out"),
        path("in", "ask", "out"), each("units", "unit", sequential=sequential),
    )  # fmt: skip
    data = {"units": list(range(60)), "many": list(range(60))}

    if sequential == "false":
        with pytest.raises(EngineError, match="more than 2000 times in all"):
            Driven(_paraf("", task=inner), data)
        return
    walk = Driven(_paraf("", task=inner), data)
    for _ in range(61):  # one list stands at a time
        walk.done(*walk.waiting)
    assert walk.waiting == ["ask#64"]


def test_lists_in_lists_that_wait_for_nobody_are_stopped_too() -> None:
    inner = sub(
        "paraf", start("in"), service("ask", inner=each("many", sequential="true")), end("out"),
        path("in", "ask", "out"), each("units", "unit", sequential="true"),
    )  # fmt: skip
    data = {"units": list(range(60)), "many": list(range(60))}

    with pytest.raises(EngineError, match="more than 2000 times in all"):
        Driven(_paraf("", task=inner), data, Host(ask={}))


def test_a_business_rule_asks_the_host() -> None:
    attributes: dict[str, Any] = {
        "camunda_decisionRef": "route",
        "camunda_resultVariable": "way",
        "camunda_mapDecisionResult": "singleEntry",
    }
    source = diagram(
        start(), node("businessRuleTask", "rule", **attributes), user("after"), end(),
        path("begin", "rule", "after", "done"),
    )  # fmt: skip

    assert Driven(source, {"urgency": "high"}).data["way"] == "route/high"
