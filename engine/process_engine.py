"""The engine's front desk: one short method for each thing a person or a machine may ask."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.catalog import Actor, HandlerCatalog, JsonObject, Secret, TaskRouter
from engine.clock import Clock
from engine.database import Database
from engine.deadlines import Deadlines
from engine.definitions import Definition, Definitions
from engine.deployment import Deploying
from engine.diagrams import Diagram, Finding
from engine.errors import TaskNotOpen, UnknownDefinition, UnknownInstance
from engine.history import HistoryEvent, Kind, events_of, read_rows
from engine.incidents import Incident, open_incidents
from engine.instances import (
    InstanceView,
    NewInstance,
    add_instance,
    find_instances,
    instance_ids,
    lock_instance,
    read_instance,
)
from engine.job_rows import ABANDONED_AFTER, keys_to_run
from engine.jobs import JobQueue
from engine.messages import Message
from engine.moving import Moves
from engine.post import Post
from engine.reexecution import Reexecution, reexecute_instance
from engine.replay import Frame, frames_of
from engine.resolving import Resolving, WaysOut
from engine.retrying import Delay, Failure, GiveUp, RetryPolicy
from engine.service_jobs import ServiceJobs
from engine.services import Parts
from engine.start_checks import changed_starts
from engine.steps import Step
from engine.tasks import (
    OpenTask,
    check_offered,
    inbox,
    place_of,
    read_task,
    set_claim,
    take_task,
    task_row,
    tasks_of,
)
from engine.timed_starts import TimedStarts
from engine.verification import Problem, verify_instance
from engine.working_calendar import WorkingCalendar


@dataclass(frozen=True)
class StepResult:
    """What a completed task led to."""

    instance_id: str
    completed: bool  #: whether the instance came to its end
    opened: list[OpenTask]
    error: str = ""  #: sentence of an attended job that failed; the token took the drawn way


class ProcessEngine:
    """Runs deployed diagrams. Every command is one transaction; a refused one changes nothing."""

    def __init__(  # noqa: PLR0917  # the composition root names them
        self,
        database: Database,
        catalog: HandlerCatalog,
        router: TaskRouter,
        clock: Clock,
        jobs: JobQueue,
        calendars: Callable[[str], WorkingCalendar],
        *,
        abandoned_after: timedelta = ABANDONED_AFTER,
        retries: RetryPolicy | None = None,
    ) -> None:
        self.database = database
        self._definitions = definitions = Definitions()
        policy = retries or RetryPolicy()
        self._parts = Parts(
            catalog, router, clock, jobs, calendars, definitions, abandoned_after, policy
        )
        self._service_jobs = ServiceJobs(database, self._parts)
        self._resolving = Resolving(database, self._parts, self._service_jobs)
        self._deadlines = Deadlines(database, self._parts)
        self.post = Post(database, self._parts)  #: messages that are kept
        self.timed_starts = TimedStarts(database, self._parts)
        self.moves = Moves(database, self._parts)  #: of running instances to other versions
        self._deploying = Deploying(database, self._parts)

    # Owner

    def examine(
        self,
        source: bytes,
        forms: Mapping[str, str] | None = None,
        decisions: Mapping[str, str] | None = None,
    ) -> list[Finding]:
        """Return what is wrong with a diagram, and with its forms and decisions when given."""
        return self._deploying.examine(source, forms, decisions)

    def deploy(
        self,
        source: bytes,
        forms: Mapping[str, str],
        actor: Actor,
        decisions: Mapping[str, str] | None = None,
    ) -> Definition:
        """Store diagram, forms and decisions as the next version; the newest again gives itself.

        Raises ``DefinitionRejected`` with ``details["findings"]``.
        """
        return self._deploying.deploy(source, forms, decisions or {}, actor)

    def processes(self) -> list[Definition]:
        """Return the newest version of every process."""
        with self.database.reading() as session:
            return self._definitions.processes(session)

    def versions(self, process_id: str) -> list[Definition]:
        """Return every version of a process, oldest first."""
        with self.database.reading() as session:
            return self._definitions.versions(session, process_id)

    def definition(self, definition_id: str) -> Definition:
        """Return one version. Raises ``UnknownDefinition``."""
        with self.database.reading() as session:
            return self._definitions.read(session, definition_id)

    def diagram(self, definition_id: str) -> Diagram:
        """Return the compiled diagram of a version."""
        with self.database.reading() as session:
            return self._definitions.deployed(session, definition_id).diagram

    def form(self, definition_id: str, form_key: str) -> str:
        """Return the form that was deployed with the version, as text."""
        with self.database.reading() as session:
            form = self._definitions.deployed(session, definition_id).form(form_key)
        if form is None:
            raise UnknownDefinition(definition_id=definition_id, form_key=form_key)
        return form

    # Staff

    def start(
        self, process_id: str, business_key: str, scope: str, data: JsonObject, actor: Actor
    ) -> str:
        """Start an instance of the newest version; return its id."""
        with self.database.transaction() as session:
            deployed = self._definitions.latest(session, process_id)
            new = NewInstance(
                id=uuid.uuid4().hex,
                definition_id=deployed.definition.id,
                business_key=business_key,
                scope=scope,
                started_at=self._parts.clock.now(),
            )
            row = add_instance(session, new)
            step = Step(session, self._parts, row, actor, at=new.started_at)
            step.start(data)
            step.save()
        return new.id

    def complete_task(
        self,
        task_id: str,
        actor: Actor,
        answers: JsonObject,
        *,
        reason: str = "",
        secret: Secret | None = None,
    ) -> StepResult:
        """Complete an open task with the person's answers.

        Raises ``TaskNotOpen`` (with ``completed_by`` and ``at`` when somebody was faster),
        ``TaskNotYours``, ``TaskClaimed``, ``SamePersonTwice``, and what the task's operation
        refuses. When the token then meets an attended job, it runs in this call with the secret.
        """
        with self.database.transaction() as session:
            step = self._task_step(session, task_id, actor, secret_at_hand=secret is not None)
            row = take_task(session, step.instance_id, task_id)
            check_offered(row, actor)
            step.complete_task(row, answers, reason)
            step.save()
        if secret is None or not step.attended:
            return StepResult(step.instance_id, step.completed, step.opened)
        return self._attend(step.instance_id, step, secret, actor)

    def claim(self, task_id: str, actor: Actor) -> None:
        """Take a task, so that colleagues see who works on it. Taking it twice is harmless."""
        with self.database.transaction() as session:
            step = self._task_step(session, task_id, actor)
            row = task_row(session, task_id)
            check_offered(row, actor)
            if row["claimed_by"] is None:
                set_claim(session, task_id, actor.person, actor.name)
                step.account.record(Kind.TASK_CLAIMED, row["element"], row["occurrence"])
                step.save()

    def release(self, task_id: str, actor: Actor) -> None:
        """Give a task back. Whoever may do the task may also take it from an absent colleague."""
        with self.database.transaction() as session:
            step = self._task_step(session, task_id, actor)
            row = task_row(session, task_id)
            check_offered({**row, "claimed_by": None}, actor)
            if row["claimed_by"] is not None:
                set_claim(session, task_id, None, None)
                details = {"claimed_by": row["claimed_by"], "claimed_name": row["claimed_name"]}
                step.account.record(
                    Kind.TASK_RELEASED, row["element"], row["occurrence"], details=details
                )
                step.save()

    def task(self, task_id: str) -> OpenTask:
        """Return an open task. Raises ``TaskNotOpen``."""
        with self.database.reading() as session:
            return read_task(session, self._definitions, task_id)

    def inbox(self, positions: Collection[str], person: str) -> list[OpenTask]:
        """Return what the person may do now, the most urgent first.

        Tasks that a colleague has claimed are left out.
        """
        with self.database.reading() as session:
            return inbox(session, self._definitions, positions, person)

    def tasks_of(self, instance_id: str) -> list[OpenTask]:
        """Return every open task of an instance."""
        with self.database.reading() as session:
            return tasks_of(session, self._definitions, instance_id)

    # Messages, jobs, timers, incidents

    def publish_message(
        self, name: str, correlation: str, payload: JsonObject, actor: Actor, *, scope: str = ""
    ) -> list[str]:
        """Bring a message to whoever waits for it, or begin a process with it; once.

        Returns the instance it reached; while nobody waits for it, it is kept. Raises
        ``MessageRefused`` for what is too long, too large or no JSON.
        """
        return self.post.publish(
            Message(uuid.uuid4().hex, name, correlation, scope, payload), actor
        )

    def perform_job(self, job_key: str) -> JsonObject:
        """Do a job with the books closed; a job no longer wanted gives an empty outcome.

        Raises what its handler raises: ``BusinessError``, ``TemporaryFailure``, or a defect.
        """
        return self._service_jobs.perform(job_key)

    def finish_job(self, session: Session, job_key: str, outcome: JsonObject) -> bool:
        """Enter an outcome in the caller's transaction; ``False``: stale, nothing changed."""
        return bool(self._service_jobs.finish(session, job_key, outcome))

    def business_error(self, session: Session, job_key: str, code: str, sentence: str) -> bool:
        """Throw a foreseen failure at the job's element; ``False``: stale, nothing changed."""
        return bool(self._service_jobs.throw(session, job_key, code, sentence))

    def job_failed(self, session: Session, job_key: str, failure: Failure) -> Delay | GiveUp | None:
        """Note a failed attempt and tell what follows; the last raises an incident. None: stale."""
        return self._service_jobs.fail(session, job_key, failure).verdict

    def queued_job_keys(self) -> list[str]:
        """Return the jobs whose time has come and whose end is not yet in the books."""
        with self.database.reading() as session:
            return keys_to_run(session, self._parts.clock.now())

    def fire_due_timers(self, limit: int = 100) -> int:
        """Fire what is due, each timer in its own transaction; return how many fired.

        A timer whose way fails is parked as an incident, so it cannot hold up the others.
        """
        self.post.bring_kept(limit)  # their sender died between writing and bringing
        return self._deadlines.fire_due(limit)

    def incidents(self) -> list[Incident]:
        """Return what waits for an operator, oldest first."""
        with self.database.reading() as session:
            return open_incidents(session)

    def ways_out(self, incident: Incident) -> WaysOut:
        """Return what else than trying again the diagram allows an operator."""
        return self._resolving.ways_out(incident)

    def retry_incident(self, incident_id: str, actor: Actor) -> None:
        """Try again what stopped: job, search for a performer, timer, or receipt of a message.

        All three ways raise ``UnknownIncident`` when somebody was faster.
        """
        self._resolving.retry(incident_id, actor)

    def skip_incident(self, incident_id: str, actor: Actor, reason: str) -> None:
        """Let the token go on without the result of its job, or drop a timer that failed.

        Raises a ``SkipRefused`` (``SomebodyNeeded``, ``SecretNeeded``, ``SkipForbidden``),
        ``NoWayOn`` where what comes next misses the result, ``ReasonMissing``.
        """
        self._resolving.skip(incident_id, actor, reason)

    def send_back_incident(self, incident_id: str, actor: Actor, reason: str) -> None:
        """Take the error boundary event at the element: its way leads to an earlier task.

        Raises ``NoWayBack`` where none is drawn, ``NoWayOn``, ``ReasonMissing``.
        """
        self._resolving.send_back(incident_id, actor, reason)

    # Auditor

    def instances(self, **filters: Any) -> list[InstanceView]:
        """Return the instances that fit all filters of ``find_instances``, newest first."""
        with self.database.reading() as session:
            return find_instances(session, **filters)

    def instance(self, instance_id: str) -> InstanceView:
        """Return one instance. Raises ``UnknownInstance``."""
        with self.database.reading() as session:
            return read_instance(session, instance_id)

    def instance_ids(self) -> list[str]:
        """Return the ids of all instances, oldest first."""
        with self.database.reading() as session:
            return instance_ids(session)

    def history(self, instance_id: str) -> list[HistoryEvent]:
        """Return what happened, in order. Raises ``UnknownInstance``."""
        with self.database.reading() as session:
            read_instance(session, instance_id)
            return events_of(read_rows(session, instance_id))

    def replay(self, instance_id: str) -> list[Frame]:
        """Return one frame for each event: what stood open after it, and the data. No writing."""
        return frames_of(self.history(instance_id))

    def reexecute(self, instance_id: str) -> Reexecution:
        """Drive the recorded commands once more, on no books. Raises ``HistoryBroken``."""
        with self.database.reading() as session:
            return reexecute_instance(session, self._definitions, instance_id)

    def verify_instance(self, instance_id: str) -> list[Problem]:
        """Return every way in which the books of an instance disagree; an empty list is good."""
        with self.database.reading() as session:
            return verify_instance(session, self._definitions, instance_id)

    def changed_definitions(self) -> list[Definition]:
        """Return the versions whose diagram or forms are no longer those that were deployed."""
        with self.database.reading() as session:
            return self._definitions.changed(session)

    def changed_starts(self) -> list[str]:
        """Return the ids of processes that no longer begin as their newest versions say."""
        with self.database.reading() as session:
            return changed_starts(session, self._definitions)

    # Within

    def _step(
        self, session: Session, instance_id: str, actor: Actor, *, secret_at_hand: bool = False
    ) -> Step:
        row = lock_instance(session, instance_id)
        return Step(session, self._parts, row, actor, secret_at_hand=secret_at_hand)

    def _task_step(
        self, session: Session, task_id: str, actor: Actor, *, secret_at_hand: bool = False
    ) -> Step:
        instance_id = place_of(task_id)[0]
        try:
            return self._step(session, instance_id, actor, secret_at_hand=secret_at_hand)
        except UnknownInstance as error:
            raise TaskNotOpen(task_id=task_id, completed_by="", person="", at=None) from error

    def _attend(self, instance_id: str, step: Step, secret: Secret, actor: Actor) -> StepResult:
        sentences = [self._service_jobs.attend(key, secret, actor) for key in step.attended]
        with self.database.reading() as session:
            view = read_instance(session, instance_id)
            opened = [
                task
                for task in tasks_of(session, self._definitions, instance_id)
                if task.opened_at >= step.at
            ]
        error = next((sentence for sentence in sentences if sentence), "")
        return StepResult(instance_id, view.ended_at is not None, opened, error)
