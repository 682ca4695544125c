"""List checks: every row that the tables hold of an instance, against what must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from engine.expected_rows import (
    Told,
    expected_instance,
    expected_offers,
    expected_subscriptions,
    expected_tasks,
    expected_timers,
)
from engine.expected_work import expected_incidents, expected_jobs, expected_messages
from engine.prepared import Prepared
from engine.row_matching import Difference, Row, differences
from engine.tables import (
    incident,
    instance,
    job,
    message,
    message_subscription,
    task,
    task_offer,
    timer,
)


def different_rows(session: Session, told: Told) -> Iterator[tuple[str, Difference]]:
    """Yield the name of a table and how one of its rows differs; one query for each table."""
    tasks = expected_tasks(told)
    expected: list[tuple[Table, str, list[Row]]] = [
        (instance, "id", expected_instance(told)),
        (task, "id", tasks),
        (task_offer, "task_id", expected_offers(tasks)),
        (timer, "waiting_id", expected_timers(told)),
        (message_subscription, "waiting_id", expected_subscriptions(told)),
        (job, "key", expected_jobs(told)),
        (incident, "reference", expected_incidents(told)),
        (message, "id", expected_messages(told)),
    ]
    for table, key, rows in expected:
        found = _found(session, told, table, rows)
        yield from ((table.name, each) for each in differences(key, rows, found))


def _found(
    session: Session, told: Told, table: Table, expected: list[Row]
) -> list[Mapping[Any, Any]]:
    if table is instance:
        return [asdict(told.row)]
    found: list[Mapping[Any, Any]] = [*_MINE[table].rows(session, {"wanted": told.row.id})]
    if table is message:  # and what was sent, whoever received it
        sent = {row["id"] for row in expected} - {row["id"] for row in found}
        if sent:
            found += session.execute(select(message).where(message.c.id.in_(sent))).mappings()
    return found


_MINE = {
    table: Prepared(select(table).where(column == bindparam("wanted")))
    for table, column in (
        *((each, each.c.instance_id) for each in (task, task_offer, timer)),
        *((each, each.c.instance_id) for each in (message_subscription, job, incident)),
        (message, message.c.consumed_by),
    )
}
