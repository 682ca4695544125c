"""The worker node of an office: performs its queued jobs and fires its timers."""

from __future__ import annotations

from engine import DbosQueue, NodePace, WorkerNode
from webapp.bootstrap import Office


def node_of(office: Office, pace: NodePace | None = None) -> WorkerNode:
    """Return the worker node that performs the jobs of this office.

    Raises ``TypeError`` when the office was built with a queue that only lives in memory.
    """
    queue = office.jobs
    if not isinstance(queue, DbosQueue):
        raise TypeError(f"Expected the durable queue, found {type(queue).__name__}.")
    return WorkerNode(office.database, queue, office.engine, pace)
