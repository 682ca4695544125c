"""The desk of the reminders: where the step that reminds people looks up what is overdue."""

from __future__ import annotations

from engine import Database, ProcessEngine
from handlers.errors import UnknownLetter
from handlers.letters import SECRET, letter_row
from handlers.sending import OverdueTask


class ReminderDesk:
    """Knows the open tasks once the engine stands: the engine needs the reminders first."""

    def __init__(self) -> None:
        self._engine: ProcessEngine | None = None
        self._database: Database | None = None

    def open(self, engine: ProcessEngine, database: Database) -> None:
        """Introduce the engine; the composition root does it once."""
        self._engine, self._database = engine, database

    def overdue_task(self, instance_id: str, element: str) -> OverdueTask | None:
        """Return the open task at the element, or None when it is done meanwhile."""
        if self._engine is None:
            raise LookupError("Expected the desk to be open, but no engine was introduced.")
        for task in self._engine.tasks_of(instance_id):
            if task.element == element:
                subject = self._subject(task.business_key)
                return OverdueTask(task.id, task.name, task.candidates, subject)
        return None

    def _subject(self, letter_id: str) -> str:
        """Return the subject as a notice may tell it: nothing of a secret letter."""
        if self._database is None:
            return ""
        with self._database.reading() as session:
            try:
                row = letter_row(session, letter_id)
            except UnknownLetter:
                return ""
            return "" if row.sifat in SECRET else str(row.subject)
