"""Courses: which version of its definition an instance followed, and from which event on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.canonical import read_json
from engine.definitions import Definition
from engine.diagrams import Past
from engine.history import HistoryEvent, Kind


def version_told(standing: Definition) -> dict[str, Any]:
    """Return what the history tells of a version that an instance left or came to."""
    return {
        "id": standing.id,
        "version": standing.version,
        "content_hash": standing.content_hash,
    }


def first_definition(events: Iterable[HistoryEvent], definition_id: str) -> str:
    """Return the id of the version with which an instance began that now follows this one."""
    moves = (event for event in events if event.kind is Kind.INSTANCE_MOVED)
    first = next(moves, None)
    return definition_id if first is None else str(first.details["from"]["id"])


def last_move(events: Iterable[HistoryEvent]) -> HistoryEvent | None:
    """Return the latest move that was not undone."""
    standing: list[HistoryEvent] = []
    for event in events:
        if event.kind is Kind.INSTANCE_MOVED:
            if "undoes" in event.details:
                standing.pop()
            else:
                standing.append(event)
    return standing[-1] if standing else None


def past_of(events: Iterable[HistoryEvent], droppable: Iterable[str] = ()) -> Past:
    """Return what a move has to know of these events, which came before it."""
    entered = (event for event in events if event.kind is Kind.ELEMENT_ENTERED)
    return Past(
        entered=frozenset(f"{each.element}#{each.occurrence}" for each in entered),
        droppable=frozenset(droppable),
    )


def definitions_of(rows: Sequence[Mapping[str, Any]], definition_id: str) -> list[str] | None:
    """Return for each step the id of the version under which it must have been written.

    ``None`` where the moves that are told do not lead to the version that the instance follows.
    """
    moves = [_moved(row) for row in rows]
    told = [move for move in moves if move is not None]
    current = told[0][0] if told else definition_id
    followed: list[str] = []
    for move in moves:
        if move is not None:
            if move[0] != current:
                return None
            current = move[1]
        followed.append(current)
    return followed if current == definition_id else None


def _moved(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return from where to where this step moved the instance, if it did."""
    if Kind.INSTANCE_MOVED.value not in row["events"]:
        return None
    try:
        told = read_json(row["events"])
        moves = [each["details"] for each in told if each["kind"] == Kind.INSTANCE_MOVED.value]
        return (str(moves[0]["from"]["id"]), str(moves[-1]["to"]["id"])) if moves else None
    except (ValueError, TypeError, KeyError):  # a forged row, of which others tell
        return None
