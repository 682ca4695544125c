"""A worker node: performs queued jobs with the books closed, and fires timers that are due."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SQLAlchemyDatasource,
    WorkflowSerializationFormat,
)
from sqlalchemy.orm import Session

from engine.database import Database
from engine.jobs.attempts import Jobs, attempt, enter
from engine.jobs.dbos_queue import APPLICATION, QUEUE, WORKFLOW, DbosQueue
from engine.jobs.slots import SlotLost, Slots
from engine.retrying import MOST_RETRIES, Failure

_log = logging.getLogger(__name__)

_ABANDONED = "Pekerjaan berhenti sebelum hasilnya tercatat; periksa lalu coba lagi."

#: States in which the job engine leaves a job for ever.
_LEFT = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]


class Work(Jobs, Protocol):
    """What a node does: the jobs and timers of the process engine."""

    def fire_due_timers(self, limit: int = 100) -> int: ...


@dataclass(frozen=True)
class NodePace:
    """How often a node looks, and how much it does at once."""

    poll_seconds: float = 0.25
    timer_seconds: float = 5.0
    takeover_seconds: float = 5.0
    abandoned_seconds: float = 60.0
    threads: int = 4


class WorkerNode:
    """One node of the installation; a process runs at most one."""

    def __init__(
        self,
        database: Database,
        queue: DbosQueue,
        work: Work,
        pace: NodePace | None = None,
        on_slot_lost: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._work = work
        self._pace = pace or NodePace()
        self._on_slot_lost = on_slot_lost or _leave_the_process
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._slots: Slots | None = None

    def start(self) -> None:
        """Take a slot, recover the work of its dead owner, and begin. Raises ``NoFreeSlot``."""
        self._slots = Slots.of(self._database)
        try:
            self._launch(self._slots)
        except BaseException:
            self._slots.close()  # another node may have the slot, and the work that goes with it
            self._slots = None
            raise
        self._ask_again_for_queued_jobs()
        self._every(self._pace.timer_seconds, "alur-timers", self._fire_timers)
        self._every(self._pace.takeover_seconds, "alur-takeover", self._take_over)
        self._every(self._pace.abandoned_seconds, "alur-abandoned", self._report_abandoned_jobs)
        _log.info("node started", extra={"slot": self._slots.name, "pid": os.getpid()})

    def _launch(self, slots: Slots) -> None:
        serializer = DBOSPortableJSONSerializer()
        self._declare_workflow(serializer)
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                system_database_url=self._database.url,
                executor_id=slots.name,
                application_version="1",  # the default would strand work at every release
                log_level="ERROR",
                serializer=serializer,
            )
        )
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._pace.threads,
            polling_interval_sec=self._pace.poll_seconds,
        )

    def stop(self, wait_seconds: int = 25, *, forget: bool = False) -> None:
        """Finish what runs and stop; ``forget`` lets the same process start another node."""
        self._stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=wait_seconds, destroy_registry=forget)
        for thread in self._threads:
            thread.join(timeout=10)
        if self._slots is not None:
            self._slots.close()
            self._slots = None

    # One job

    def _declare_workflow(self, serializer: DBOSPortableJSONSerializer) -> None:
        books = SQLAlchemyDatasource.create(
            self._database.url,
            engine=self._database.connections,
            sessionmaker=self._database.writers,
            serializer=serializer,
        )

        def enter_end(job_key: str, round_: int, result: dict[str, Any]) -> str:
            return self._enter(books.sql_session(), job_key, round_, result)

        @DBOS.workflow(
            name=WORKFLOW,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
            max_recovery_attempts=10,
        )
        def job(job_key: str, round_: int) -> str:
            result = DBOS.run_step({"name": "perform"}, self._perform, job_key)
            return books.run_tx_step({"name": "enter"}, enter_end, job_key, round_, result)

    def _perform(self, job_key: str) -> dict[str, Any]:
        result = attempt(self._work, job_key)
        self._keep_slot()
        return result

    def _enter(self, session: Session, job_key: str, round_: int, result: dict[str, Any]) -> str:
        """Enter the end of a job in the transaction that also closes its row in the queue."""
        self._keep_slot()
        again = enter(self._work, session, job_key, result)
        if again is not None:
            self._queue.enqueue_round(session, job_key, round_ + 1, again.seconds)
        end: str = result["end"]
        return end

    def _keep_slot(self) -> None:
        """Leave before anything is entered when another node may be doing this work by now."""
        if self._slots is None:
            return
        try:
            self._slots.check()
        except SlotLost:
            _log.error("slot lost", extra={"pid": os.getpid()})
            self._on_slot_lost()
            raise

    def _ask_again_for_queued_jobs(self) -> None:
        """Close the gap of a job table that says queued where the queue knows nothing."""
        keys = self._work.queued_job_keys()
        if keys:
            with self._database.transaction() as session:
                for key in keys:
                    self._queue.enqueue(session, key)

    def _report_abandoned_jobs(self) -> None:
        """Make an incident of each job that the job engine gave up, so that none waits unseen.

        It gives up what broke while it was entered, and what killed its node again and again.
        """
        rounds = range(MOST_RETRIES + 1)
        keys = {f"{key}:{n}": key for key in self._work.queued_job_keys() for n in rounds}
        if not keys:
            return
        left = DBOS.list_workflows(
            workflow_ids=list(keys), status=_LEFT, load_input=False, load_output=False
        )
        for workflow in left:
            job_key = keys[workflow.workflow_id]
            _log.error("job abandoned", extra={"job": job_key, "state": workflow.status})
            with self._database.transaction() as session:
                self._work.job_failed(session, job_key, Failure(_ABANDONED))

    # What a node does beside the jobs

    def _every(self, seconds: float, name: str, act: Callable[[], None]) -> None:
        def run() -> None:
            while not self._stopping.wait(seconds):
                try:
                    act()
                except SlotLost:
                    _log.error("slot lost", extra={"pid": os.getpid()})  # the cause is known
                    self._on_slot_lost()
                    return
                except Exception:  # the next round may succeed: the database may be restarting
                    _log.exception("node duty failed", extra={"duty": name})

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _fire_timers(self) -> None:
        while self._work.fire_due_timers() and not self._stopping.is_set():
            pass

    def _take_over(self) -> None:
        slots = self._slots
        if slots is None:
            return
        slots.check()
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        for owner in {workflow.executor_id for workflow in pending} - {slots.name, None}:
            number = slots.adopt(owner or "")
            if number is None:
                continue
            try:
                # Private, but the public way resets the count that parks poisonous jobs.
                DBOS._recover_pending_workflows([owner or ""])
                _log.warning("took over the work of a dead node", extra={"slot": owner})
            finally:
                slots.drop(number)


def _leave_the_process() -> None:
    # Another node may already do our work: leave at once, the supervisor starts us anew.
    os._exit(70)
