"""Our engine on the same flow: state, history with its chain, tasks and timers in one commit."""

from __future__ import annotations

import json
import time
import uuid
from datetime import time as clock
from pathlib import Path

from sqlalchemy.orm import Session

from engine import (
    Actor,
    Database,
    HandlerCatalog,
    JsonObject,
    ProcessEngine,
    RouteRequest,
    StepCall,
    SystemClock,
    WorkingCalendar,
    metadata,
)
from engine.jobs.direct import DirectQueue
from tests.bench.flow import diagram, path_with

OFFICE_HOURS = WorkingCalendar(
    "Asia/Jakarta", {day: ((clock(7, 30), clock(16, 0)),) for day in range(5)}
)
PERSON = Actor("bench", "Penguji", position="everybody", positions=frozenset({"everybody"}))


class Everybody:
    """Offers each task to the one position of the benchmark."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return ("everybody",)


def number(call: StepCall, session: Session) -> JsonObject:
    return {"numbered": True}


class OurEngine:
    """The product's engine with everything switched on."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(f"sqlite:///{folder / 'ours.db'}")
        metadata.create_all(self._database.connections)
        self._engine = ProcessEngine(
            self._database,
            HandlerCatalog(immediate={"bench.number": number}),
            Everybody(),
            SystemClock(),
            DirectQueue(),
            lambda _scope: OFFICE_HOURS,
        )
        form = json.dumps({"type": "default", "components": []})
        self._engine.deploy(diagram(stock=False), {"any": form}, PERSON)

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        instance = self._engine.start("bench_letter", uuid.uuid4().hex, "office", {}, PERSON)
        seconds = []
        for element, decision in path_with(revisions):
            (task,) = self._engine.tasks_of(instance)
            if task.element != element:
                raise AssertionError(f"Expected {element}, found {task.element}.")
            began = time.perf_counter()
            self._engine.complete_task(task.id, PERSON, {"decision": decision})
            seconds.append(time.perf_counter() - began)
        return seconds

    def close(self) -> None:
        self._database.close()
