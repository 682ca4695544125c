"""Moving: puts a running instance on another version of its process, after a dry run, undoably."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.catalog import SYSTEM, Actor
from engine.courses import last_move, past_of, version_told
from engine.database import Database
from engine.definitions import Definition, Deployed
from engine.diagrams import Finding, Rehosting, Walk
from engine.errors import MoveBlocked, NothingToUndo, ReasonMissing
from engine.history import HistoryEvent, Kind, events_of, read_rows
from engine.instances import (
    COMPLETED,
    InstanceRow,
    InstanceView,
    change_definition,
    find_moved,
    instance_row,
    lock_instance,
)
from engine.services import Circumstances, Parts, Services
from engine.steps import Step
from engine.tasks import set_due, task_id_of


@dataclass(frozen=True)
class OpenPlace:
    """Something that is open in an instance, or armed at the edge of what is."""

    element: str
    occurrence: int
    name: str  #: in the version that the instance follows
    kind: str  #: task, job, timer or message; else the type of the element
    due: datetime | None = None


@dataclass(frozen=True)
class MovePreview:
    """What a move comes to, found before anything moves."""

    instance_id: str
    source: Definition
    target: Definition
    places: tuple[OpenPlace, ...]
    findings: tuple[Finding, ...]  #: errors block, warnings tell what changes
    undoes: int = 0  #: number of the event that is undone; 0: none

    @property
    def blockers(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == "error")

    @property
    def consequences(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == "warning")


@dataclass(frozen=True)
class Moves:
    """Looks at moves, makes them and undoes them; nothing moves by itself."""

    database: Database
    parts: Parts

    def preview(self, instance_id: str, definition_id: str) -> MovePreview:
        """Return what a move would come to; reads only.

        Raises ``UnknownInstance`` and ``UnknownDefinition``.
        """
        with self.database.reading() as session:
            row = instance_row(session, instance_id)
            return self._plan(session, row, definition_id).preview

    def move(self, instance_id: str, definition_id: str, actor: Actor, reason: str) -> MovePreview:
        """Let the instance go on along another version of its process.

        Tasks keep their ids, claims and data, timers their due times, jobs their keys. Raises
        ``MoveBlocked`` with ``details["findings"]``, ``ReasonMissing``, ``UnknownInstance``,
        ``UnknownDefinition``.
        """
        with self.database.transaction() as session:
            row = lock_instance(session, instance_id)
            return self._carry_out(session, self._plan(session, row, definition_id), actor, reason)

    def preview_undo(self, instance_id: str) -> MovePreview:
        """Return what undoing the last move would come to. Raises ``NothingToUndo``."""
        with self.database.reading() as session:
            return self._plan_back(session, instance_row(session, instance_id)).preview

    def undo(self, instance_id: str, actor: Actor, reason: str) -> MovePreview:
        """Move the instance back to where its last move took it from, if nothing blocks that.

        Steps taken since are kept. Raises ``NothingToUndo`` and what ``move`` raises.
        """
        with self.database.transaction() as session:
            plan = self._plan_back(session, lock_instance(session, instance_id))
            return self._carry_out(session, plan, actor, reason)

    def moved_to(self, definition_id: str) -> list[InstanceView]:
        """Return the running instances that follow this version but began on another one."""
        with self.database.reading() as session:
            return find_moved(session, definition_id)

    def _plan_back(self, session: Session, row: InstanceRow) -> _Plan:
        events = events_of(read_rows(session, row.id))
        made = last_move(events)
        if made is None:
            raise NothingToUndo(instance_id=row.id)
        return self._plan(session, row, str(made.details["from"]["id"]), events, made)

    def _plan(
        self,
        session: Session,
        row: InstanceRow,
        definition_id: str,
        events: Sequence[HistoryEvent] | None = None,
        undone: HistoryEvent | None = None,
    ) -> _Plan:
        definitions = self.parts.definitions
        source = definitions.deployed(session, row.definition_id)
        target = definitions.deployed(session, definition_id)
        at = self.parts.clock.now()
        walk = source.diagram.resume(row.state)
        refused = _out_of_the_question(row, source.definition, target.definition)
        if refused is not None:
            return _Plan(row, source, target, walk, Rehosting((refused,)), at)
        if events is None:
            events = events_of(read_rows(session, row.id))
        past = past_of(events, undone.details.get("armed", ()) if undone else ())
        host = self._host(session, row, target, at)
        rehosting = source.diagram.rehost(row.state, target.diagram, host, past)
        return _Plan(row, source, target, walk, rehosting, at, undone.sequence if undone else 0)

    def _host(self, session: Session, row: InstanceRow, target: Deployed, at: datetime) -> Services:
        circumstances = Circumstances(
            instance_id=row.id,
            business_key=row.business_key,
            scope=row.scope,
            process_id=target.definition.process_id,
            actor=SYSTEM,
            at=at,
        )
        return Services(session, self.parts, target, circumstances)

    def _carry_out(self, session: Session, plan: _Plan, actor: Actor, reason: str) -> MovePreview:
        if not reason.strip():
            raise ReasonMissing
        preview, walk = plan.preview, plan.rehosting.walk
        if walk is None:
            raise MoveBlocked(instance_id=plan.row.id, findings=preview.blockers)
        step = _Crossing(session, self.parts, plan, walk, actor)
        _keep_due(session, plan, walk)
        step.account.record(Kind.INSTANCE_MOVED, reason=reason.strip(), details=plan.told(walk))
        step.save()
        change_definition(session, plan.row.id, plan.target.definition.id)
        return preview


@dataclass(frozen=True)
class _Plan:
    """A move that was thought through."""

    row: InstanceRow
    source: Deployed
    target: Deployed
    walk: Walk  #: as it stands
    rehosting: Rehosting
    at: datetime
    undoes: int = 0

    @property
    def preview(self) -> MovePreview:
        forms = () if self.rehosting.walk is None else _other_forms(self)
        return MovePreview(
            self.row.id,
            self.source.definition,
            self.target.definition,
            tuple(_places(self.walk, self.source)),
            tuple(dict.fromkeys((*self.rehosting.findings, *forms))),
            self.undoes,
        )

    def told(self, walk: Walk) -> dict[str, Any]:
        """Return what the history tells of the move."""
        due = {each.id: each.due for each in walk.waiting() if each.due is not None}
        armed = {
            each: due[each].isoformat() if each in due else "" for each in self.rehosting.armed
        }
        more = {"armed": armed, "dropped": list(self.rehosting.dropped), "undoes": self.undoes}
        return {
            "from": version_told(self.source.definition),
            "to": version_told(self.target.definition),
            **{name: value for name, value in more.items() if value},
        }


class _Crossing(Step):
    """The step with which an instance goes on along another version."""

    def __init__(
        self, session: Session, parts: Parts, plan: _Plan, walk: Walk, actor: Actor
    ) -> None:
        row = replace(plan.row, definition_id=plan.target.definition.id)
        super().__init__(session, parts, row, actor, at=plan.at)
        self._walk = walk
        self._standing = {each.id: each for each in plan.walk.waiting()}


def _places(walk: Walk, source: Deployed) -> list[OpenPlace]:
    elements = source.diagram.elements
    waiting = {(each.element, each.occurrence): each for each in walk.waiting()}
    found = []
    for element, occurrence in sorted(walk.open | waiting.keys()):
        each, drawn = waiting.get((element, occurrence)), elements[element]
        kind, due = (each.kind, each.due) if each else (drawn.type, None)
        found.append(OpenPlace(element, occurrence, drawn.name, kind, due))
    return found


def _other_forms(plan: _Plan) -> list[Finding]:
    """Tell which open tasks show another form under the same key."""
    found = []
    for each in plan.walk.waiting():
        old, new = (d.diagram.elements.get(each.element) for d in (plan.source, plan.target))
        if old is None or new is None or not old.form_key or old.form_key != new.form_key:
            continue
        if plan.source.form(old.form_key) != plan.target.form(new.form_key):
            found.append(
                Finding(
                    each.element,
                    "form-changed",
                    f"Formulir «{new.name}» berubah; tugas yang terbuka memakai yang baru.",
                    f'The form of "{new.name}" was changed; the open task has the new one.',
                    "warning",
                )
            )
    return found


def _keep_due(session: Session, plan: _Plan, walk: Walk) -> None:
    """A task without a limit takes that of a timer armed now, and loses it with that timer."""
    before, after = plan.walk.waiting(), walk.waiting()
    elements = {**plan.source.diagram.elements, **plan.target.diagram.elements}
    tasks: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for each in after:
        if each.kind == "task":
            task_id = task_id_of(plan.row.id, each.element, each.occurrence)
            tasks[each.element, each.whole].append(task_id)
    for waiting, changed in ((before, plan.rehosting.dropped), (after, plan.rehosting.armed)):
        timers = [(each.due, each) for each in waiting if each.due and each.id in changed]
        for due, each in sorted(timers, key=lambda timer: timer[0]):
            for task_id in tasks[elements[each.element].attached_to, each.occurrence]:
                set_due(session, task_id, due, lost=waiting is before)


def _out_of_the_question(
    row: InstanceRow, source: Definition, target: Definition
) -> Finding | None:
    if row.status == COMPLETED:
        return Finding(
            "", "completed", "Alur surat ini sudah selesai.", "This instance has come to its end."
        )
    if source.process_id != target.process_id:
        return Finding(
            "",
            "other-process",
            f"Versi itu milik alur kerja «{target.name}».",
            f'That version is one of process "{target.name}".',
        )
    if source.id == target.id:
        return Finding(
            "",
            "same-version",
            f"Surat ini sudah mengikuti versi {target.version}.",
            f"This instance follows version {target.version} already.",
        )
    return None
