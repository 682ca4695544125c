"""A random walk through the real engine: after every step the books are opened anew and compared.

Four accounts of one instance must agree: the state that was stored, a walk that was never stored,
the fold of the history, and the reference interpreter.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from engine_for_tests import DRAFTER, SmallOffice
from oracle.reference_interpreter import Reference
from oracle.reference_moving import move
from oracle.world import SENTENCE, Host, Published, service
from sqlalchemy import bindparam, delete, or_, select

from engine import MoveBlocked, TaskNotOpen
from engine.diagrams import Past, Walk
from engine.history import HistoryEvent, Kind, events_of
from engine.prepared import Prepared
from engine.replay import PASSED
from engine.tables import history, instance, job, task, timer, timer_start

BEGINNING: dict[str, Any] = {"letter": 1, "items": ["x", "y", "z"]}
_ASKED = (Kind.JOB_QUEUED, Kind.MESSAGE_THROWN)
_MOVEMENTS = {kind: name for name, kind in PASSED.items()}


@dataclass(frozen=True)
class Kept:
    """What the books say of the instance."""

    row: dict[str, Any]
    tasks: set[str]
    timers: set[str]
    fresh: list[HistoryEvent]


class WalkInTheBooks:
    """One instance of a random diagram in the engine, beside its reference."""

    def __init__(self, office: SmallOffice, published: Published, chance: random.Random) -> None:
        self._version, self._versions = published, (published, *published.others)
        self._moves: list[tuple[Published, list[str]]] = []  #: from where, and what was armed
        self._entered: set[str] = set()
        self._office = office
        self._engine = office.engine
        self._chance = chance
        self._diagram = self._engine.diagram(published.definition.id)
        self._told = 0
        self._folded: set[tuple[str, int]] = set()
        self._data: Mapping[str, Any] = {}
        self._spent: list[str] = []
        self._key = uuid.uuid4().hex
        self._sent: defaultdict[str, list[int]] = defaultdict(list)  #: messages nobody received
        start, data = self._start()
        self._host = Host(office.clock, published.drawn.tables)
        self._reference = Reference(published.drawn, service, data, start)
        self._unstored = self._diagram.begin(data, start)
        self._passed = self._unstored.advance(self._host)
        self._compare()

    @property
    def ended(self) -> bool:
        return not self._reference.waiting

    def step(self, number: int) -> None:
        """Give one random command, and compare all accounts of what came of it."""
        if self._chance.random() < 0.05:
            self._move()
            self._compare()
            return
        self._make_noise()
        waiting_id, kind = self._chance.choice(sorted(self._reference.waiting))
        if kind == "task":
            self._complete(waiting_id, number)
        elif kind == "timer":
            self._fire()
        elif kind == "message":
            self._publish(waiting_id, number)
        elif self._chance.random() < 0.3:
            self._throw(waiting_id)
        else:
            self._answer(waiting_id, number)
        self._passed = [] if kind == "message" else self._unstored.advance(self._host)
        self._compare()

    def close(self) -> None:
        """Verify the whole, and take the timers away: they must not ring during the next walk."""
        found = self._engine.verify_instance(self.id)
        assert found == [], found
        assert self._engine.reexecute(self.id).state == self._unstored.freeze()
        last = self._engine.replay(self.id)[-1]
        assert set(last.open) == self._folded
        assert last.data == self._data
        with self._office.database.transaction() as session:
            session.execute(delete(timer).where(timer.c.instance_id == self.id))

    def _start(self) -> tuple[str, dict[str, Any]]:
        """Begin in one of the ways that are drawn; a moment that has come is not passed over."""
        beginning = {**BEGINNING, "reference": f"of {self._key}"}
        start = self._chance.choice(
            [each for each in self._diagram.starts if each.event != "timer"]
        )
        with self._office.database.reading() as session:
            timed = _TIMED.rows(session, {})
        if timed:
            [moment] = timed
            self._office.clock.at, self._key = moment["due_at"], moment["due_at"].isoformat()
            assert self._engine.fire_due_timers(limit=1) == 1
            [begun] = self._engine.instances(business_key=self._key)
            self.id = begun.id
            return moment["element"], {}
        if start.event == "message":
            [self.id] = self._engine.publish_message("opening", self._key, beginning, DRAFTER)
        else:
            self.id = self._engine.start("p", self._key, "office", beginning, DRAFTER)
        return start.id, beginning

    # Commands: to the engine, to the walk that is never stored, and to the reference.

    def _complete(self, waiting_id: str, number: int) -> None:
        chance = self._chance
        answers = {
            "pick": chance.choice("aaaaaabc"),
            "fail": chance.random() < 0.4,
            "one": chance.choice(["a", "b"]),
            "two": chance.choice(["a", "b"]),
            "k": number,
        }
        self._engine.complete_task(self._task_id(waiting_id), DRAFTER, answers)
        self._unstored.complete(waiting_id, answers)
        self._reference.complete(waiting_id, answers)
        self._spent.append(self._task_id(waiting_id))

    def _answer(self, waiting_id: str, number: int) -> None:
        outputs = {"answer": number}
        key = self._job_key(waiting_id)
        with self._office.database.transaction() as session:
            assert self._engine.finish_job(session, key, outputs)
        with self._office.database.transaction() as session:
            assert not self._engine.finish_job(session, key, {"answer": "again"})
        self._unstored.answer(waiting_id, outputs)
        self._reference.complete(waiting_id, outputs)

    def _throw(self, waiting_id: str) -> None:
        code = self._chance.choice(["E1", "E2"])
        payload = {"error": {"code": code, "sentence": SENTENCE}}
        with self._office.database.transaction() as session:
            key = self._job_key(waiting_id)
            assert self._engine.business_error(session, key, code, SENTENCE)
        caught = self._unstored.throw_error(waiting_id, code, payload)
        assert caught == self._reference.throw(waiting_id, code, payload)
        stopped = [each for each in self._engine.incidents() if each.instance_id == self.id]
        assert len(stopped) == (0 if caught else 1)
        for each in stopped:
            self._engine.retry_incident(each.id, DRAFTER)

    def _fire(self) -> None:
        due, waiting_id = min((w.due, w.id) for w in self._unstored.waiting() if w.due is not None)
        self._office.clock.at = max(due, self._office.clock.at)
        assert self._engine.fire_due_timers(limit=1) == 1
        self._unstored.fire_timer(waiting_id)
        self._reference.fire(waiting_id)

    def _publish(self, waiting_id: str, number: int) -> None:
        """Send a message; who of those that wait for it receives it is the engine's choice."""
        correlation = self._correlation(waiting_id)
        self._sent[correlation].append(number)
        payload = {"told": number, "aside": "?"}
        reached = self._engine.publish_message("reply", correlation, payload, DRAFTER)
        assert reached == [self.id]

    def _receive(self, told: HistoryEvent) -> None:
        """A message has come, sent just now or before anybody waited for it."""
        waiting_id = f"{told.element}#{told.occurrence}"
        payload = dict(told.details["outputs"])
        self._sent[self._correlation(waiting_id)].remove(payload["told"])
        self._unstored.deliver(waiting_id, payload)
        self._reference.fire(waiting_id, payload)
        self._passed += self._unstored.advance(self._host)

    def _correlation(self, waiting_id: str) -> str:
        refers = self._reference.drawing.property(waiting_id.partition("#")[0], "correlationKey")
        return f"of {self._key}" if refers else self._key

    def _move(self) -> None:
        """Go on along another version, or back to the one before, if nothing blocks that."""
        moves, chance = self._engine.moves, self._chance
        before, self._passed = self._kept(), []
        if undone := bool(self._moves) and chance.random() < 0.4:
            target, droppable = self._moves[-1]
            preview, go = moves.preview_undo(self.id), partial(moves.undo, self.id)
        else:
            target, droppable = chance.choice(self._versions), []
            if target is self._version:
                return
            preview = moves.preview(self.id, target.definition.id)
            go = partial(moves.move, self.id, target.definition.id)
        became = move(self._reference, target.drawn, droppable)
        assert {each.element for each in preview.blockers} == became.blocks, preview.blockers
        if became.blocks:
            with pytest.raises(MoveBlocked):
                go(DRAFTER, "SOP berubah.")
            assert self._kept() == before
            return
        go(DRAFTER, "SOP berubah.")
        told = self._kept().fresh[0].details
        assert set(told.get("armed", ())) == became.armed
        assert set(told.get("dropped", ())) == became.dropped
        self._follow(target, Past(frozenset(self._entered), frozenset(droppable)))
        if undone:
            self._moves.pop()
        else:
            self._moves.append((self._version, sorted(became.armed)))
        self._version = target

    def _follow(self, target: Published, past: Past) -> None:
        self._host.tables = target.drawn.tables
        diagram = self._engine.diagram(target.definition.id)
        rehosted = self._diagram.rehost(self._unstored.freeze(), diagram, self._host, past)
        assert rehosted.walk is not None
        self._unstored, self._diagram, self._passed = rehosted.walk, diagram, []

    def _make_noise(self) -> None:
        """Do what must not move a token."""
        chosen = self._chance.random()
        waiting = [name for name, kind in sorted(self._reference.waiting) if kind == "task"]
        if chosen < 0.1 and self._spent:
            with pytest.raises(TaskNotOpen):
                self._engine.complete_task(self._chance.choice(self._spent), DRAFTER, {})
        elif chosen < 0.2 and waiting:
            self._engine.claim(self._task_id(waiting[0]), DRAFTER)
        elif chosen < 0.25 and waiting:
            self._engine.release(self._task_id(waiting[0]), DRAFTER)
        elif chosen < 0.28:
            self._publish_early()

    def _publish_early(self) -> None:
        """Send a message that nobody waits for; it is kept."""
        correlation = self._chance.choice([self._key, f"of {self._key}"])
        waiting = [name for name, kind in self._reference.waiting if kind == "message"]
        if correlation not in map(self._correlation, waiting):
            number = -len(self._spent)
            self._sent[correlation].append(number)
            payload = {"told": number}
            assert self._engine.publish_message("reply", correlation, payload, DRAFTER) == []

    # Comparing

    def _compare(self) -> None:
        reference, kept = self._reference, self._kept()
        for each in kept.fresh:
            if each.kind is Kind.MESSAGE_DELIVERED:
                self._receive(each)
        assert kept.row["state"] == self._unstored.freeze()
        again = self._diagram.resume(kept.row["state"])
        assert again.freeze() == kept.row["state"]
        self._compare_walk(again, reference)
        self._compare_history(kept.fresh, reference)
        waiting = reference.waiting
        received = [self._correlation(name) for name, kind in waiting if kind == "message"]
        assert not any(self._sent[each] for each in received)
        assert kept.tasks == {self._task_id(name) for name, kind in waiting if kind == "task"}
        assert kept.timers == {name for name, kind in waiting if kind == "timer"}
        assert (kept.row["status"] == "completed") == reference.completed

    def _compare_walk(self, walk: Walk, reference: Reference) -> None:
        assert {(each.id, each.kind) for each in walk.waiting()} == reference.waiting
        assert walk.open == reference.open
        assert walk.completed == reference.completed
        assert walk.data == reference.data

    def _compare_history(self, fresh: list[HistoryEvent], reference: Reference) -> None:
        """Fold what is new onto what was folded; ``close`` folds the whole once more."""
        moved: list[tuple[str, str, int]] = []
        for told in fresh:
            place = (told.element, told.occurrence)
            if told.kind is Kind.ELEMENT_ENTERED:
                assert place not in self._folded
                self._folded.add(place)
                self._entered.add(f"{told.element}#{told.occurrence}")
            elif told.kind in (Kind.ELEMENT_LEFT, Kind.ELEMENT_CANCELLED):
                self._folded.remove(place)
            if told.kind in _MOVEMENTS:
                moved.append((_MOVEMENTS[told.kind], *place))
            self._data = told.data_after or self._data
        self._told = fresh[-1].sequence if fresh else self._told
        assert moved == [tuple(each) for each in self._passed]
        assert Counter(moved) == reference.new_passages()
        asked = [each for each in fresh if each.kind in _ASKED and "~" not in each.details["job"]]
        assert {(each.element, each.occurrence) for each in asked} == reference.new_requests()
        assert self._folded == reference.open
        assert self._data == reference.data

    def _kept(self) -> Kept:
        with self._office.database.reading() as session:
            wanted = {"wanted": self.id}
            return Kept(
                _INSTANCE.rows(session, wanted)[0],
                {row["id"] for row in _TASKS.rows(session, wanted)},
                {row["waiting_id"] for row in _TIMERS.rows(session, wanted)},
                events_of(_FRESH.rows(session, {**wanted, "told": self._told})),
            )

    def _task_id(self, waiting_id: str) -> str:
        return f"{self.id}.{waiting_id.replace('#', '.')}"

    def _job_key(self, waiting_id: str) -> str:
        with self._office.database.reading() as session:
            [found] = _JOB.rows(session, {"wanted": self.id, "waiting": waiting_id})
        return str(found["key"])


_TIMED = Prepared(select(timer_start.c.element, timer_start.c.due_at))
_INSTANCE = Prepared(select(instance).where(instance.c.id == bindparam("wanted")))
_FRESH = Prepared(
    select(history)
    .where(history.c.instance_id == bindparam("wanted"), history.c.sequence > bindparam("told"))
    .order_by(history.c.sequence)
)
_TASKS = Prepared(select(task.c.id).where(task.c.instance_id == bindparam("wanted")))
_TIMERS = Prepared(select(timer.c.waiting_id).where(timer.c.instance_id == bindparam("wanted")))
_JOB = Prepared(
    select(job.c.key).where(
        job.c.instance_id == bindparam("wanted"),
        job.c.waiting_id == bindparam("waiting"),
        or_(job.c.state == "queued", job.c.state == "running"),
    )
)


def random_walk(office: SmallOffice, published: Published, seed: int, longest: int) -> int:
    """Walk at most so many steps through the diagram; return how many were walked."""
    walk = WalkInTheBooks(office, published, random.Random(seed))  # noqa: S311  # not secret
    for number in range(longest):
        if walk.ended:
            walk.close()
            return number
        walk.step(number)
    walk.close()
    return longest
