"""Our engine on the same flow: state, history with its chain, tasks and timers in one commit."""

from __future__ import annotations

import json
import time
import uuid
from datetime import time as clock

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    Actor,
    Database,
    DirectQueue,
    HandlerCatalog,
    JsonObject,
    ProcessEngine,
    RouteRequest,
    StepCall,
    SystemClock,
    WorkingCalendar,
    metadata,
)
from tests.bench.flow import LETTER, OURS, USER_TASKS, diagram, path_with

OFFICE_HOURS = WorkingCalendar(
    "Asia/Jakarta", {day: ((clock(7, 30), clock(16, 0)),) for day in range(5)}
)

#: lane -> the person who works there; as in an office, nobody stands in two lanes
PEOPLE = {
    lane: Actor(f"person-{lane}", f"Penguji {lane}", position=lane, positions=frozenset({lane}))
    for lane in USER_TASKS.values()
}


class LanePositions:
    """Offers each task to the position of its lane."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return request.candidate_groups


def number(call: StepCall, session: Session) -> JsonObject:
    return {"numbered": True}


class OurEngine:
    """The product's engine with everything switched on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        metadata.create_all(database.connections)
        self._engine = ProcessEngine(
            database,
            HandlerCatalog(immediate={"bench.number": number}),
            LanePositions(),
            SystemClock(),
            DirectQueue(),
            lambda _scope: OFFICE_HOURS,
        )
        form = json.dumps({"type": "default", "components": []})
        self._engine.deploy(diagram(OURS), {"any": form}, PEOPLE["drafter"])

    def begin(self) -> str:
        """Start a letter; return its instance."""
        return self._engine.start(
            "bench_letter", uuid.uuid4().hex, "office", LETTER, PEOPLE["drafter"]
        )

    def open_task(self, instance: str, element: str) -> str:
        """Return the id of the open task, which must be of the element."""
        (task,) = self._engine.tasks_of(instance)
        if task.element != element:
            raise AssertionError(f"Expected {element}, found {task.element}.")
        return task.id

    def complete(self, task: str, element: str, decision: str) -> None:
        """Let the person of the lane complete the task: what is measured."""
        person = PEOPLE[USER_TASKS[element]]
        self._engine.complete_task(task, person, {"decision": decision})

    def step(self, instance: str, element: str, decision: str) -> float:
        """Complete the open task; return the seconds it took."""
        task = self.open_task(instance, element)
        began = time.perf_counter()
        self.complete(task, element, decision)
        return time.perf_counter() - began

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        instance = self.begin()
        return [self.step(instance, *stop) for stop in path_with(revisions)]

    def state_of(self, instance: str) -> bytes:
        """Return the saved state, the process data in it."""
        row = metadata.tables["instance"].c
        with self._database.reading() as session:
            return bytes(session.execute(select(row.state).where(row.id == instance)).scalar_one())

    def close(self) -> None:
        self._database.close()
