"""What the engine executes: names, topics, forms, deadlines and decisions of both diagrams."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import Any

from engine.feel import parse

IMMEDIATE = {"number.reserve", "letter.register", "letter.file", "letter.cancel"}
QUEUED = {"letter.compose", "letter.send"}
TOPICS = IMMEDIATE | QUEUED | {"letter.sign", "notice.remind"}
OPERATIONS = {
    "letter.draft",
    "letter.review",
    "letter.review_or_consent",
    "number.request",
    "letter.consent",
    "letter.release",
}
GROUPS = {
    "drafter",
    "mail_officer",
    "office_admin",
    "unit_head",
    "second_reviewer",
    "office_secretary",
    "signer",
    "office_head",
}
STATUSES = {
    "draft",
    "review_1",
    "review_2",
    "revision",
    "numbering",
    "awaiting_signature",
    "signed",
    "ready_to_send",
    "sent",
    "cancelled",
}
ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def test_ids_are_plain_english_words_and_used_once(drawing: Any) -> None:
    ids = [node.get("id") for node in drawing.root.iter() if node.get("id")]

    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in drawing.nodes if not ID.fullmatch(name)] == []


def test_everything_people_see_has_a_label(drawing: Any) -> None:
    unnamed = [key for key, node in drawing.nodes.items() if not node.get("name")]
    mute = [
        flow.id
        for flow in drawing.flows
        if drawing.kind(flow.source) == "exclusiveGateway"
        and len(drawing.leaving(flow.source)) > 1
        and not flow.name
    ]

    assert unnamed == []
    assert mute == []


def test_every_automatic_task_asks_a_topic_of_the_house(drawing: Any) -> None:
    for task, node in drawing.of_type("serviceTask", "sendTask").items():
        assert node.get(f"{CAMUNDA}type") == "external", task
        assert node.get(f"{CAMUNDA}topic") in TOPICS, task


def test_every_user_task_names_form_candidates_operation_and_status(
    drawing: Any, forms: Any
) -> None:
    for task, node in drawing.of_type("userTask").items():
        properties = drawing.properties(node)

        assert node.get(f"{CAMUNDA}formKey") in forms, task
        assert node.get(f"{CAMUNDA}candidateGroups") in GROUPS, task
        assert properties["operation"] in OPERATIONS, task
        assert properties["letterStatus"] in STATUSES, task


def test_every_user_task_has_a_deadline_that_only_reminds(drawing: Any) -> None:
    guarded = {}
    for event, node in drawing.of_type("boundaryEvent").items():
        if node.find(f"{BPMN}timerEventDefinition") is None:
            continue
        guarded[node.get("attachedToRef")] = node
        reminder = drawing.leaving(event)[0].target
        task = drawing.nodes[reminder].find(f".//{CAMUNDA}inputParameter")
        assert node.get("cancelActivity") == "false", event
        assert drawing.nodes[reminder].get(f"{CAMUNDA}topic") == "notice.remind", event
        assert task.text == node.get("attachedToRef")
        assert drawing.kind(drawing.leaving(reminder)[0].target) == "endEvent"

    assert guarded.keys() == drawing.of_type("userTask").keys()
    for task, node in drawing.of_type("userTask").items():
        assert drawing.properties(node)["calendar"] == "working", task


def test_separated_tasks_exist(drawing: Any) -> None:
    for task, node in drawing.of_type("userTask").items():
        properties = drawing.properties(node)
        others = [part for part in properties.get("separateFrom", "").split(",") if part]

        assert set(others) <= drawing.of_type("userTask").keys() - {task}
        assert properties.get("samePerson", "warn") in ("warn", "refuse")


def test_only_a_gateway_receives_several_flows_or_sends_several(drawing: Any) -> None:
    for element in drawing.nodes:
        into, out = len(drawing.arriving(element)), len(drawing.leaving(element))
        if drawing.kind(element) == "exclusiveGateway":
            assert (into > 1) != (out > 1), element
        else:
            assert into <= 1, element
            assert out <= 1, element


def test_every_deciding_gateway_has_one_default_and_conditions_elsewhere(drawing: Any) -> None:
    for gateway in drawing.of_type("exclusiveGateway"):
        leaving = drawing.leaving(gateway)
        if len(leaving) == 1:
            continue
        assert drawing.default(gateway) in {flow.id for flow in leaving}, gateway
        for flow in leaving:
            assert bool(flow.condition) != (flow.id == drawing.default(gateway)), flow.id


def test_every_situation_has_exactly_one_way_out(drawing: Any) -> None:
    for gateway in drawing.of_type("exclusiveGateway"):
        conditions = [parse(f.condition) for f in drawing.leaving(gateway) if f.condition]

        for situation in situations():
            true = [each.text for each in conditions if each.evaluate(situation) is True]
            assert len(true) <= 1, (gateway, situation)


def test_every_decision_a_form_offers_is_answered_by_its_gateway(drawing: Any, forms: Any) -> None:
    for task, node in drawing.of_type("userTask").items():
        offered = decisions(forms[node.get(f"{CAMUNDA}formKey")])
        gateway = drawing.leaving(task)[0].target
        if not offered:
            assert len(drawing.leaving(gateway)) <= 1, task
            continue
        for stage in ("head", "secretary"):
            ways = {way_out(drawing, gateway, each, stage) for each in offered}
            returned = {drawing.default(gateway)}
            assert ways >= returned, task
            assert "approve" not in offered or way_out(drawing, gateway, "approve", stage) not in (
                returned
            ), task


def test_an_unknown_decision_takes_the_safe_way(drawing: Any) -> None:
    for gateway in drawing.of_type("exclusiveGateway"):
        if len(drawing.leaving(gateway)) > 1:
            assert way_out(drawing, gateway, "???", "???") == drawing.default(gateway)


def test_what_touches_the_world_catches_its_error(drawing: Any) -> None:
    expected = {
        "letter.compose": "COMPOSE_REFUSED",
        "letter.sign": "SIGNING_FAILED",
        "letter.send": "SENDING_FAILED",
    }
    codes = {e.get("id"): e.get("errorCode") for e in drawing.root.iter(f"{BPMN}error")}
    caught = {
        node.get("attachedToRef"): codes[error.get("errorRef")]
        for node in drawing.of_type("boundaryEvent").values()
        if (error := node.find(f"{BPMN}errorEventDefinition")) is not None
    }

    for task, node in drawing.of_type("serviceTask", "sendTask").items():
        assert caught.get(task, "") == expected.get(node.get(f"{CAMUNDA}topic"), ""), task


def situations() -> list[dict[str, Any]]:
    """Every combination of the control values on which the gateways decide."""
    return [
        {
            "decision": decision,
            "signer_stage": stage,
            "signer_is_second_reviewer": second,
            "numbered": numbered,
        }
        for decision, stage, second, numbered in product(
            ("submit", "approve", "return", "amend", "cancel", "resubmit", "send", "", None),
            ("head", "secretary", None),
            (True, False, None),
            (True, False, None),
        )
    ]


def way_out(drawing: Any, gateway: str, decision: str, stage: str) -> str:
    data = {"decision": decision, "signer_stage": stage}
    for flow in drawing.leaving(gateway):
        if flow.condition and parse(flow.condition).evaluate(data) is True:
            return str(flow.id)
    return str(drawing.default(gateway))


def decisions(form: dict[str, Any]) -> list[str]:
    """What the form offers as decision; empty when it asks for none."""
    found = [each for each in form["components"] if each.get("key") == "decision"]
    return [value["value"] for value in found[0]["values"]] if found else []
