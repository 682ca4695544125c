"""The queue without a worker: jobs run in this process when somebody asks for it."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from engine.catalog import JsonObject
from engine.database import Database
from engine.errors import BusinessError, TemporaryFailure


class Work(Protocol):
    """The part of the process engine that this queue drives."""

    @property
    def database(self) -> Database: ...

    def queued_job_keys(self) -> list[str]: ...

    def perform_job(self, job_key: str) -> JsonObject: ...

    def finish_job(self, session: Session, job_key: str, outcome: JsonObject) -> bool: ...

    def business_error(self, session: Session, job_key: str, code: str, sentence: str) -> bool: ...

    def job_failed(self, session: Session, job_key: str, sentence: str, *, final: bool) -> bool: ...


class DirectQueue:
    """Keeps nothing of its own: the job table is the queue. For tests and rehearsals."""

    def __init__(self, attempts: int = 3) -> None:
        self._attempts = attempts

    def enqueue(self, session: Session, job_key: str, delay_seconds: float = 0) -> None:
        """The row of the job is enough."""

    def run_pending(self, engine: Work) -> int:
        """Run jobs until none is due, those that they cause included; return how many ran."""
        ran = 0
        while keys := engine.queued_job_keys():
            for key in keys:
                self._run(engine, key)
                ran += 1
        return ran

    def _run(self, engine: Work, job_key: str) -> None:
        for attempt in range(1, self._attempts + 1):
            if self._end(engine, job_key, last=attempt == self._attempts):
                return

    def _end(self, engine: Work, job_key: str, *, last: bool) -> bool:
        """Try once; tell whether the job has ended."""
        try:
            outcome = engine.perform_job(job_key)
        except BusinessError as error:
            with engine.database.transaction() as session:
                engine.business_error(session, job_key, error.code, error.sentence)
            return True
        except TemporaryFailure as error:
            with engine.database.transaction() as session:
                engine.job_failed(session, job_key, str(error), final=last)
            return last
        except Exception as error:  # a defect becomes an incident, as on a worker node
            sentence = f"{type(error).__name__}: {error}"
            with engine.database.transaction() as session:
                engine.job_failed(session, job_key, sentence, final=True)
            return True
        with engine.database.transaction() as session:
            engine.finish_job(session, job_key, outcome)
        return True
