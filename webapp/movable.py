"""The movable letters: which running letters could follow a version, and which were moved to it."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Definition, InstanceView
from webapp.access import Visitor
from webapp.audit_list import subject_of
from webapp.bootstrap import Office

#: More are not shown on one page.
MOST_SHOWN = 100
#: More letters than are ever on their way at once.
_MOST = 100_000


@dataclass(frozen=True)
class Movable:
    """One letter in the list; what a confidential letter is about is not in it."""

    instance: InstanceView
    number: str
    subject: str
    hidden: bool


@dataclass(frozen=True)
class MovableLetters:
    """The letters of the visitor's offices that concern one version."""

    older: list[Movable]  #: on their way on older versions
    moved: list[Movable]  #: on their way on this version, to which they were moved
    left_out: int  #: how many more there are


def movable_letters(office: Office, visitor: Visitor, target: Definition) -> MovableLetters | None:
    """Return the letters that the visitor may move to the version, or back; else ``None``."""
    offices = visitor.offices_where("letters.move")
    if not offices:
        return None
    asked = {"process_id": target.process_id, "status": "running", "limit": _MOST}
    running = (each for scope in offices for each in office.engine.instances(scope=scope, **asked))
    older = [each for each in running if each.definition_version < target.version]
    moved = [each for each in office.engine.moves.moved_to(target.id) if each.scope in offices]
    return MovableLetters(
        _shown(office, visitor, older),
        _shown(office, visitor, moved),
        sum(max(len(each) - MOST_SHOWN, 0) for each in (older, moved)),
    )


def movable(office: Office, visitor: Visitor, instance: InstanceView) -> Movable:
    """Return one letter as its page shows it."""
    subject, visible = subject_of(office, instance, visitor.reader)
    return Movable(instance, str(instance.data.get("number") or ""), subject, not visible)


def _shown(office: Office, visitor: Visitor, found: list[InstanceView]) -> list[Movable]:
    return [movable(office, visitor, each) for each in found[:MOST_SHOWN]]
