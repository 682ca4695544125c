"""The stage: an office of its own on which the plays are performed, one task after the other."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from engine import (
    Actor,
    InstanceView,
    NodePace,
    OpenTask,
    Refusal,
    Secret,
    WorkerNode,
    migrate_jobs,
)
from handlers.demo import DemoEvent, DemoPlay
from handlers.organisation import HoldingKind, appoint
from handlers.sending import HandDeliveryChannel, OutboxChannel
from webapp.bootstrap import Channels, Office, build_office
from webapp.config import Settings
from webapp.demo import DEMO_PASSPHRASE, prepare_demo
from webapp.migrations import upgrade
from webapp.node import node_of
from webapp.rehearsal.answers import answers_for
from webapp.rehearsal.props import RefusingOnce, StageClock

_PACE = NodePace(poll_seconds=0.05, timer_seconds=0.5, takeover_seconds=5.0)
_OPENING = 2  # hours after midnight UTC: nine in the morning in Java
_PATIENCE = 60.0
_MOST_STEPS = 60


class PlayStopped(RuntimeError):
    """The play did not go on as drawn; the sentence says where and why."""


@dataclass
class Performance:
    """What became of one play."""

    play: DemoPlay
    letter_id: str
    instance_id: str = ""
    path: list[str] = field(default_factory=list)  #: the user tasks in their order
    told: list[str] = field(default_factory=list)  #: sentences of errors the diagram foresees
    late: list[str] = field(default_factory=list)  #: the people who let a deadline pass
    stopped: str = ""  #: why it stopped, if it did


class Stage:
    """An office whose people play."""

    def __init__(self, office: Office, clock: StageClock, channel: RefusingOnce) -> None:
        self.office = office
        self._clock = clock
        self._channel = channel

    def perform(self, play: DemoPlay) -> Performance:
        """Take one letter from its draft to its end; what goes wrong is told, not raised."""
        performance = Performance(play, uuid.uuid4().hex)
        try:
            self._begin(play, performance)
            events = list(play.events)
            for _ in range(_MOST_STEPS):
                task = self._next_task(performance)
                if task is None:
                    return performance
                self._complete(task, play, events, performance)
            performance.stopped = f"Lebih dari {_MOST_STEPS} langkah."
        except (PlayStopped, Refusal) as problem:
            performance.stopped = _sentence(problem)
        return performance

    def _begin(self, play: DemoPlay, performance: Performance) -> None:
        day = date.fromisoformat(str(play.answers["letter_date"]))
        self._clock.set(datetime(day.year, day.month, day.day, _OPENING, tzinfo=UTC))
        self._appoint(play, day)
        self._channel.refuse_once(play.failing)
        actor = self.office.organisation.actor_for(
            play.drafter, play.drafter_position, self._clock.now()
        )
        performance.instance_id = self.office.engine.start(
            play.process_id, performance.letter_id, play.office, play.start_data, actor
        )

    def _appoint(self, play: DemoPlay, day: date) -> None:
        """Have somebody stand in on the day, unless the demo offices know of it already."""
        acting = play.acting
        if acting is None:
            return
        in_charge = self.office.organisation.in_charge(acting["position"], self._clock.now())
        if acting["person"] in {person.id for person in in_charge}:
            return
        with self.office.database.transaction() as session:
            appoint(
                session,
                acting["person"],
                acting["position"],
                kind=cast(HoldingKind, acting["kind"]),
                valid_from=day,
                valid_until=day,
                basis="Penunjukan untuk latihan",
            )

    def _next_task(self, performance: Performance) -> OpenTask | None:
        """Wait until a task is open, or the instance is at its end (``None``)."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if tasks := self.office.engine.tasks_of(performance.instance_id):
                return tasks[0]
            if self._instance(performance).status != "running":
                return None
            for incident in self.office.engine.incidents():
                if incident.instance_id == performance.instance_id:
                    raise PlayStopped(f"{incident.element}: {incident.sentence}")
            time.sleep(0.03)
        raise PlayStopped("Pekerjaan latar tidak selesai pada waktunya.")

    def _complete(
        self, task: OpenTask, play: DemoPlay, events: list[DemoEvent], performance: Performance
    ) -> None:
        event = next((each for each in events if each.element == task.element), None)
        if event is not None:
            events.remove(event)
        self._let_time_pass(task, play, performance)
        answers = answers_for(self.office, task, play, event)
        result = self.office.engine.complete_task(
            task.id,
            self._performer(task),
            answers,
            reason=str(answers.get("reason", "")),
            secret=self._passphrase(task, play, performance, answers),
        )
        performance.path.append(task.element)
        if result.error:
            performance.told.append(result.error)

    def _let_time_pass(self, task: OpenTask, play: DemoPlay, performance: Performance) -> None:
        """Work takes a minute; the first reviewer of a very urgent letter is late."""
        self._clock.advance(timedelta(minutes=1))
        late = play.answers["urgency"] == "sangat_segera" and not performance.late
        if late and performance.path and task.due_at is not None:
            self._clock.set(task.due_at + timedelta(minutes=1))
            self.office.engine.fire_due_timers()
            person = self._performer(task).person
            performance.late.append(person)
            self._until(lambda: self._was_told(person, performance))

    def _was_told(self, person: str, performance: Performance) -> bool:
        notices = self.office.notices.of(person)
        return any(each.letter_id == performance.letter_id for each in notices)

    def _until(self, come_true: Callable[[], bool]) -> bool:
        """Wait for the worker; tell whether it came true in time."""
        deadline = time.monotonic() + _PATIENCE
        while not come_true():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.03)
        return True

    def _performer(self, task: OpenTask) -> Actor:
        now = self._clock.now()
        for position in task.candidates:
            for person in self.office.organisation.in_charge(position, now):
                return self.office.organisation.actor_for(person.id, position, now)
        raise PlayStopped(f"{task.element}: tidak ada pejabat untuk {', '.join(task.candidates)}.")

    def _passphrase(
        self,
        task: OpenTask,
        play: DemoPlay,
        performance: Performance,
        answers: dict[str, object],
    ) -> Secret | None:
        if "consent" not in answers or answers["decision"] != "approve":
            return None
        mistaken = len(performance.told) < play.wrong_passphrases
        return Secret("bukan frasa sandinya" if mistaken else DEMO_PASSPHRASE)

    def _instance(self, performance: Performance) -> InstanceView:
        return self.office.engine.instance(performance.instance_id)


