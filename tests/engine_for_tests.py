"""A small office for tests of the engine: its clock, its people, its handlers, its process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from diagrams_for_tests import DiagramBuilder
from sqlalchemy.orm import Session

from engine import (
    Actor,
    Database,
    DirectQueue,
    HandlerCatalog,
    JobQueue,
    ProcessEngine,
    RouteRequest,
    Secret,
    StepCall,
    Stop,
    Topic,
    WorkingCalendar,
)

#: A Thursday, 09:00 in Surabaya.
MORNING = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)

DRAFTER = Actor("ani", "Ani", "staff", positions=frozenset({"staff"}))
HEAD = Actor("budi", "Budi", "head", positions=frozenset({"head"}))
OTHER_HEAD = Actor("citra", "Citra", "head", "Plh. Kepala", positions=frozenset({"head"}))
OFFICER = Actor("dewi", "Dewi", "officer", positions=frozenset({"officer"}))

FORMS = {"form": '{"type": "default", "components": []}'}


class SetClock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **amount: float) -> None:
        self.at += timedelta(**amount)


class Positions:
    """Routes a group to the position of the same meaning; a vacant one to nobody."""

    def __init__(self) -> None:
        self.of = {"drafter": ("staff",), "head": ("head",), "officer": ("officer",)}

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return tuple(
            position for group in request.candidate_groups for position in self.of.get(group, ())
        )


class World:
    """A queued handler whose outside world a test directs."""

    def __init__(self, **outputs: Any) -> None:
        self.outputs = outputs
        self.calls: list[StepCall] = []
        self.recorded: list[StepCall] = []
        self.fails: list[Exception] = []

    def perform(self, call: StepCall) -> Mapping[str, Any]:
        self.calls.append(call)
        if self.fails:
            raise self.fails.pop(0)
        return {"receipt": f"of {call.key}"}

    def record(
        self, call: StepCall, outcome: Mapping[str, Any], session: Session
    ) -> Mapping[str, Any]:
        self.recorded.append(call)
        return self.outputs


class SigningWorld(World):
    """An attended handler that knows one passphrase."""

    passphrase = "gatotkaca-1945"

    def __init__(self, **outputs: Any) -> None:
        super().__init__(**outputs)
        self.while_signing: Callable[[], None] = lambda: None
        self.remembered: Mapping[str, Any] | None = None

    def perform(self, call: StepCall, secret: Secret | None = None) -> Mapping[str, Any]:
        assert secret is not None
        given = secret.reveal_once()
        self.while_signing()
        super().perform(call)
        return {"signed": given == self.passphrase}

    def recall(self, call: StepCall) -> Mapping[str, Any] | None:
        return self.remembered


class SmallOffice:
    """The parts of an engine on a database; each is there for the test to touch."""

    def __init__(
        self, database: Database, queue: JobQueue | None = None, **catalog: Mapping[str, Any]
    ) -> None:
        self.database = database
        self.clock = SetClock()
        self.positions = Positions()
        self.queue = DirectQueue()
        names = [topic for part in catalog.values() for topic in part]
        self.told: list[Stop] = []  #: what operators were told of
        self.catalog = HandlerCatalog(
            **catalog,
            stopped=lambda stop, _session: self.told.append(stop),
            topics={name: Topic(name, name) for name in names},
        )
        self.engine = self.another_engine(queue)

    def another_engine(
        self, queue: JobQueue | None = None, database: Database | None = None
    ) -> ProcessEngine:
        """An engine on the same books, as another process would have it."""
        return ProcessEngine(
            database or self.database,
            self.catalog,
            self.positions,
            self.clock,
            queue or self.queue,
            lambda scope: CALENDAR,
        )

    def begin(
        self, diagram: DiagramBuilder, data: Mapping[str, Any] | None = None, actor: Actor = DRAFTER
    ) -> str:
        """Deploy the diagram and start one instance."""
        deployed = self.engine.deploy(diagram.source(), FORMS, DRAFTER)
        return self.engine.start(deployed.process_id, "letter-1", "office", data or {}, actor)

    def task(self, instance_id: str, element: str = "") -> str:
        """The id of the one open task, or of the one at the element."""
        tasks = self.engine.tasks_of(instance_id)
        [found] = [each.id for each in tasks if element in ("", each.element)]
        return found

    def kinds(self, instance_id: str) -> list[tuple[str, str]]:
        return [(each.kind.value, each.element) for each in self.engine.history(instance_id)]

    def run_jobs(self) -> int:
        return self.queue.run_pending(self.engine)


_MORNING_SHIFT = (time(7, 30), time(12, 0))
_SHIFTS = {day: (_MORNING_SHIFT, (time(13, 0), time(16, 0))) for day in range(4)}
CALENDAR = WorkingCalendar(
    "Asia/Jakarta",
    {**_SHIFTS, 4: ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))},
    frozenset({date(2026, 12, 25)}),
)


def review_loop() -> DiagramBuilder:
    """Draft, review, and back again until the head approves."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .user("review", "head", operation="letter.review", outputs="decision")
        .decide("approved", "review_returned")
        .end()
        .path("begin", "draft", "review", "approved")
        .flow("approved", "done", 'decision = "approve"')
        .flow("approved", "draft", name="review_returned")
    )


def sending() -> DiagramBuilder:
    """Draft, send by a job, confirm; a failed sending leads back to the draft."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", operation="letter.draft")
        .service("send", "letter.send", {"to": "=recipient", "note": "biasa"}, hint="h")
        .error("failed", "send", "SENDING_FAILED")
        .user("confirm", "officer")
        .end()
        .path("begin", "draft", "send", "confirm", "done")
        .flow("failed", "draft")
    )


def at_the_sending(office: SmallOffice) -> str:
    """Begin a letter and draft it: the job that sends it is queued."""
    letter = office.begin(sending(), {"recipient": "camat"})
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    return letter


def pass_on(call: StepCall, session: Session) -> Mapping[str, Any]:
    """An operation that keeps only the decision."""
    return {key: call.answers[key] for key in ("decision",) if key in call.answers}


REVIEWING = {"answers": {"letter.draft": pass_on, "letter.review": pass_on}}


def escalating() -> DiagramBuilder:
    """A draft that is taken away after an hour and told to somebody above."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .timer("late", "draft", "PT1H", interrupting=True)
        .service("escalate", "letter.escalate")
        .end("escalated")
        .end()
        .path("begin", "draft", "done")
        .path("late", "escalate", "escalated")
    )


def nobody_to_tell(call: StepCall, session: Session) -> Mapping[str, Any]:
    """Fail at ``letter.escalate``."""
    raise ValueError("no chief today")
