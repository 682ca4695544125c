"""Timed starts: processes that begin at a moment, once or again and again, found by a table."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.catalog import SYSTEM, Actor, Stop
from engine.database import Database
from engine.diagrams import AGAIN, Element
from engine.errors import EngineError, UnknownStart, told_to_operators
from engine.instances import NewInstance, add_instance
from engine.passing import PASSING
from engine.retrying import Failure, GiveUp
from engine.services import Parts
from engine.steps import Step
from engine.tables import definition, timer_start
from engine.working_calendar import Duration

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FailedStart:
    """A process that should have begun by itself, and could not."""

    process_id: str
    process_name: str
    element: str
    scope: str  #: office in which it begins; may be empty
    due_at: datetime
    attempts: int  #: how often it was tried
    sentence: str  #: why it could not begin, the last time
    #: since when it waits for an operator; until then it is tried again
    stopped_at: datetime | None


@dataclass(frozen=True)
class _Moment:
    """A row of the table."""

    process_id: str
    element: str
    definition_id: str
    due_at: datetime
    attempts: int
    last_error: str
    run_after: datetime
    stopped_at: datetime | None


@dataclass(frozen=True)
class TimedStarts:
    """Keeps the moments at which the newest versions of processes begin by themselves."""

    database: Database
    parts: Parts

    def set(
        self, session: Session, process_id: str, definition_id: str, starts: Iterable[Element]
    ) -> None:
        """Note when a new version begins; the one before no longer does."""
        session.execute(delete(timer_start).where(timer_start.c.process_id == process_id))
        now = self.parts.clock.now()
        for start in starts:
            if start.event == "timer":
                row = {
                    "process_id": process_id,
                    "element": start.id,
                    "definition_id": definition_id,
                    **_at(self._due(start, now)),
                }
                session.execute(insert(timer_start).values(**row))

    def begin_due(self, limit: int) -> int:
        """Begin what is due, each in its own transaction; return how many began.

        After a time without a clock each begins once, not once for every moment that was missed.
        """
        now = self.parts.clock.now()
        waiting = (timer_start.c.run_after <= now, timer_start.c.stopped_at.is_(None))
        query = (
            select(timer_start)
            .where(*waiting)
            .order_by(timer_start.c.run_after, timer_start.c.process_id)
        )
        return sum(bool(self._begun(each, SYSTEM)) for each in self._moments(query.limit(limit)))

    # Operators

    def failed(self) -> list[FailedStart]:
        """Return what could not begin and was not begun since, the longest overdue first."""
        query = select(timer_start).where(timer_start.c.attempts > 0)
        found = self._moments(query.order_by(timer_start.c.due_at, timer_start.c.process_id))
        with self.database.reading() as session:
            return [self._failed(session, each) for each in found]

    def try_again(self, process_id: str, element: str, actor: Actor) -> str:
        """Begin a process that could not begin by itself; return its instance, or "" if it cannot.

        Raises ``UnknownStart`` when it has begun, or was replaced, meanwhile.
        """
        wanted = (timer_start.c.process_id == process_id, timer_start.c.element == element)
        found = self._moments(select(timer_start).where(*wanted, timer_start.c.attempts > 0))
        if not found:
            raise UnknownStart(process_id=process_id, element=element)
        return self._begun(found[0], actor)

    # Within

    def _moments(self, query: Select[Any]) -> list[_Moment]:
        with self.database.reading() as session:
            return [_Moment(**row) for row in session.execute(query).mappings()]

    def _begun(self, moment: _Moment, actor: Actor) -> str:
        try:
            return self._begin(moment, actor)
        except PASSING:  # the next round finds it again
            return ""
        except Exception as error:  # whatever it is, the others must not wait for it
            _log.exception("process not begun", extra={"process_id": moment.process_id})
            self._set_back(moment, told_to_operators(error))
            return ""

    def _begin(self, moment: _Moment, actor: Actor) -> str:
        with self.database.transaction() as session:
            deployed = self.parts.definitions.deployed(session, moment.definition_id)
            start = deployed.diagram.elements[moment.element]
            if not self._move_on(session, moment, start):
                return ""
            now, due = self.parts.clock.now(), moment.due_at.astimezone(UTC).isoformat()
            scope = start.properties.get("scope", "")
            new = NewInstance(uuid.uuid4().hex, moment.definition_id, due, scope, now)
            step = Step(session, self.parts, add_instance(session, new), actor, at=now)
            step.start({}, moment.element, {"due": due})
            step.save()
        return new.id

    def _move_on(self, session: Session, moment: _Moment, start: Element) -> bool:
        """Set the next moment, or none; ``False``: somebody else has begun this one."""
        if not start.timer.startswith(AGAIN):
            gone = delete(timer_start).where(*_is(moment)).returning(timer_start.c.element)
            return session.execute(gone).first() is not None
        now = self.parts.clock.now()
        following = self._due(start, moment.due_at)
        if following <= now:
            following = self._due(start, now)
        moved = update(timer_start).where(*_is(moment)).values(**_at(following))
        return session.execute(moved.returning(timer_start.c.element)).first() is not None

    def _set_back(self, moment: _Moment, sentence: str) -> None:
        """Try it again after a growing wait, a defect too; then an operator is asked."""
        policy, at = self.parts.retries, self.parts.clock.now()
        attempts = moment.attempts + 1
        seed = f"{moment.process_id}:{moment.element}"
        verdict = policy.next(attempts, Failure(sentence, temporary=True), seed)
        given_up = isinstance(verdict, GiveUp)
        values = {
            "attempts": attempts,
            "last_error": sentence,
            "run_after": at + (policy.longest if isinstance(verdict, GiveUp) else verdict.wait),
            "stopped_at": at if given_up else None,
        }
        same = (*_is(moment), timer_start.c.attempts == moment.attempts)
        noted = update(timer_start).where(*same).values(**values).returning(timer_start.c.element)
        try:
            with self.database.transaction() as session:
                if session.execute(noted).first() is not None and given_up:
                    failed = self._failed(session, moment)
                    about = (seed, failed.scope, "", failed.process_name)
                    self.parts.catalog.stopped(Stop(*about, seed, at), session)
        except Exception:  # it stays as it was, and the next round tries it again
            _log.exception("start not set back", extra={"process_id": moment.process_id})

    def _failed(self, session: Session, moment: _Moment) -> FailedStart:
        name = select(definition.c.name).where(definition.c.id == moment.definition_id)
        try:
            deployed = self.parts.definitions.deployed(session, moment.definition_id)
        except EngineError:  # a version that was changed behind the books is what it fails at
            scope = ""
        else:
            scope = deployed.diagram.elements[moment.element].properties.get("scope", "")
        return FailedStart(
            process_id=moment.process_id,
            process_name=session.execute(name).scalar_one(),
            element=moment.element,
            scope=scope,
            due_at=moment.due_at,
            attempts=moment.attempts,
            sentence=moment.last_error,
            stopped_at=moment.stopped_at,
        )

    def _due(self, start: Element, after: datetime) -> datetime:
        """Count working time of the office in the property ``scope``, unless told otherwise."""
        duration = start.timer.removeprefix(AGAIN)
        if start.properties.get("calendar") == "elapsed":
            return after.astimezone(UTC) + Duration.parse(duration).elapsed()
        return self.parts.calendars(start.properties.get("scope", "")).after(after, duration)


def _is(moment: _Moment) -> tuple[ColumnElement[bool], ...]:
    return (
        timer_start.c.process_id == moment.process_id,
        timer_start.c.element == moment.element,
        timer_start.c.definition_id == moment.definition_id,
        timer_start.c.due_at == moment.due_at,
    )


def _at(due: datetime) -> dict[str, Any]:
    """Return the columns of a moment that was not tried yet."""
    untried = {"attempts": 0, "last_error": "", "stopped_at": None}
    return {"due_at": due, "run_after": due, **untried}
