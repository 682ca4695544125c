"""The queue on DBOS: a job is one row, written in the transaction of the step that asks for it."""

from __future__ import annotations

from dbos import (
    DBOS,
    DBOSClient,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    SQLAlchemyDatasource,
    WorkflowSerializationFormat,
)
from sqlalchemy.orm import Session

from engine.database import Database

APPLICATION = "alur-surat"
QUEUE = "jobs"
WORKFLOW = "job"


class DbosQueue:
    """Hands jobs to the worker nodes; used wherever steps run."""

    def __init__(self, database: Database) -> None:
        # Lazy: a connection of its own inside our write transaction would lock SQLite for ever.
        self._client = DBOSClient(
            system_database_engine=database.connections,
            application_name=APPLICATION,
            lazy=True,
            serializer=DBOSPortableJSONSerializer(),
        )

    def enqueue(self, session: Session, job_key: str, delay_seconds: float = 0) -> None:
        """Ask for the job in the caller's transaction; asking twice is asking once."""
        self.enqueue_round(session, job_key, 0, delay_seconds)

    def enqueue_round(
        self, session: Session, job_key: str, attempt: int, delay_seconds: float
    ) -> None:
        """Ask for the n-th attempt at a job, from 0; a later attempt is a row of its own."""
        options = EnqueueOptions(
            workflow_name=WORKFLOW,
            queue_name=QUEUE,
            workflow_id=f"{job_key}:{attempt}",
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        self._client.enqueue_in_transaction(session, options, job_key, attempt)


def migrate_jobs(database: Database) -> None:
    """Create or update the tables of the job engine; a web node never does it by itself."""
    DBOS.migrate(system_database_url=database.url)
    SQLAlchemyDatasource.migrate(database.url)
