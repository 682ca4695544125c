"""Levels: the diagram of a letter, and below it those of called processes, as they are pinned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine import Definition, drawn_in
from webapp.bootstrap import Office
from webapp.languages import gettext


@dataclass(frozen=True)
class Level:
    """One diagram of the chain of calls: what it shows, and where it is called."""

    call: str  #: id of the call activity; "" for the letter's own process
    around: str  #: the call of the level on which that activity stands
    drawn_as: str  #: id of that activity in the diagram of the level around
    definition: Definition

    @property
    def title(self) -> str:
        """The name of the process with its version, and that it is called."""
        named = {"name": self.definition.name, "version": self.definition.version}
        if not self.call:
            return gettext("%(name)s, versi %(version)s", **named)
        return gettext("%(name)s (proses dipanggil, versi %(version)s)", **named)


@dataclass(frozen=True)
class MarkedLevel:
    """A level with what is open and what was passed on it, as ids of its diagram."""

    level: Level
    open: tuple[str, ...]
    visited: tuple[str, ...]


def levels(office: Office, definition: Definition) -> dict[str, Level]:
    """Return every level of a version by its call, the calling one before the called one."""
    engine = office.engine
    used = {name: engine.definition(pinned) for name, pinned in definition.callees.items()}
    found = {"": Level("", "", "", definition)}
    for element in engine.diagram(definition.id).elements.values():
        if element.called:
            around, drawn_as = drawn_in(element.id)
            found[element.id] = Level(element.id, around, drawn_as, used[element.called])
    return found


def marked(
    drawn: Mapping[str, Level], open_now: Iterable[str], passed: Iterable[str]
) -> list[MarkedLevel]:
    """
    Return the letter's own diagram, and that of every called process in which something is open.

    ``open_now`` and ``passed`` are ids of elements and flows, as the history writes them.
    """
    opened = {drawn_in(element) for element in open_now}
    gone = {drawn_in(element) for element in passed if element} - opened
    return [
        MarkedLevel(
            level,
            tuple(sorted(there for inside, there in opened if inside == call)),
            tuple(sorted(there for inside, there in gone if inside == call)),
        )
        for call, level in drawn.items()
        if not call or any(inside == call for inside, _ in opened)
    ]
