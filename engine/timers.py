"""Timers: deadlines of running instances, found without opening a single instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.catalog import JsonObject
from engine.diagrams import Element, Waiting
from engine.prepared import Prepared
from engine.tables import timer
from engine.working_calendar import Duration, WorkingCalendar


def due_moment(
    boundary: Element,
    guarded: Element | None,
    calendar: WorkingCalendar,
    start: datetime,
    data: JsonObject,
) -> datetime:
    """Return when a timer that starts now is due.

    It counts working time, unless the event or the task it guards says ``calendar`` = "elapsed".
    Where the event says ``slaBy`` = a name of the process data, a property ``sla.<value>`` holds
    the duration for that value: a very urgent letter waits less long.
    """
    drawn = boundary.properties.get("calendar") or (
        guarded.properties.get("calendar") if guarded else None
    )
    duration = duration_for(boundary, data)
    if (drawn or "working") == "working":
        return calendar.after(start, duration)
    return start.astimezone(UTC) + Duration.parse(duration).elapsed()


def duration_for(boundary: Element, data: JsonObject) -> str:
    """Return the duration of the timer for these process data."""
    value = data.get(boundary.properties.get("slaBy", ""))
    return boundary.properties.get(f"sla.{value}", boundary.timer)


def set_timers(session: Session, instance_id: str, waiting: Iterable[Waiting]) -> None:
    rows = [
        {
            "instance_id": instance_id,
            "waiting_id": each.id,
            "element": each.element,
            "occurrence": each.occurrence,
            "due_at": each.due,
            "parked": False,
        }
        for each in waiting
    ]
    _SET.change_all(session, rows)


def drop_timers(session: Session, instance_id: str, waiting_ids: list[str]) -> list[str]:
    """Delete timers that fired or were withdrawn; return those that were parked."""
    places = [{"instance": instance_id, "waiting": waiting_id} for waiting_id in waiting_ids]
    dropped = [row for place in places for row in _DROP.rows(session, place)]
    return [row["waiting_id"] for row in dropped if row["parked"]]


def due_timers(session: Session, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Return instance and waiting id of what is due, the longest overdue first."""
    return [(row.instance_id, row.waiting_id) for row in session.execute(due_query(now, limit))]


def due_query(now: datetime, limit: int) -> Select[tuple[str, str]]:
    """Return the question that is asked at every poll; one index answers it."""
    return (
        select(timer.c.instance_id, timer.c.waiting_id)
        .where(timer.c.due_at <= now, timer.c.parked.is_(False))
        .order_by(timer.c.due_at, timer.c.instance_id, timer.c.waiting_id)
        .limit(limit)
    )


def due_of(session: Session, instance_id: str, waiting_id: str) -> datetime | None:
    """Return the moment of a timer that still waits; ``None``: fired, withdrawn or parked."""
    query = select(timer.c.due_at).where(
        timer.c.instance_id == instance_id,
        timer.c.waiting_id == waiting_id,
        timer.c.parked.is_(False),
    )
    return session.execute(query).scalar_one_or_none()


def park_timer(session: Session, instance_id: str, waiting_id: str, *, parked: bool) -> None:
    """Put a timer that failed aside until an operator retries it, or take it back."""
    session.execute(
        update(timer)
        .where(timer.c.instance_id == instance_id, timer.c.waiting_id == waiting_id)
        .values(parked=parked)
    )


def earliest_due(
    timers: Iterable[Waiting], task: Waiting, elements: Mapping[str, Element]
) -> datetime | None:
    """Return when the first of these timers at a task is due: the task's own due moment.

    A timer at the edge of a repeated task stands at all of its instances together.
    """
    moments = [
        each.due
        for each in timers
        if each.occurrence == task.whole and elements[each.element].attached_to == task.element
    ]
    return min((moment for moment in moments if moment is not None), default=None)


_SET = Prepared(insert(timer))
_DROP = Prepared(
    delete(timer)
    .where(timer.c.instance_id == bindparam("instance"), timer.c.waiting_id == bindparam("waiting"))
    .returning(timer.c.waiting_id, timer.c.parked)
)
