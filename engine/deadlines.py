"""Deadlines: fires the timers that are due, each in a transaction of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.catalog import SYSTEM
from engine.database import Database
from engine.errors import told_to_operators
from engine.instances import lock_instance
from engine.passing import PASSING
from engine.services import Parts
from engine.steps import Step
from engine.timed_starts import TimedStarts
from engine.timers import due_of, due_timers, park_timer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deadlines:
    """Finds what is due in one indexed table; opens only the instances that it concerns."""

    database: Database
    parts: Parts

    def fire_due(self, limit: int) -> int:
        """Fire what is due, the longest overdue first, and begin what begins by itself.

        Returns how many there were.
        """
        with self.database.reading() as session:
            due = due_timers(session, self.parts.clock.now(), limit)
        begun = TimedStarts(self.database, self.parts).begin_due(limit)
        return begun + sum(self._fire(instance_id, waiting_id) for instance_id, waiting_id in due)

    def _fire(self, instance_id: str, waiting_id: str) -> bool:
        try:
            with self.database.transaction() as session:
                step = self._step(session, instance_id)
                due = due_of(session, instance_id, waiting_id)
                if due is None:  # done, or parked, while the list was read
                    return False
                step.fire_timer(waiting_id, due)
                step.save()
        except PASSING:  # the next round finds the timer again
            return False
        except Exception as error:  # whatever it is, the other timers must not wait for it
            _log.exception("timer failed", extra={"instance": instance_id, "timer": waiting_id})
            self._park(instance_id, waiting_id, told_to_operators(error))
            return False
        return True

    def _park(self, instance_id: str, waiting_id: str, sentence: str) -> None:
        element, _, occurrence = waiting_id.rpartition("#")
        with self.database.transaction() as session:
            step = self._step(session, instance_id)
            if due_of(session, instance_id, waiting_id) is None:  # done, or parked, meanwhile
                return
            park_timer(session, instance_id, waiting_id, parked=True)
            step.account.raise_incident((element, int(occurrence)), "timer", waiting_id, sentence)
            step.save()

    def _step(self, session: Session, instance_id: str) -> Step:
        return Step(session, self.parts, lock_instance(session, instance_id), SYSTEM)
