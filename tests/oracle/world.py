"""What happens outside a random diagram: its services, and the office whose books it is kept in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine_for_tests import DRAFTER, FORMS, SmallOffice
from oracle.drawn import Drawn
from oracle.random_tables import Table
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session
from unit.engine import drawing_board as board

from engine import (
    BusinessError,
    Database,
    Definition,
    DefinitionRejected,
    StepCall,
    metadata,
)
from engine.diagrams import LATER, Element, Later

SENTENCE = "Gagal."


def service(element: str, topic: str, occurrence: int, data: Mapping[str, Any]) -> tuple[str, Any]:
    """What a service does, in the words of the reference."""
    if topic == "queued":
        return "later", {}
    if topic == "failing" and data.get("fail"):
        return "error", {"code": "E1", "sentence": SENTENCE}
    if topic == "prepare":
        return "done", {"letter": 1, "items": ["x", "y"]}
    return "done", {} if topic.startswith("notice") else {element: occurrence}


class Host:
    """The same services, as a walk asks for them."""

    def __init__(self, clock: Any, tables: Mapping[str, Table]) -> None:
        self._clock = clock
        self.tables = tables

    def perform(self, element: Element, occurrence: int, data: Any) -> dict[str, Any] | Later:
        outcome, values = service(element.id, element.topic, occurrence, data)
        if outcome == "error":
            raise BusinessError(values["code"], values["sentence"])
        return LATER if outcome == "later" else values

    def due(self, element: Element, data: Any) -> datetime:
        hours = int(element.timer.removeprefix("PT").removesuffix("H"))
        now: datetime = self._clock.now()
        return now + timedelta(hours=hours)

    def publish(self, element: Element, occurrence: int, data: Any) -> None:
        """Nobody listens."""

    def decide(self, element: Element, data: Any) -> dict[str, Any]:
        table = self.tables[element.decision_ref.rpartition("!")[2]]
        return {element.result_variable: table.decide(data)}


class _Queued:
    """The same, as a queued handler: the test says what comes out."""

    def perform(self, call: StepCall) -> Mapping[str, Any]:
        raise AssertionError("The test enters outcomes itself.")

    def record(
        self, call: StepCall, outcome: Mapping[str, Any], session: Session
    ) -> Mapping[str, Any]:
        return outcome


def _immediate(call: StepCall, session: Session) -> Mapping[str, Any]:
    outcome, values = service(call.element, call.topic, call.occurrence, call.data)
    if outcome == "error":
        raise BusinessError(values["code"], values["sentence"])
    return dict(values)


def office_on(database: Database) -> SmallOffice:
    """The office that serves random diagrams."""
    return SmallOffice(
        database,
        immediate=dict.fromkeys(["immediate", "failing", "prepare"], _immediate),
        queued={"queued": _Queued()},
        notices={"notice.remind": _Queued()},
    )


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def hasty_database(url: str) -> Database:
    """A database that need not survive a loss of power, with all tables."""
    if not url.startswith("sqlite"):
        hasty = make_url(url).update_query_dict({"options": "-csynchronous_commit=off"})
        url = hasty.render_as_string(hide_password=False)
    database = Database(url)
    if database.is_sqlite:
        event.listen(database.connections, "connect", _hurry)
    metadata.create_all(database.connections)
    return database


@dataclass(frozen=True)
class Published:
    """A diagram in the books, and what was drawn."""

    drawn: Drawn
    definition: Definition
    others: tuple[Published, ...] = ()  #: versions to which its instances may be moved


def publish(
    office: SmallOffice, drawn: Drawn, variations: Iterable[Drawn] = ()
) -> Published | None:
    """Deploy variations, then the diagram, each after all it calls; ``None`` where it is refused.

    What it calls has a newer version afterwards, which must change nothing.
    """
    others = tuple(each for each in (publish(office, other) for other in variations) if each)
    definition = None
    for source in (*drawn.called.values(), drawn.source):
        definition = _deployed(office, source, drawn.decisions)
        if definition is None:
            return None
    for name in drawn.called:
        source = board.diagram(
            board.start(), board.end(), board.path("begin", "done"), process=name
        )
        office.engine.deploy(source, FORMS, DRAFTER)
    assert definition is not None
    return Published(drawn, definition, others)


def _deployed(
    office: SmallOffice, source: bytes, decisions: Mapping[str, str]
) -> Definition | None:
    """Deploy a diagram, unless the examination refuses it because it cannot play it to the end.

    Our diagrams have no other faults. It also warns of a flow to a terminate event that could be
    taken twice if the token on it slept there: such a diagram is left out as well.
    """
    try:
        return office.engine.deploy(source, FORMS, DRAFTER, decisions)
    except DefinitionRejected as refused:
        found = [each for each in refused.details["findings"] if each.severity == "error"]
        assert {each.rule for each in found} <= {"too-entangled", "too-many-elements", "doubled"}
        return None
