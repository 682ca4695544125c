"""What a walk says to its host, and what it asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Protocol

from engine.catalog import JsonObject
from engine.diagrams.model import Element


class Later(Enum):
    """The answer of a host that has queued the work: the token waits for ``Walk.answer``."""

    LATER = "later"


LATER: Final = Later.LATER


class Passage(NamedTuple):
    """One movement of a token, for the history and for colouring the diagram.

    ``entered`` and ``left`` or ``cancelled`` come in pairs for one element and occurrence. A
    ``taken`` sequence flow bears the occurrence of the element it leaves. A sub-process is entered
    before what stands in it, and left or cancelled after it. A multi-instance activity is entered
    once as a whole and then once more by each of its instances, all with occurrences of their own.
    """

    kind: Literal["entered", "left", "cancelled", "taken"]
    element: str
    occurrence: int


class Waiting(NamedTuple):
    """Something that keeps a token waiting."""

    id: str  #: element and occurrence: "review_draft#2"
    element: str
    occurrence: int  #: the n-th time the element was entered, from 1; at an edge: its activity's
    kind: Literal["task", "job", "timer", "message"]
    due: datetime | None = None  #: of timers
    message: str = ""  #: of messages: the name
    correlation: str = ""  #: of messages: the value that must match; "" is the business key
    local: Mapping[str, Any] = MappingProxyType({})  #: data of this instance of several
    #: that of the activity at whose edge its limits wait: of instances of several, of the whole
    whole: int = 0


class WalkHost(Protocol):
    """Does the work that stands in the diagram while a walk advances.

    The data given are the process data as this token sees them: with the item of its
    multi-instance activity, or those mapped into its call activity.
    """

    def perform(self, element: Element, occurrence: int, data: JsonObject) -> JsonObject | Later:
        """Do the work of a service or send task.

        Returns outputs for the process data, or ``LATER`` when the work was queued. A
        ``BusinessError`` goes to the nearest error boundary around this activity, else it is
        raised on.
        """
        ...

    def due(self, element: Element, data: JsonObject) -> datetime:
        """Return when the timer event is due; asked once, when it is armed."""
        ...

    def publish(self, element: Element, occurrence: int, data: JsonObject) -> None:
        """Send the message of a throwing event or message end."""
        ...

    def decide(self, element: Element, data: JsonObject) -> JsonObject:
        """Return what the decision of a business rule task adds to the process data."""
        ...
