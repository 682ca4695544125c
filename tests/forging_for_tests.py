"""What somebody with the keys of the database could do: no triggers, fresh seals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from engine import Database
from engine.history import NO_HASH, step_hash
from engine.tables import history, instance


def unlock(database: Database) -> None:
    """Take the triggers away."""
    with database.transaction() as session:
        for table in ("history", "definition"):
            if database.is_sqlite:
                for change in ("update", "delete"):
                    session.execute(text(f"DROP TRIGGER {table}_refuses_{change}"))
            else:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def steps(session: Session, letter: str) -> list[dict[str, Any]]:
    """Return the rows of a history."""
    query = select(history).where(history.c.instance_id == letter).order_by(history.c.sequence)
    return [dict(row) for row in session.execute(query).mappings()]


def reseal(session: Session, letter: str, rows: list[dict[str, Any]]) -> None:
    """Put these rows in the place of a history, with every seal and the head of the instance."""
    session.execute(delete(history).where(history.c.instance_id == letter))
    head = NO_HASH
    for row in rows:
        row["previous_hash"] = head
        head = row["hash"] = step_hash(row)
        session.execute(insert(history).values(row))
    session.execute(update(instance).where(instance.c.id == letter).values(history_head=head))
