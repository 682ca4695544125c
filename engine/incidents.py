"""Incidents: what went wrong and waits for an operator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.errors import UnknownIncident
from engine.tables import incident, instance

#: How an operator resolves an incident.
RETRIED, SKIPPED, SENT_BACK = "retried", "skipped", "sent_back"
#: What may stop.
KINDS = ("job", "task", "timer", "message")


@dataclass(frozen=True)
class Incident:
    """Something that stopped and needs an operator."""

    id: str
    instance_id: str
    business_key: str
    element: str
    occurrence: int
    kind: str  #: one of ``KINDS``
    reference: str  #: job key, task id or waiting id
    sentence: str
    raised_at: datetime


def add_incident(session: Session, **values: Any) -> None:
    """Enter an incident: every column of the table but its id and its end."""
    session.execute(insert(incident).values(id=uuid.uuid4().hex, **values))


def open_incidents(session: Session) -> list[Incident]:
    """Return what waits for an operator, oldest first."""
    rows = session.execute(_OPEN.order_by(incident.c.raised_at, incident.c.id)).mappings()
    return [Incident(**row) for row in rows]


def open_incident(session: Session, incident_id: str) -> Incident:
    """Return one. Raises ``UnknownIncident`` when it was resolved or never raised."""
    row = session.execute(_OPEN.where(incident.c.id == incident_id)).mappings().one_or_none()
    if row is None:
        raise UnknownIncident(incident_id=incident_id)
    return Incident(**row)


def close_incidents(
    session: Session, instance_id: str, references: list[str], resolved_by: str, at: datetime
) -> None:
    """Close the open incidents of an instance about these jobs, tasks, timers or messages."""
    session.execute(
        update(incident)
        .where(
            incident.c.instance_id == instance_id,
            incident.c.reference.in_(references),
            incident.c.resolved_at.is_(None),
        )
        .values(resolved_at=at, resolved_by=resolved_by)
    )


_OPEN = (
    select(
        incident.c.id,
        incident.c.instance_id,
        instance.c.business_key,
        incident.c.element,
        incident.c.occurrence,
        incident.c.kind,
        incident.c.reference,
        incident.c.sentence,
        incident.c.raised_at,
    )
    .join(instance, instance.c.id == incident.c.instance_id)
    .where(incident.c.resolved_at.is_(None))
)
