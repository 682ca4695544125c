"""The drafts of answers: what somebody has typed and not yet handed in, kept for the next visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from engine import Clock, Database, UtcDateTime, metadata

task_draft = Table(
    "task_draft",
    metadata,
    Column("task_id", String(200), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("values", JSON, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Draft:
    """What a person has typed at a task so far."""

    values: Mapping[str, Any]
    saved_at: datetime


class Drafts:
    """Keeps half-filled forms. They are no part of the letter and no part of its history."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def keep(self, task_id: str, person: str, values: Mapping[str, Any]) -> datetime:
        """Keep the values instead of those kept before; return when."""
        now = self._clock.now()
        kept = {"values": dict(values), "saved_at": now}
        with self._database.transaction() as session:
            # One statement: two tabs that save at once would both find nothing to replace.
            add = sqlite.insert if self._database.is_sqlite else postgresql.insert
            session.execute(
                add(task_draft)
                .values(task_id=task_id, person=person, **kept)
                .on_conflict_do_update(index_elements=["task_id", "person"], set_=kept)
            )
        return now

    def of(self, task_id: str, person: str) -> Draft | None:
        """Return what the person kept at the task, or nothing."""
        query = select(task_draft).where(
            task_draft.c.task_id == task_id, task_draft.c.person == person
        )
        with self._database.reading() as session:
            row = session.execute(query).mappings().one_or_none()
        return None if row is None else Draft(row["values"], row["saved_at"])

    def forget(self, task_id: str) -> None:
        """Drop what anybody kept at a task that is done."""
        with self._database.transaction() as session:
            session.execute(delete(task_draft).where(task_draft.c.task_id == task_id))
