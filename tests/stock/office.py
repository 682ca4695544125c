"""The same diagrams in our engine, on a real database."""

from __future__ import annotations

from typing import Any

from engine_for_tests import DRAFTER, FORMS, SmallOffice, World

from engine import Database, StepResult


class Ours:
    """One instance of a diagram in our engine; each command is one committed transaction."""

    def __init__(self, database: Database, source: bytes, **data: Any) -> None:
        self.office = SmallOffice(database, queued={"letter.compose": World()})
        self.engine = self.office.engine
        deployed = self.engine.deploy(source, FORMS, DRAFTER)
        self.id = self.engine.start(deployed.process_id, "letter-1", "office", data, DRAFTER)

    def ready(self) -> list[str]:
        return sorted(task.element for task in self.engine.tasks_of(self.id))

    def task(self, element: str) -> str:
        return self.office.task(self.id, element)

    def complete(self, element: str, **answers: Any) -> StepResult:
        return self.engine.complete_task(self.task(element), DRAFTER, answers)

    def let_time_pass(self) -> int:
        """Every timer that is armed is overdue from now on, and is fired."""
        self.office.clock.pass_time(days=30)
        return self.engine.fire_due_timers()

    @property
    def completed(self) -> bool:
        return self.engine.instance(self.id).status == "completed"

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.engine.instance(self.id).data)

    def in_order(self) -> bool:
        return self.engine.verify_instance(self.id) == []
