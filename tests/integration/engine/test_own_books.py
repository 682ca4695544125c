"""What an immediate handler writes commits with the step, or vanishes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diagrams_for_tests import DiagramBuilder
from engine_for_tests import SmallOffice
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.orm import Session

from engine import BusinessError, Database, Kind, StepCall

page = Table("page_for_tests", MetaData(), Column("number", Integer, primary_key=True))


def test_our_own_books_are_written_in_the_step_itself(database: Database) -> None:
    page.create(database.connections)

    def number(call: StepCall, session: Session) -> Mapping[str, Any]:
        session.execute(insert(page).values(number=5))
        return {"number": "005/1/2026", "for": call.arguments["kind"]}

    office = SmallOffice(database, immediate={"number.reserve": number})
    diagram = (
        DiagramBuilder()
        .start()
        .service("reserve", "number.reserve", {"kind": "=kind"})
        .end()
        .path("begin", "reserve", "done")
    )

    letter = office.begin(diagram, {"kind": "nota_dinas"})

    assert office.engine.instance(letter).data == {
        "kind": "nota_dinas",
        "number": "005/1/2026",
        "for": "nota_dinas",
    }
    [left] = [
        e
        for e in office.engine.history(letter)
        if (e.kind, e.element) == (Kind.ELEMENT_LEFT, "reserve")
    ]
    assert left.details["outputs"]["number"] == "005/1/2026"
    assert left.data_before == {"kind": "nota_dinas"}
    assert office.engine.verify_instance(letter) == []


def test_a_foreseen_refusal_of_our_own_books_gives_back_what_it_took(database: Database) -> None:
    page.create(database.connections)

    def number(call: StepCall, session: Session) -> Mapping[str, Any]:
        session.execute(insert(page).values(number=5))
        raise BusinessError("NO_NUMBER", "Nomor tahun ini habis.")

    office = SmallOffice(database, immediate={"number.reserve": number})
    diagram = (
        DiagramBuilder()
        .start()
        .service("reserve", "number.reserve")
        .error("refused", "reserve", "NO_NUMBER")
        .user("draft", "drafter")
        .end()
        .end("given_up")
        .path("begin", "reserve", "done")
        .path("refused", "draft", "given_up")
    )

    letter = office.begin(diagram)

    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(page)).scalar_one() == 0
    assert office.engine.task(office.task(letter)).data["error"]["code"] == "NO_NUMBER"
    assert office.engine.verify_instance(letter) == []


def test_a_handler_that_changes_what_it_was_asked_with_changes_no_process_data(
    database: Database,
) -> None:
    def meddling(call: StepCall, session: Session) -> Mapping[str, Any]:
        for asked in (call.data["signer"], call.arguments["who"]):
            asked["name"] = "Citra"
        return {}

    office = SmallOffice(database, immediate={"letter.count": meddling})
    diagram = (
        DiagramBuilder()
        .start()
        .service("count", "letter.count", {"who": "=signer"})
        .end()
        .path("begin", "count", "done")
    )

    letter = office.begin(diagram, {"signer": {"name": "Budi"}})

    assert office.engine.instance(letter).data == {"signer": {"name": "Budi"}}
    assert office.engine.verify_instance(letter) == []
