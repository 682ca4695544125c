"""What a walk says to its host, and what it asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal, Protocol

from engine.catalog import JsonObject
from engine.diagrams.model import Element


class Later(Enum):
    """The answer of a host that has queued the work: the token waits for ``Walk.answer``."""

    LATER = "later"


LATER: Final = Later.LATER


@dataclass(frozen=True)
class Passage:
    """One movement of a token, for the history and for colouring the diagram.

    ``entered`` and ``left`` or ``cancelled`` come in pairs for one element and occurrence. A
    ``taken`` sequence flow bears the occurrence of the element it leaves.
    """

    kind: Literal["entered", "left", "cancelled", "taken"]
    element: str
    occurrence: int


@dataclass(frozen=True)
class Waiting:
    """Something that keeps a token waiting."""

    id: str  #: element and occurrence: "review_draft#2"
    element: str
    occurrence: int  #: the n-th time the element was entered, from 1; of timers: their activity's
    kind: Literal["task", "job", "timer"]
    due: datetime | None = None  #: of timers


class WalkHost(Protocol):
    """Does the work that stands in the diagram while a walk advances."""

    def perform(self, element: Element, occurrence: int, data: JsonObject) -> JsonObject | Later:
        """Do the work of a service or send task.

        Returns outputs for the process data, or ``LATER`` when the work was queued. A
        ``BusinessError`` goes to the error boundary of this activity, else it is raised on.
        """
        ...

    def due(self, element: Element, data: JsonObject) -> datetime:
        """Return when the timer of the boundary event is due; asked once, when it is armed."""
        ...
