"""The rows of the job table: what is asked of handlers with the books closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.orm import Session

from engine.catalog import Actor, StepCall
from engine.tables import job

#: How long after its step an attended job is given up, unless told otherwise.
ABANDONED_AFTER = timedelta(seconds=120)

#: States in which a result is still wanted.
WANTED = ("queued", "running", "incident")


@dataclass(frozen=True)
class NewJob:
    """A job that a step asks for; it is written and enqueued when the step is saved."""

    key: str
    waiting_id: str
    kind: str
    state: str
    delay: timedelta
    call: StepCall


def add_jobs(session: Session, jobs: Iterable[NewJob], now: datetime) -> None:
    rows = [
        {
            "key": new.key,
            "instance_id": new.call.instance_id,
            "waiting_id": new.waiting_id,
            "element": new.call.element,
            "occurrence": new.call.occurrence,
            "topic": new.call.topic,
            "kind": new.kind,
            "state": new.state,
            "call": call_as_json(new.call),
            "attempts": 0,
            "last_error": "",
            "created_at": now,
            "run_after": now + new.delay,
            "changed_at": now,
        }
        for new in jobs
    ]
    if rows:
        session.execute(insert(job), rows)


def read_job(session: Session, job_key: str) -> RowMapping | None:
    return session.execute(select(job).where(job.c.key == job_key)).mappings().one_or_none()


def change_job(session: Session, job_key: str, now: datetime, **values: Any) -> None:
    session.execute(update(job).where(job.c.key == job_key).values(changed_at=now, **values))


def mark_running(session: Session, job_key: str, now: datetime) -> None:
    session.execute(
        update(job)
        .where(job.c.key == job_key, job.c.state == "queued")
        .values(state="running", changed_at=now)
    )


def cancel_jobs(
    session: Session, instance_id: str, waiting_ids: list[str], now: datetime
) -> list[str]:
    """Withdraw the jobs whose token left without them; return their keys."""
    if not waiting_ids:
        return []
    unwanted = (
        (job.c.instance_id == instance_id)
        & job.c.waiting_id.in_(waiting_ids)
        & job.c.state.in_(WANTED)
        & (job.c.kind != "notice")
    )
    keys = list(session.execute(select(job.c.key).where(unwanted)).scalars())
    session.execute(update(job).where(unwanted).values(state="cancelled", changed_at=now))
    return keys


def keys_to_run(session: Session, now: datetime) -> list[str]:
    """Return the jobs whose time has come and whose end is not in the books, oldest first."""
    query = (
        select(job.c.key)
        .where(job.c.state.in_(("queued", "running")), job.c.run_after <= now)
        .order_by(job.c.created_at, job.c.key)
    )
    return list(session.execute(query).scalars())


def retry_key(session: Session, job_key: str) -> str:
    """Return a key for asking again: queues take a key only once, handlers see the first one."""
    first = job_key.partition("~")[0]
    query = select(job.c.key).where(job.c.key.like(f"{_literal(first)}~%", escape="\\"))
    return f"{first}~{len(list(session.execute(query))) + 1}"


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def instance_of(job_key: str) -> str:
    return job_key.partition(":")[0]


def call_as_json(call: StepCall) -> dict[str, Any]:
    """Return the call as JSON; who may act in which positions is not kept."""
    actor = {key: value for key, value in asdict(call.actor).items() if key != "positions"}
    return {
        **{name: getattr(call, name) for name in _PLAIN},
        "actor": actor,
        # As the history keeps it, whatever the zone of the clock: both are compared.
        "at": call.at.astimezone(UTC).isoformat(),
        "arguments": dict(call.arguments),
        "data": dict(call.data),
        "properties": dict(call.properties),
    }


def call_from_json(values: dict[str, Any]) -> StepCall:
    """Return the call that ``call_as_json`` wrote."""
    return StepCall(
        **{
            **values,
            "actor": Actor(**values["actor"]),
            "at": datetime.fromisoformat(values["at"]),
        }
    )


_PLAIN = (
    "key",
    "topic",
    "instance_id",
    "business_key",
    "scope",
    "process_id",
    "element",
    "element_name",
    "occurrence",
)
