"""Moving: letters that wait for their review, and versions of their SOP to be put on."""

from __future__ import annotations

from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, REVIEWING, SmallOffice, World

from engine import Actor, Database, HistoryEvent, Kind, MoveBlocked

OWNER = Actor("owner", "Owner")


def movable_office(database: Database) -> SmallOffice:
    """An office whose letters are reviewed, sent and posted."""
    return SmallOffice(
        database,
        **REVIEWING,
        queued={"letter.send": World(sent=True), "letter.post": World()},
        notices={"notice.remind": World()},
    )


def line(*tasks: str, limit: str = "", **of_review: Any) -> DiagramBuilder:
    """A letter that passes these tasks one after the other; a limit watches over the review."""
    drawn = DiagramBuilder().start()
    groups = {"review": "head"}
    for task in tasks:
        more = of_review if task == "review" else {}
        drawn.user(task, groups.get(task, "drafter"), **more)
    drawn.end().path("begin", *tasks, "done")
    if limit:
        drawn.timer("late", "review", limit).service("remind", "notice.remind").end("told")
        drawn.path("late", "remind", "told")
    return drawn


def publish(office: SmallOffice, drawn: DiagramBuilder, **forms: str) -> str:
    return office.engine.deploy(drawn.source(), {**FORMS, **forms}, OWNER).id


def at_review(office: SmallOffice, drawn: DiagramBuilder) -> str:
    """A letter that was drafted and waits for the head."""
    letter = office.begin(drawn, {"subject": "undangan"})
    office.engine.complete_task(office.task(letter, "draft"), DRAFTER, {})
    return letter


def move(office: SmallOffice, letter: str, drawn: DiagramBuilder) -> None:
    office.engine.moves.move(letter, publish(office, drawn), OWNER, "SOP berubah.")
    assert office.engine.verify_instance(letter) == []


def moved(office: SmallOffice, letter: str) -> HistoryEvent:
    return next(e for e in office.engine.history(letter) if e.kind is Kind.INSTANCE_MOVED)


def blocked(office: SmallOffice, letter: str, drawn: DiagramBuilder) -> list[tuple[str, str]]:
    """Try to move, see that nothing changed, and return element and rule of what blocks."""
    target = publish(office, drawn)
    before = (office.kinds(letter), office.engine.tasks_of(letter))
    told = office.engine.moves.preview(letter, target)

    with pytest.raises(MoveBlocked) as refused:
        office.engine.moves.move(letter, target, OWNER, "SOP berubah.")

    assert refused.value.details["findings"] == told.blockers
    assert (office.kinds(letter), office.engine.tasks_of(letter)) == before
    assert office.engine.instance(letter).definition_version == 1
    assert office.engine.verify_instance(letter) == []
    assert all(each.message and each.message_en for each in told.findings)
    return [(each.element, each.rule) for each in told.blockers]


def version_of(office: SmallOffice, letter: str) -> str:
    """The id of the version that the letter follows."""
    return office.engine.instance(letter).definition_id
