"""Letters on random walks are moved to diagrams with random edits, and their books stay true."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, SmallOffice, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Actor, Database, MoveBlocked, NothingToUndo

OWNER = Actor("owner", "Owner")
#: Edits that never stand in the way of a letter, wherever it is.
HARMLESS = ("insert", "limit")
EDITS = (*HARMLESS, "drop", "widen", "unlimit")


@dataclass(frozen=True)
class Sop:
    """Stages one after the other; a stage is one task, or several side by side."""

    stages: tuple[tuple[str, ...], ...]
    limits: dict[str, int] = field(default_factory=dict)  #: minutes

    @property
    def tasks(self) -> list[str]:
        return [name for stage in self.stages for name in stage]

    def drawn(self) -> DiagramBuilder:
        """The letter goes back to the first stage as often as somebody wants."""
        builder = DiagramBuilder().start().decide("entry", f"to_{_gate(self.stages[0])}")
        builder.flow("begin", "entry")
        before = "entry"
        for stage in self.stages:
            before = self._stage(builder, stage, before)
        builder.decide("choice", "onwards").end().flow(before, "choice", name="to_choice")
        builder.flow("choice", "done", name="onwards")
        return builder.flow("choice", "entry", "again = true")

    def _stage(self, builder: DiagramBuilder, stage: tuple[str, ...], before: str) -> str:
        for name in stage:
            if name.startswith("job"):
                builder.service(name, "letter.send")
            else:
                builder.user(name, "drafter", outputs="again", separateFrom="")
            if name in self.limits:
                builder.timer(f"late_{name}", name, f"PT{self.limits[name]}M").end(f"told_{name}")
                builder.service(f"tell_{name}", "notice.remind")
                builder.path(f"late_{name}", f"tell_{name}", f"told_{name}")
        gate = _gate(stage)
        builder.flow(before, gate, name=f"to_{gate}")
        if len(stage) == 1:
            return gate
        builder.parallel(gate).parallel(f"join_{stage[0]}")
        for name in stage:
            builder.path(gate, name, f"join_{stage[0]}")
        return f"join_{stage[0]}"

    def edited(self, edit: str, number: int, new: str) -> Sop:
        stages, where = list(self.stages), number % len(self.stages)
        name = self.tasks[number % len(self.tasks)]
        if edit == "insert":
            stages.insert(number % (len(stages) + 1), (new,))
        elif edit == "limit" and not name.startswith("job"):
            return replace(self, limits={**self.limits, name: 30 + number % 90})
        elif edit == "drop" and len(stages) > 1:
            del stages[where]
        elif edit == "widen":
            stages[where] = (*stages[where], new)
        elif edit == "unlimit":
            return replace(self, limits={each: at for each, at in self.limits.items() if at % 2})
        return replace(self, stages=tuple(stages))


def _gate(stage: tuple[str, ...]) -> str:
    return stage[0] if len(stage) == 1 else f"split_{stage[0]}"


FIRST = Sop((("draft",), ("left", "right", "job_a"), ("review",), ("job_b",)), {"review": 60})


class Walker:
    """One letter, and whoever does something with it."""

    def __init__(self, office: SmallOffice) -> None:
        self.office, self.engine = office, office.engine
        self.sops = {self.deploy(FIRST): FIRST}
        self.letter = self.engine.start("letter", "l", "office", {}, DRAFTER)
        self.moves = 0

    def deploy(self, sop: Sop) -> str:
        return self.engine.deploy(sop.drawn().source(), FORMS, OWNER).id

    @property
    def sop(self) -> Sop:
        return self.sops[self.engine.instance(self.letter).definition_id]

    def do(self, number: int, *, again: bool) -> None:
        """One of all that may happen now."""
        tasks = self.engine.tasks_of(self.letter)
        ways: list[Any] = [
            *(lambda id=each.id: self.engine.complete_task(id, DRAFTER, {"again": again})
              for each in tasks),
            self.office.run_jobs,
            self.be_late,
        ]  # fmt: skip
        ways[number % len(ways)]()

    def be_late(self) -> None:
        self.office.clock.pass_time(hours=3)
        self.engine.fire_due_timers()

    def edit(self, edit: str, number: int) -> None:
        self.moves += 1
        sop = self.sop.edited(edit, number, f"{'job' if number % 3 == 0 else 'task'}_{self.moves}")
        target = self.deploy(sop)
        self.sops[target] = sop
        before = (self.engine.history(self.letter), self.engine.tasks_of(self.letter))
        told = self.engine.moves.preview(self.letter, target)
        if target == self.engine.instance(self.letter).definition_id:
            return
        assert not (edit in HARMLESS and told.blockers)
        try:
            self.engine.moves.move(self.letter, target, OWNER, "SOP berubah.")
        except MoveBlocked:
            assert told.blockers
            after = (self.engine.history(self.letter), self.engine.tasks_of(self.letter))
            assert after == before
            return
        assert not told.blockers
        kept = [(each.id, each.opened_at) for each in before[1]]
        after_it = self.engine.tasks_of(self.letter)
        assert sorted((each.id, each.opened_at) for each in after_it) == sorted(kept)
        dues = {each.id: each.due_at for each in after_it}
        assert all(each.due_at in (None, dues[each.id]) for each in before[1])

    def undo(self) -> None:
        try:
            self.engine.moves.undo(self.letter, OWNER, "Keliru.")
        except (MoveBlocked, NothingToUndo):
            return

    def check(self) -> None:
        assert self.engine.verify_instance(self.letter) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("do"), st.integers(0, 30), st.booleans()),
        st.tuples(st.sampled_from(EDITS), st.integers(0, 1000), st.none()),
        st.tuples(st.just("undo"), st.none(), st.none()),
    ),
    min_size=4,
    max_size=24,
)


@settings(
    max_examples=25, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_a_letter_that_is_moved_at_random_keeps_true_books(
    sqlite_database: Database, steps: list[tuple[str, Any, Any]]
) -> None:
    office = SmallOffice(
        sqlite_database, queued={"letter.send": World()}, notices={"notice.remind": World()}
    )
    walker = Walker(office)
    for what, number, again in steps:
        if walker.engine.instance(walker.letter).status == "completed":
            break
        if what == "do":
            walker.do(number, again=again)
        elif what == "undo":
            walker.undo()
        else:
            walker.edit(what, number)
        walker.check()

    for _ in range(100):
        if walker.engine.instance(walker.letter).status == "completed":
            break
        office.run_jobs()
        for task in walker.engine.tasks_of(walker.letter):
            walker.engine.complete_task(task.id, DRAFTER, {"again": False})
    assert walker.engine.instance(walker.letter).status == "completed"
    walker.check()
