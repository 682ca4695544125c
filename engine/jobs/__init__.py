"""Jobs: work with the books closed, asked for in the transaction of the step that needs it."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session


class JobQueue(Protocol):
    """Brings a job to a worker once the transaction that asked for it has committed."""

    def enqueue(self, session: Session, job_key: str, delay_seconds: float = 0) -> None:
        """Ask for the job in the caller's transaction; asking twice is asking once."""
        ...
