"""Projections: what an instance waits for, in tables that are asked without opening it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engine.accounts import Account
from engine.canonical import canonical_json, read_json
from engine.catalog import JsonObject, RouteRequest
from engine.definitions import Deployed
from engine.diagrams import Element, Waiting
from engine.history import Kind
from engine.instances import InstanceRow
from engine.job_rows import NewJob, add_jobs, cancel_jobs
from engine.messages import Subscription, subscribe, unsubscribe
from engine.services import Parts
from engine.tasks import (
    NewTask,
    OpenTask,
    close_tasks,
    just_opened,
    offer_again,
    open_tasks,
    set_local,
    task_id_of,
)
from engine.timers import drop_timers, earliest_due, set_timers

_NO_CANDIDATE = "Tidak ada pemegang jabatan untuk tugas ini."


@dataclass
class Projections:
    """Open tasks, timers, subscriptions and jobs of an instance, as far as one step changes them.

    They repeat what the state says, so that inboxes and polls need not read it.
    """

    session: Session
    parts: Parts
    deployed: Deployed
    row: InstanceRow
    account: Account
    at: datetime
    opened: list[OpenTask] = field(default_factory=list)
    #: Candidates of tasks whose rows this step has deleted already, by task id.
    taken: dict[str, Sequence[str]] = field(default_factory=dict)
    attended: list[str] = field(default_factory=list)  #: jobs that wait for this request's secret

    def adjust(
        self,
        standing: Mapping[str, Waiting],
        waiting: Mapping[str, Waiting],
        asked: Iterable[NewJob],
    ) -> None:
        """Write what has begun to wait since ``standing``, withdraw what no longer does.

        ``asked`` are the jobs that the step noted on its way.
        """
        self._withdraw([each for name, each in standing.items() if name not in waiting])
        self._refresh([each for name, each in waiting.items() if name in standing], standing)
        fresh = [each for name, each in waiting.items() if name not in standing]
        timers = [each for each in fresh if each.kind == "timer"]
        set_timers(self.session, self.row.id, timers)
        messages = [each for each in fresh if each.kind == "message"]
        if messages:
            subscribe(self.session, self.row.id, map(self.subscription, messages))
        tasks = [each for each in fresh if each.kind == "task"]
        if any(each.whole != each.occurrence for each in tasks):
            # The limit of a repetition may have been running before this instance of it began.
            timers = [each for each in waiting.values() if each.kind == "timer"]
        self._open(tasks, timers)
        self._enqueue([job for job in asked if job.kind == "notice" or job.waiting_id in waiting])

    def subscription(self, each: Waiting) -> Subscription:
        """Return what a token waits for that waits for a message."""
        key = each.correlation or self.row.business_key
        return Subscription(each.id, each.element, each.occurrence, each.message, key)

    def offer_again(self, task_id: str, waiting: Waiting) -> None:
        """Look once more for positions that may perform an open task."""
        candidates = self._route(waiting)
        offer_again(self.session, task_id, candidates)
        self._announce(task_id, waiting, {"candidates": list(candidates)})

    def _withdraw(self, gone: list[Waiting]) -> None:
        if not gone:
            return
        tasks = [self._task_id(each) for each in gone if each.kind == "task"]
        timers = [each.id for each in gone if each.kind == "timer"]
        jobs = [each.id for each in gone if each.kind == "job"]
        vacant = close_tasks(self.session, self.row.id, tasks, self.taken)
        parked = drop_timers(self.session, self.row.id, timers)
        withdrawn = cancel_jobs(self.session, self.row.id, jobs, self.at)
        messages = [each.id for each in gone if each.kind == "message"]
        unheard = unsubscribe(self.session, self.row.id, messages) if messages else []
        self.account.close_incidents([*vacant, *parked, *withdrawn, *unheard])

    def _refresh(self, staying: list[Waiting], standing: Mapping[str, Waiting]) -> None:
        """Show a task that stays open what one beside it, in the same repetition, has written."""
        for each in staying:
            if each.kind == "task" and each.local:
                local = _written(each)
                if local != _written(standing[each.id]):
                    set_local(self.session, self._task_id(each), local)

    def _open(self, fresh: list[Waiting], timers: list[Waiting]) -> None:
        elements: Mapping[str, Element] = self.deployed.diagram.elements
        opened = [
            NewTask(
                id=self._task_id(each),
                element=each.element,
                occurrence=each.occurrence,
                candidates=self._route(each),
                due_at=earliest_due(timers, each, elements),
                local=_written(each),
            )
            for each in fresh
        ]
        open_tasks(self.session, self.row.id, opened, self.at)
        for each, new in zip(fresh, opened, strict=True):
            due = new.due_at.isoformat() if new.due_at else None
            self._announce(new.id, each, {"candidates": list(new.candidates), "due": due})
            self.opened.append(
                just_opened(self.deployed, self.row, new, self.at, self.account.data)
            )

    def _announce(self, task_id: str, waiting: Waiting, details: JsonObject) -> None:
        place = (waiting.element, waiting.occurrence)
        self.account.record(Kind.TASK_OPENED, *place, details=details)
        if not details["candidates"]:
            self.account.raise_incident(place, "task", task_id, _NO_CANDIDATE)

    def _enqueue(self, jobs: list[NewJob]) -> None:
        add_jobs(self.session, jobs, self.at)
        for job in jobs:
            self.parts.jobs.enqueue(self.session, job.key, job.delay.total_seconds())
            if job.kind == "attended" and job.state == "running":
                self.attended.append(job.key)

    def _route(self, waiting: Waiting) -> tuple[str, ...]:
        diagram = self.deployed.diagram
        element = diagram.elements[waiting.element]
        shared = {} if element.id in diagram.closed else read_json(self.account.data)
        request = RouteRequest(
            instance_id=self.row.id,
            business_key=self.row.business_key,
            scope=self.row.scope,
            element=element.id,
            lane=element.lane_name,
            candidate_groups=element.candidate_groups,
            data={**shared, **waiting.local},
            at=self.at,
        )
        return tuple(self.parts.router.candidates(request, self.session))

    def _task_id(self, waiting: Waiting) -> str:
        return task_id_of(self.row.id, waiting.element, waiting.occurrence)


def _written(waiting: Waiting) -> str:
    return canonical_json(waiting.local).decode() if waiting.local else "{}"
