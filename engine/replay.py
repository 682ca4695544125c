"""Replay: the history shown frame by frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.catalog import JsonObject
from engine.history import HistoryEvent, Kind

Place = tuple[str, int]

#: What the history calls the movements of a token.
PASSED = {
    "entered": Kind.ELEMENT_ENTERED,
    "left": Kind.ELEMENT_LEFT,
    "cancelled": Kind.ELEMENT_CANCELLED,
    "taken": Kind.FLOW_TAKEN,
}
#: Detail of an ELEMENT_ENTERED: what it armed that still stood at the end of the step, and its due.
TIMERS = "timers"
MOVEMENTS = frozenset(PASSED.values())


@dataclass(frozen=True)
class Frame:
    """One picture of a replay: an event, what stood open after it, and the data then."""

    event: HistoryEvent
    open: tuple[Place, ...]  #: element and occurrence, in the order they were entered
    data: JsonObject


def frames_of(events: Iterable[HistoryEvent]) -> list[Frame]:
    """Return one frame for each event; nothing is executed."""
    frames: list[Frame] = []
    standing: dict[Place, None] = {}
    for event in events:
        place = (event.element, event.occurrence)
        if event.kind is Kind.ELEMENT_ENTERED:
            standing[place] = None
        elif event.kind in (Kind.ELEMENT_LEFT, Kind.ELEMENT_CANCELLED):
            standing.pop(place, None)
        frames.append(Frame(event, tuple(standing), event.data_after))
    return frames