@contextmanager
def stage_on(home: Path, database_url: str, say: Callable[[str], None]) -> Iterator[Stage]:
    """Set up an office in the folder and on the database, with a worker; take it down at the end.

    Raises ``PlayStopped`` when the database holds letters: a rehearsal never plays among them.
    """
    settings = Settings(home=home, database_url=database_url, secret_key=uuid.uuid4().hex)
    clock = StageClock(datetime.now(UTC))
    channel = RefusingOnce(OutboxChannel(home / "outbox", clock))
    office = build_office(
        settings,
        clock=clock,
        channels=Channels(channel, HandDeliveryChannel(home / "hand", clock)),
    )
    upgrade(office.database)
    migrate_jobs(office.database)
    if office.engine.instance_ids():
        raise PlayStopped("Basis data ini berisi surat; latihan memerlukan basis data kosong.")
    say("Menyiapkan dua kantor contoh ...")
    prepare_demo(office)
    node: WorkerNode = node_of(office, _PACE)
    node.start()
    try:
        yield Stage(office, clock, channel)
    finally:
        node.stop(wait_seconds=5, forget=True)
        office.database.close()


def _sentence(problem: Exception) -> str:
    fields = getattr(problem, "fields", None) or getattr(problem, "details", {})
    return f"{problem} {dict(fields)}" if fields else str(problem)
