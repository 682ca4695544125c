"""Start checks: how processes begin, against the diagrams of their newest versions."""

from __future__ import annotations

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from engine.definitions import Definitions
from engine.diagrams import AGAIN
from engine.errors import EngineError
from engine.tables import message_start, timer_start


def changed_starts(session: Session, definitions: Definitions) -> list[str]:
    """Return the ids of processes that no longer begin as their newest versions say.

    A moment that comes only once may have passed. Of versions that were changed nothing is said.
    """
    messages: set[tuple[str, ...]] = set()
    moments: set[tuple[str, ...]] = set()
    once: set[tuple[str, ...]] = set()
    unread: set[str] = set()
    for newest in definitions.processes(session):
        try:
            starts = definitions.deployed(session, newest.id).diagram.starts
        except EngineError:  # the check of the versions names it
            unread.add(newest.process_id)
            continue
        for start in starts:
            place = (newest.process_id, newest.id, start.id)
            if start.event == "message":
                messages.add((*place, start.message))
            elif start.event == "timer":
                (moments if start.timer.startswith(AGAIN) else once).add(place)
    wrong = messages ^ _listed(session, message_start, "name")
    wrong |= moments ^ (_listed(session, timer_start) - once)
    return sorted({each[0] for each in wrong} - unread)


def _listed(session: Session, table: Table, *more: str) -> set[tuple[str, ...]]:
    names = ("process_id", "definition_id", "element", *more)
    return {tuple(row) for row in session.execute(select(*(table.c[name] for name in names)))}
