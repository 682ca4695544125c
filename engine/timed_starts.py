"""Timed starts: processes that begin at a moment, once or again and again, found by a table."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine.catalog import SYSTEM
from engine.database import Database
from engine.diagrams import AGAIN, Element
from engine.instances import NewInstance, add_instance
from engine.services import Parts
from engine.steps import Step
from engine.tables import timer_start
from engine.working_calendar import Duration

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TimedStarts:
    """Keeps the moments at which the newest versions of processes begin by themselves."""

    database: Database
    parts: Parts

    def set(
        self, session: Session, process_id: str, definition_id: str, starts: Iterable[Element]
    ) -> None:
        """Note when a version that was just deployed begins; the one before no longer does."""
        mine = timer_start.c.process_id == process_id
        known = session.execute(select(timer_start.c.definition_id).where(mine)).scalars().all()
        if definition_id in known:  # deployed again without a change: it keeps its moments
            return
        session.execute(delete(timer_start).where(mine))
        now = self.parts.clock.now()
        for start in starts:
            if start.event == "timer":
                row = {
                    "process_id": process_id,
                    "element": start.id,
                    "due_at": self._due(start, now),
                }
                session.execute(insert(timer_start).values(**row, definition_id=definition_id))

    def begin_due(self, limit: int) -> int:
        """Begin what is due, each in its own transaction; return how many began.

        After a time without a clock each begins once, not once for every moment that was missed.
        """
        with self.database.reading() as session:
            query = (
                select(timer_start)
                .where(timer_start.c.due_at <= self.parts.clock.now())
                .order_by(timer_start.c.due_at, timer_start.c.process_id)
                .limit(limit)
            )
            due = [dict(row) for row in session.execute(query).mappings()]
        return sum(self._begin(**row) for row in due)

    def _begin(self, process_id: str, element: str, definition_id: str, due_at: datetime) -> bool:
        try:
            with self.database.transaction() as session:
                start = self.parts.definitions.deployed(session, definition_id).diagram.elements[
                    element
                ]
                if not self._move_on(session, process_id, start, due_at):
                    return False
                now, moment = self.parts.clock.now(), due_at.astimezone(UTC).isoformat()
                scope = start.properties.get("scope", "")
                new = NewInstance(uuid.uuid4().hex, definition_id, moment, scope, now)
                step = Step(session, self.parts, add_instance(session, new), SYSTEM, at=now)
                step.start({}, element, {"due": moment})
                step.save()
        except Exception:  # whatever it is, the others must not wait for it
            _log.exception("process not begun", extra={"process": process_id})
            return False
        return True

    def _move_on(self, session: Session, process_id: str, start: Element, due_at: datetime) -> bool:
        """Set the next moment, or none; ``False``: somebody else has begun this one."""
        found = (
            timer_start.c.process_id == process_id,
            timer_start.c.element == start.id,
            timer_start.c.due_at == due_at,
        )
        if not start.timer.startswith(AGAIN):
            gone = delete(timer_start).where(*found).returning(timer_start.c.element)
            return session.execute(gone).first() is not None
        now = self.parts.clock.now()
        following = self._due(start, due_at)
        if following <= now:
            following = self._due(start, now)
        moved = update(timer_start).where(*found).values(due_at=following)
        return session.execute(moved.returning(timer_start.c.element)).first() is not None

    def _due(self, start: Element, after: datetime) -> datetime:
        """Count working time of the office in the property ``scope``, unless told otherwise."""
        duration = start.timer.removeprefix(AGAIN)
        if start.properties.get("calendar") == "elapsed":
            return after.astimezone(UTC) + Duration.parse(duration).elapsed()
        return self.parts.calendars(start.properties.get("scope", "")).after(after, duration)
