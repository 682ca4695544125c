"""Our engine on the flow: state, history with its chain, tasks and timers in one commit."""

from __future__ import annotations

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
from tests.bench.flow import (
    PROCESS,
    SERVED,
    STARTED,
    Stop,
    check_end,
    forms,
    groups,
    path_with,
    source,
)

OFFICE_HOURS = WorkingCalendar(
    "Asia/Jakarta", {day: ((clock(7, 30), clock(16, 0)),) for day in range(5)}
)

_OPERATIONS = (
    "letter.draft",
    "letter.review",
    "number.request",
    "letter.consent",
    "letter.release",
)


class GroupPositions:
    """Offers each task to the position of its group."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return request.candidate_groups


class Reminder:
    """A notice; no letter of the benchmark is ever late."""

    def perform(self, call: StepCall) -> JsonObject:
        return {}

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        return {}


def operate(call: StepCall, session: Session) -> JsonObject:
    """Give what the step brings to the process data, as the operation of the task would."""
    return call.answers


def serve(call: StepCall, session: Session) -> JsonObject:
    """Give what the real handler of the topic gives to the process data, at once."""
    return SERVED[call.topic]


def person_of(group: str) -> Actor:
    """Return who works in the group; as in an office, nobody stands in two lanes."""
    return Actor(
        f"person-{group}", f"Penguji {group}", position=group, positions=frozenset({group})
    )


class OurEngine:
    """The product's engine with everything switched on."""

    def __init__(self, database: Database) -> None:
        self.database = database
        metadata.create_all(database.connections)
        self._people = {element: person_of(group) for element, group in groups().items()}
        self._drafter = self._people["draft_letter"]
        self._engine = ProcessEngine(
            database,
            HandlerCatalog(
                answers=dict.fromkeys(_OPERATIONS, operate),
                immediate=dict.fromkeys(SERVED, serve),
                notices={"notice.remind": Reminder()},
            ),
            GroupPositions(),
            SystemClock(),
            DirectQueue(),
            lambda _scope: OFFICE_HOURS,
        )
        self._engine.deploy(source(), forms(), self._drafter)

    def begin(self) -> str:
        """Start a letter; return its instance."""
        return self._engine.start(PROCESS, uuid.uuid4().hex, "office", STARTED, self._drafter)

    def open_task(self, instance: str, element: str) -> str:
        """Return the id of the open task, which must be of the element."""
        (task,) = self._engine.tasks_of(instance)
        if task.element != element:
            raise AssertionError(f"Expected {element}, found {task.element}.")
        return task.id

    def complete(self, task: str, stop: Stop) -> None:
        """Let the person of the lane complete the task: what is measured."""
        element, given = stop
        self._engine.complete_task(task, self._people[element], given)

    def step(self, instance: str, stop: Stop) -> float:
        """Complete the open task; return the seconds it took."""
        task = self.open_task(instance, stop[0])
        began = time.perf_counter()
        self.complete(task, stop)
        return time.perf_counter() - began

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        instance = self.begin()
        seconds = [self.step(instance, stop) for stop in path_with(revisions)]
        check_end(self._engine.instance(instance).data, revisions)
        return seconds

    def state_of(self, instance: str) -> bytes:
        """Return the saved state, the process data in it."""
        row = metadata.tables["instance"].c
        with self.database.reading() as session:
            return bytes(session.execute(select(row.state).where(row.id == instance)).scalar_one())

    def close(self) -> None:
        self.database.close()
