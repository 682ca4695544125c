"""Service jobs: performed with the books closed, entered into the books exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from engine.catalog import SYSTEM, Actor, AttendedHandler, JsonObject, QueuedHandler, Secret
from engine.database import Database
from engine.errors import BusinessError, EngineError, TemporaryFailure, told_to_operators
from engine.history import Kind
from engine.incidents import Incident
from engine.instances import lock_instance
from engine.job_rows import (
    WANTED,
    NewJob,
    add_jobs,
    call_from_json,
    change_job,
    instance_of,
    mark_running,
    read_job,
    retry_key,
)
from engine.passing import PASSING
from engine.post import Post
from engine.prepared import savepoint
from engine.retrying import Delay, Failure, GiveUp
from engine.services import MESSAGE, Parts, copied
from engine.steps import Step

_log = logging.getLogger(__name__)

_LOST = "Passphrase tidak lagi tersedia; silakan tanda tangani ulang."
_LATE = "Tanda tangan selesai sesudah batas waktunya; silakan tanda tangani ulang."
_UNREACHABLE = "Layanan belum dapat dihubungi; silakan tanda tangani ulang."
_STOPPED = "Pekerjaan terhenti karena gangguan; operator sudah diberi tahu."


@dataclass(frozen=True)
class Ending:
    """How the end of a job was entered; a stale one changed nothing."""

    kind: Literal["done", "thrown", "failed", "stale"]
    sentence: str = ""  #: what the next performer reads
    verdict: Delay | GiveUp | None = None  #: of a failed attempt: what follows

    def __bool__(self) -> bool:
        return self.kind != "stale"


STALE = Ending("stale")


class ServiceJobs:
    """Performs the jobs of the diagrams and enters how they ended."""

    def __init__(self, database: Database, parts: Parts) -> None:
        self._database = database
        self._parts = parts
        self._post = Post(database, parts)

    def perform(self, job_key: str) -> JsonObject:
        """Do the job with no transaction open; a job that is no longer wanted gives nothing.

        An attended job that comes here has lost its secret: what was done with it is recalled, else
        ``BusinessError``.
        """
        with self._database.reading() as session:
            job = read_job(session, job_key)
        if job is None or job["state"] not in ("queued", "running"):
            return {}
        if job["kind"] == "attended":
            return self._recalled(job)
        with self._database.transaction() as session:
            mark_running(session, job_key, self._parts.clock.now())
        handler = self._handler(job)
        return copied(handler.perform(call_from_json(job["call"])))

    def _recalled(self, job: RowMapping) -> JsonObject:
        handler = self._parts.catalog.attended[job["topic"]]
        done = handler.recall(call_from_json(job["call"]))
        if done is None:
            raise BusinessError(_abandon_code(job), _LOST)
        return copied(done)

    def attend(self, job_key: str, secret: Secret, actor: Actor) -> str:
        """Do a job that needs the secret of this very request; return what went wrong, or ""."""
        with self._database.reading() as session:
            job = read_job(session, job_key)
        if job is None:
            return ""
        handler = self._parts.catalog.attended[job["topic"]]
        try:
            # No transaction is open here: a slow signer must not hold a connection.
            outcome = copied(handler.perform(call_from_json(job["call"]), secret))
        except BusinessError as error:
            code, sentence = error.code, error.sentence
        except TemporaryFailure:
            code, sentence = _abandon_code(job), _UNREACHABLE
        except Exception as error:  # its text and its frames may hold the secret: name it only
            return self._stopped(job_key, type(error).__name__, actor)
        else:
            with self._database.transaction() as session:
                return self._entered(
                    session, job_key, self.finish(session, job_key, outcome, actor)
                )
        with self._database.transaction() as session:
            return self.throw(session, job_key, code, sentence, actor).sentence or sentence

    def _entered(self, session: Session, job_key: str, ending: Ending) -> str:
        """Return what the person reads; of a result that came too late, that it did."""
        if ending:
            return ending.sentence
        job = read_job(session, job_key)
        return "" if job is not None and job["state"] == "done" else _LATE

    def finish(
        self, session: Session, job_key: str, outcome: JsonObject, actor: Actor = SYSTEM
    ) -> Ending:
        """Enter the outcome and let the token go on. What cannot be entered is an incident."""
        step, job = self._wanted(session, job_key, actor)
        if job is None:
            return STALE
        try:
            with savepoint(session):
                self._enter(session, step, job, outcome)
        except BusinessError as error:
            return self.throw(session, job_key, error.code, error.sentence, actor)
        except PASSING:
            raise
        except Exception as error:  # a defect: nothing of the step stands, an operator is asked
            _log.exception("outcome not entered", extra={"job": job_key})
            return self.fail(session, job_key, Failure(told_to_operators(error)))
        return Ending("done")

    def throw(
        self, session: Session, job_key: str, code: str, sentence: str, actor: Actor = SYSTEM
    ) -> Ending:
        """Throw a foreseen failure at the job's element; one that nobody catches is an incident."""
        step, job = self._wanted(session, job_key, actor)
        if job is None:
            return STALE
        if job["kind"] == "notice":
            return self.fail(session, job_key, Failure(sentence))
        try:
            with savepoint(session):
                if self._throw(session, step, job, code, sentence):
                    return Ending("thrown", sentence)
        except PASSING:
            raise
        except Exception as error:  # a defect behind the boundary event
            _log.exception("error not thrown", extra={"job": job_key})
            return self.fail(session, job_key, Failure(told_to_operators(error)))
        return self.fail(session, job_key, Failure(f"{code}: {sentence}"))

    def fail(self, session: Session, job_key: str, failure: Failure) -> Ending:
        """Note a failed attempt. It is tried again as the policy of its element says.

        After the last one it becomes an incident, except that of a notice.
        """
        step, job = self._wanted(session, job_key, SYSTEM)
        if job is None or job["state"] == "incident":
            return STALE
        attempts = job["attempts"] + 1
        policy = self._parts.retries.drawn(job["call"]["properties"])
        verdict = policy.next(attempts, failure, job_key)
        again = isinstance(verdict, Delay)
        state = "queued" if again else "failed" if job["kind"] == "notice" else "incident"
        change_job(
            session,
            job_key,
            step.at,
            state=state,
            attempts=attempts,
            last_error=failure.sentence,
            run_after=step.at + verdict.wait if isinstance(verdict, Delay) else step.at,
        )
        step.account.record_job(Kind.JOB_FAILED, job, error=failure.sentence)
        if state == "incident":
            step.account.raise_incident(
                (job["element"], job["occurrence"]), "job", job_key, failure.sentence
            )
        step.save()
        return Ending("failed", failure.sentence if again else _STOPPED, verdict)

    def ask_again(self, session: Session, step: Step, incident: Incident) -> None:
        """Queue the job of an incident once more; its handler sees the key it knows."""
        job = read_job(session, incident.reference)
        if job is None or job["state"] != "incident":
            return
        change_job(session, job["key"], step.at, state="cancelled")
        again = NewJob(
            key=retry_key(session, job["key"]),
            waiting_id=job["waiting_id"],
            kind=job["kind"],
            state="queued",
            delay=timedelta(),
            call=call_from_json(job["call"]),
        )
        add_jobs(session, [again], step.at)
        self._parts.jobs.enqueue(session, again.key)
        details = {"job": again.key, "topic": job["topic"], "kind": job["kind"]}
        step.account.record(Kind.JOB_QUEUED, job["element"], job["occurrence"], details=details)

    def _enter(self, session: Session, step: Step, job: RowMapping, outcome: JsonObject) -> None:
        handler = self._handler(job)
        outputs = copied(handler.record(call_from_json(job["call"]), outcome, session))
        change_job(session, job["key"], step.at, state="done")
        step.account.close_incidents([job["key"]])
        if job["kind"] == "notice":
            step.account.record_job(Kind.JOB_FINISHED, job, outcome=outcome)
        else:
            step.answer_job(job, outcome, outputs)
        step.save()

    def _throw(
        self, session: Session, step: Step, job: RowMapping, code: str, sentence: str
    ) -> bool:
        if not step.throw_error(job, code, sentence):
            return False
        change_job(session, job["key"], step.at, state="failed", last_error=sentence)
        step.account.close_incidents([job["key"]])
        step.save()
        return True

    def _wanted(
        self, session: Session, job_key: str, actor: Actor
    ) -> tuple[Step, RowMapping | None]:
        # The instance is locked first, so the job is read as its last writer left it.
        row = lock_instance(session, instance_of(job_key))
        step = Step(session, self._parts, row, actor)
        job = read_job(session, job_key)
        if job is None or job["state"] not in WANTED:
            return step, None
        if job["kind"] != "notice" and not step.awaits_job(job["waiting_id"]):
            change_job(session, job_key, step.at, state="cancelled")
            return step, None
        return step, job

    def _stopped(self, job_key: str, defect: str, actor: Actor) -> str:
        _log.error("attended job failed", extra={"job": job_key, "defect": defect})
        with self._database.transaction() as session:
            return self.fail(session, job_key, Failure(defect)).sentence

    def _handler(self, job: RowMapping) -> Any:
        catalog = self._parts.catalog
        maps: dict[str, Callable[[str], QueuedHandler | AttendedHandler | None]] = {
            "queued": catalog.queued.get,
            "attended": catalog.attended.get,
            "notice": catalog.notices.get,
        }
        if job["topic"].startswith(MESSAGE):
            return self._post
        handler = maps[job["kind"]](job["topic"])
        if handler is None:
            raise EngineError(f"No handler answers {job['topic']!r}.", element=job["element"])
        return handler


def _abandon_code(job: RowMapping) -> str:
    code: str = job["call"]["properties"].get("abandonCode", "SIGNING_FAILED")
    return code
