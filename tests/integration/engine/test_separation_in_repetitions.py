"""Separation of duties where work is repeated: each item has stages of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_for_tests import DRAFTER, FORMS, REVIEWING, SmallOffice
from sqlalchemy import select, update
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    node,
    path,
    properties,
    start,
    user,
)
from unit.engine.walked import each, sub

from engine import Actor, Database, SamePersonTwice
from engine.tables import instance

EKO = Actor("eko", "Eko", "staff", positions=DRAFTER.positions)
FITRI = Actor("fitri", "Fitri", "staff", positions=DRAFTER.positions)

REFUSED = properties(refuseFrom="approve")
STAGES = start("in") + user("approve") + user("review", REFUSED) + end("out")
STAGES += path("in", "approve", "review", "out")
UNITS = each("units", "unit")


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING)


def begun(office: SmallOffice, source: bytes, **data: Any) -> str:
    deployed = office.engine.deploy(source, FORMS, DRAFTER)
    return office.engine.start(deployed.process_id, "letter-1", "office", data, DRAFTER)


def repeated(*inside: str, after: str = "") -> bytes:
    """A draft, then something for each unit, then what comes after."""
    last = ("after",) if after else ()
    return diagram(
        start(), user("draft"), sub("unit", *inside), after, end(),
        path("begin", "draft", "unit", *last, "done"),
    )  # fmt: skip


def do(office: SmallOffice, letter: str, element: str, actor: Actor, **item: str) -> None:
    """Complete the task at the element that sees these data."""
    [task] = [
        task
        for task in office.engine.tasks_of(letter)
        if task.element.endswith(element) and item.items() <= task.data.items()
    ]
    office.engine.complete_task(task.id, actor, {})
    assert office.engine.verify_instance(letter) == []


def refused(office: SmallOffice, letter: str, element: str, actor: Actor, **item: str) -> Any:
    with pytest.raises(SamePersonTwice) as told:
        do(office, letter, element, actor, **item)
    return told.value.details["earlier"]


def test_whoever_approved_one_item_may_review_another(office: SmallOffice) -> None:
    letter = begun(office, repeated(STAGES, UNITS), units=["umum", "hukum"])
    do(office, letter, "draft", FITRI)
    do(office, letter, "approve", DRAFTER, unit="umum")
    do(office, letter, "approve", EKO, unit="hukum")

    assert refused(office, letter, "review", DRAFTER, unit="umum") == ("approve",)
    assert refused(office, letter, "review", EKO, unit="hukum") == ("approve",)
    do(office, letter, "review", EKO, unit="umum")
    do(office, letter, "review", DRAFTER, unit="hukum")

    assert office.engine.instance(letter).status == "completed"


def test_the_items_of_a_repeated_call_are_told_apart_too(office: SmallOffice) -> None:
    called = diagram(STAGES).replace(b'"p"', b'"checking"')
    office.engine.deploy(called, FORMS, DRAFTER)
    calling = diagram(
        start(), node("callActivity", "check", each("units", "unit", sequential="true"),
                      calledElement="checking"), end(), path("begin", "check", "done"),
    )  # fmt: skip
    letter = begun(office, calling, units=["umum", "hukum"])

    do(office, letter, "approve", DRAFTER)
    assert refused(office, letter, "review", DRAFTER) == ("check!approve",)
    do(office, letter, "review", EKO)
    do(office, letter, "approve", EKO)
    do(office, letter, "review", DRAFTER)

    assert office.engine.instance(letter).status == "completed"


def test_stages_outside_of_the_repetition_count_for_every_item(office: SmallOffice) -> None:
    inside = STAGES.replace('value="approve"', 'value="approve,draft"')
    after = user("after", properties(refuseFrom="approve"))
    letter = begun(office, repeated(inside, UNITS, after=after), units=["umum", "hukum"])
    do(office, letter, "draft", DRAFTER)
    do(office, letter, "approve", EKO, unit="umum")
    do(office, letter, "approve", FITRI, unit="hukum")

    assert refused(office, letter, "review", DRAFTER, unit="umum") == ("draft",)
    assert refused(office, letter, "review", DRAFTER, unit="hukum") == ("draft",)
    do(office, letter, "review", FITRI, unit="umum")
    do(office, letter, "review", EKO, unit="hukum")

    assert refused(office, letter, "after", EKO) == ("approve",)
    assert refused(office, letter, "after", FITRI) == ("approve",)
    do(office, letter, "after", DRAFTER)


def test_a_repetition_within_a_repetition_is_compared_with_what_is_around_it(
    office: SmallOffice,
) -> None:
    person = start("i") + user("sign") + user("count", properties(refuseFrom="sign,approve"))
    person += end("o") + path("i", "sign", "count", "o")
    inside = (
        start("in") + user("approve") + end("out") + sub("person", person, each("persons", "p"))
    )
    inside += path("in", "approve", "person", "out")
    letter = begun(
        office, repeated(inside, UNITS), units=["umum", "hukum"], persons=["camat", "lurah"]
    )
    do(office, letter, "draft", FITRI)
    do(office, letter, "approve", DRAFTER, unit="umum")
    do(office, letter, "approve", EKO, unit="hukum")
    do(office, letter, "sign", EKO, unit="umum", p="camat")
    do(office, letter, "sign", DRAFTER, unit="umum", p="lurah")

    assert refused(office, letter, "count", DRAFTER, unit="umum", p="camat") == ("approve",)
    assert refused(office, letter, "count", EKO, unit="umum", p="camat") == ("sign",)
    do(office, letter, "count", EKO, unit="umum", p="lurah")


def test_an_item_that_comes_again_is_known_by_its_place_in_the_list(office: SmallOffice) -> None:
    source = diagram(
        start(), sub("unit", STAGES, UNITS), user("judge", properties(outputs="decision")),
        choice("good", "enough"), end(), path("begin", "unit", "judge", "good"),
        flow("good", "unit", 'decision = "return"'), flow("good", "done", flow_id="enough"),
    )  # fmt: skip
    letter = begun(office, source, units=["umum", "hukum"])
    for unit, first, second in (("umum", DRAFTER, EKO), ("hukum", EKO, DRAFTER)):
        do(office, letter, "approve", first, unit=unit)
        do(office, letter, "review", second, unit=unit)
    size = len(performers(office, letter))
    [judge] = office.engine.tasks_of(letter)
    office.engine.complete_task(judge.id, FITRI, {"decision": "return"})
    do(office, letter, "approve", FITRI, unit="umum")
    do(office, letter, "approve", FITRI, unit="hukum")

    assert refused(office, letter, "review", DRAFTER, unit="umum") == ("approve",)
    do(office, letter, "review", EKO, unit="umum")
    assert len(performers(office, letter)) == size + 1


def test_a_repeated_task_is_one_stage_as_a_whole(office: SmallOffice) -> None:
    """Whoever draws that nobody may put two parafs is taken at their word."""
    source = diagram(
        start(), user("paraf", properties(refuseFrom="paraf") + UNITS), end(),
        path("begin", "paraf", "done"),
    )  # fmt: skip
    letter = begun(office, source, units=["umum", "hukum"])
    do(office, letter, "paraf", DRAFTER, unit="umum")

    assert refused(office, letter, "paraf", DRAFTER, unit="hukum") == ("paraf",)
    do(office, letter, "paraf", EKO, unit="hukum")


def test_whoever_is_put_into_another_item_is_found(office: SmallOffice) -> None:
    letter = begun(office, repeated(STAGES, UNITS), units=["umum", "hukum"])
    do(office, letter, "draft", FITRI)
    do(office, letter, "approve", DRAFTER, unit="umum")
    told = performers(office, letter)
    assert told == {"approve@unit:1": ["ani"], "draft": ["fitri"]}

    forged = json.dumps(told, separators=(",", ":")).replace("unit:1", "unit:2")
    with office.database.transaction() as session:
        session.execute(update(instance).values(performers=forged))

    [problem] = office.engine.verify_instance(letter)
    assert "performers" in problem.message


def performers(office: SmallOffice, letter: str) -> dict[str, list[str]]:
    with office.database.reading() as session:
        query = select(instance.c.performers).where(instance.c.id == letter)
        told: dict[str, list[str]] = json.loads(session.scalar(query))
    return told
