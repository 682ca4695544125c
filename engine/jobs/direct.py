"""The queue without a worker: jobs run in this process when somebody asks for it."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from engine.database import Database
from engine.jobs.attempts import Jobs, attempt, enter


class Work(Jobs, Protocol):
    """The part of the process engine that this queue drives."""

    @property
    def database(self) -> Database: ...


class DirectQueue:
    """Keeps nothing of its own: the job table is the queue. For tests and rehearsals."""

    def enqueue(self, session: Session, job_key: str, delay_seconds: float = 0) -> None:
        """The row of the job is enough."""

    def run_pending(self, engine: Work) -> int:
        """Run jobs until none is due, those that they cause included; return how many ran.

        A job that is to be tried again later is due later: by the engine's clock, as the row says.
        """
        ran = 0
        while keys := engine.queued_job_keys():
            for key in keys:
                result = attempt(engine, key)
                with engine.database.transaction() as session:
                    enter(engine, session, key, result)
                ran += 1
        return ran
