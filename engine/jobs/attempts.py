"""Attempts: one try at a job with the books closed, and how its end is entered; for every queue."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from engine.catalog import JsonObject
from engine.errors import BusinessError, TemporaryFailure, told_to_operators
from engine.retrying import Delay, Failure, GiveUp

_log = logging.getLogger(__name__)

_UNREACHABLE = "Basis data tidak menjawab."


class Jobs(Protocol):
    """What a queue asks of the process engine."""

    def perform_job(self, job_key: str) -> JsonObject: ...

    def finish_job(self, session: Session, job_key: str, outcome: JsonObject) -> object: ...

    def business_error(
        self, session: Session, job_key: str, code: str, sentence: str
    ) -> object: ...

    def job_failed(
        self, session: Session, job_key: str, failure: Failure
    ) -> Delay | GiveUp | None: ...

    def queued_job_keys(self) -> list[str]: ...


def attempt(jobs: Jobs, job_key: str) -> dict[str, Any]:
    """Do the job with no transaction open; every end of it is a JSON value that can be kept."""
    try:
        return {"end": "done", "outcome": dict(jobs.perform_job(job_key))}
    except BusinessError as error:
        return {"end": "business_error", "code": error.code, "sentence": error.sentence}
    except TemporaryFailure as error:
        return {"end": "temporary", "sentence": str(error)}
    except (OperationalError, InterfaceError):
        _log.exception("database failed", extra={"job": job_key})
        return {"end": "temporary", "sentence": _UNREACHABLE}
    except Exception as error:  # a defect becomes an incident that an operator sees
        _log.exception("job failed", extra={"job": job_key})
        return {"end": "defect", "sentence": told_to_operators(error)}


def enter(jobs: Jobs, session: Session, job_key: str, result: dict[str, Any]) -> Delay | None:
    """Enter the end of an attempt in this transaction; return when to try again, if at all."""
    end: str = result["end"]
    if end == "done":
        jobs.finish_job(session, job_key, result["outcome"])
        return None
    if end == "business_error":
        jobs.business_error(session, job_key, result["code"], result["sentence"])
        return None
    failure = Failure(result["sentence"], temporary=end == "temporary")
    verdict = jobs.job_failed(session, job_key, failure)
    return verdict if isinstance(verdict, Delay) else None
