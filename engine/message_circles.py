"""Message circles: processes that would begin each other, with nobody doing anything in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy.orm import Session

from engine.definitions import Definitions
from engine.diagrams import Diagram, Element, Finding, drawn_as
from engine.errors import HistoryBroken
from engine.messages import MOST_HOPS, started_by

_THROWING = ("intermediateThrowEvent", "endEvent")


def message_circles(
    session: Session, definitions: Definitions, diagram: Diagram
) -> Iterator[Finding]:
    """Warn of each throw that begins this process again, itself or by one other process.

    Longer circles, and those with a task on another way, are stopped while they run.
    """
    begun = {start.message for start in diagram.starts if start.event == "message"}
    if not begun or _with_people(diagram):
        return
    for element in _throws(diagram):
        again = [
            other
            for other in _begun_by(session, definitions, element.message)
            if other.process_id != diagram.process_id
            and not _with_people(other)
            and begun & {each.message for each in _throws(other)}
        ]
        if element.message in begun:
            yield _circle(element, diagram)
        elif again:
            yield _circle(element, again[0])


def _begun_by(session: Session, definitions: Definitions, name: str) -> Iterator[Diagram]:
    for definition_id, _ in started_by(session, name):
        # A version that was changed behind the books is not the finding of this diagram.
        with suppress(HistoryBroken):
            yield definitions.deployed(session, definition_id).diagram


def _throws(diagram: Diagram) -> Iterable[Element]:
    return [
        each
        for each in diagram.elements.values()
        if each.event == "message" and each.type in _THROWING
    ]


def _with_people(diagram: Diagram) -> bool:
    return any(each.type == "userTask" for each in diagram.elements.values())


def _circle(element: Element, begun: Diagram) -> Finding:
    name = begun.name or begun.process_id
    return Finding(
        drawn_as(element.id),
        "message-circle",
        f"Pesan {element.message!r:.80} memulai proses «{name}», yang memulai proses ini lagi tanpa"
        f" seorang pun bekerja; sesudah {MOST_HOPS} kali berhenti. Gambarlah akhirnya.",
        f'Message {element.message!r:.80} begins process "{name}", which begins this one again with'
        f" nobody working in between; it stops after {MOST_HOPS} times. Draw an end to it.",
        "warning",
    )
