"""What the reference interpreter keeps of a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Token:
    """Something entered and not yet left: an activity, a scope, a join that gathers, an event."""

    at: str
    n: int
    scope: Token | None
    armed: list[str] = field(default_factory=list)
    came: set[str] = field(default_factory=set)  #: of joins
    race: tuple[str, int] | None = None  #: the event-based gateway it comes from
    later: bool = False  #: a service that was put off
    index: int | None = None  #: of one instance of several
    local: dict[str, Any] | None = None
    closed: dict[str, Any] | None = None  #: data of a called process that shares none
    items: list[Any] = field(default_factory=list)  #: of a multi-instance body
    ended: dict[int, dict[str, Any]] = field(default_factory=dict)

    def inside(self, scope: Token | None) -> bool:
        around = self.scope
        while around is not scope and around is not None:
            around = around.scope
        return around is scope
