"""Verification: finds every way in which the books of an instance disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, sha256_of
from engine.courses import definitions_of
from engine.definitions import Definition, Definitions, unchanged
from engine.diagrams import Walk
from engine.errors import HistoryBroken, UnknownDefinition
from engine.history import NO_HASH, HistoryEvent, Kind, events_of, read_rows, step_hash
from engine.instances import COMPLETED, InstanceRow, instance_row
from engine.job_rows import WANTED
from engine.reexecution import Versions, reexecute
from engine.replay import frames_of
from engine.separation import performed
from engine.tables import incident, job, message, message_subscription, task, task_offer, timer
from engine.tasks import task_id_of


@dataclass(frozen=True)
class Problem:
    """Something that does not add up."""

    instance_id: str
    rule: str  #: edited, chain, gap, tail, definition, fold, reenactment, state or projection
    sequence: int | None  #: number of the event, where one is meant
    message: str  #: Indonesian
    message_en: str


def verify_instance(session: Session, definitions: Definitions, instance_id: str) -> list[Problem]:
    """Return all problems of one instance; reads only. Raises ``UnknownInstance``.

    Whoever may write all tables can forge the history together with the head that the instance
    keeps; against that, heads must be kept elsewhere.
    """
    row = instance_row(session, instance_id)
    rows = read_rows(session, instance_id)
    check = _Check(instance_id)
    problems = [*check.chain(rows), *check.tail(row, rows)]
    problems += check.definition(session, definitions, row, rows)
    if any(problem.rule == "definition" for problem in problems):
        return problems  # on a diagram that is not the deployed one nothing else can be said
    try:
        events = events_of(rows)
        deployed = definitions.deployed(session, row.definition_id)
        walk = deployed.diagram.resume(row.state)
    except Exception as error:  # whatever a forged row breaks is a finding, not a failure of ours
        return [*problems, check.unreadable(error)]
    problems += check.fold(events, walk)
    problems += check.reenactment(partial(definitions.deployed, session), row, events)
    problems += [*check.row(row, walk), *check.origin(row, events)]
    problems += [*check.subscriptions(session, row, walk), *check.messages(session, events)]
    problems += [*check.projections(session, walk), *check.offers(session, events)]
    return [*problems, *check.work(session, walk)]


class _Check:
    """The single checks, each yielding what it finds."""

    def __init__(self, instance_id: str) -> None:
        self._id = instance_id

    def chain(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
        previous = NO_HASH
        before = 0
        for row in rows:
            if step_hash(row) != row["hash"]:
                yield self._problem("edited", row, "diubah setelah dicatat", "edited after writing")
            if row["previous_hash"] != previous:
                yield self._problem(
                    "chain",
                    row,
                    "tidak menyambung dengan langkah sebelumnya",
                    "not a continuation of the step before",
                )
            if row["sequence"] != before + 1:
                yield self._problem(
                    "gap", row, "didahului kejadian yang hilang", "preceded by a missing event"
                )
            previous, before = row["hash"], row["last"]

    def tail(self, row: InstanceRow, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
        length, head = (rows[-1]["last"], rows[-1]["hash"]) if rows else (0, NO_HASH)
        if (length, head) != (row.history_length, row.history_head):
            yield Problem(
                self._id,
                "tail",
                length,
                f"Riwayat berakhir pada kejadian {length}, padahal tercatat {row.history_length}"
                " kejadian; bagian akhirnya dipotong atau diganti.",
                f"The history ends with event {length}, but {row.history_length} were written;"
                " its tail was cut off or replaced.",
            )

    def definition(
        self,
        session: Session,
        definitions: Definitions,
        row: InstanceRow,
        rows: Sequence[Mapping[str, Any]],
    ) -> Iterator[Problem]:
        present = definitions.read(session, row.definition_id)
        standing = {present.id: present}
        followed = definitions_of(rows, present.id)
        if followed is not None and set(followed) - {present.id}:
            known = definitions.versions(session, present.process_id)
            standing = {each.id: each for each in known if each.id in followed}
        if followed is None or not standing.keys() >= set(followed):
            yield self._astray()
            followed, standing = [present.id] * len(rows), {present.id: present}
        for version in standing.values():
            if not _stands(session, definitions, version):
                yield Problem(
                    self._id,
                    "definition",
                    None,
                    f"Diagram, formulir, atau keputusan versi {version.version}, atau alur yang"
                    " dipanggilnya, diubah setelah diterbitkan.",
                    f"Diagram, forms or decisions of version {version.version}, or a process that"
                    " it calls, were changed after deployment.",
                )
        for each, name in zip(rows, followed, strict=True):
            expected = (standing[name].version, standing[name].content_hash)
            if (each["definition_version"], each["content_hash"]) != expected:
                yield self._problem(
                    "definition",
                    each,
                    "dicatat pada definisi proses yang lain",
                    "written under another definition",
                )

    def _astray(self) -> Problem:
        return Problem(
            self._id,
            "definition",
            None,
            "Proses ini mengikuti versi lain daripada yang dituju pemindahan dalam riwayatnya.",
            "The instance follows another version than the moves in its history lead to.",
        )

    def fold(self, events: Sequence[HistoryEvent], walk: Walk) -> Iterator[Problem]:
        frames = frames_of(events)
        told = frozenset(frames[-1].open) if frames else frozenset()
        if told != walk.open:
            yield Problem(
                self._id,
                "fold",
                None,
                f"Menurut riwayat terbuka {_names(told)}, menurut keadaan {_names(walk.open)}.",
                f"Open by the history: {_names(told)}; by the state: {_names(walk.open)}.",
            )

    def reenactment(
        self, versions: Versions, row: InstanceRow, events: Sequence[HistoryEvent]
    ) -> Iterator[Problem]:
        try:
            again = reexecute(versions, row.definition_id, events)
        except Exception as error:  # a forged history may break the walk anywhere
            number = error.details.get("sequence") if isinstance(error, HistoryBroken) else None
            yield Problem(
                self._id,
                "reenactment",
                number if isinstance(number, int) else None,
                f"Riwayat tidak mengikuti diagramnya: {error}",
                f"The history does not follow its diagram: {error}",
            )
            return
        # A state of an older format is compared as it would be written today.
        diagram = versions(row.definition_id).diagram
        if again.state not in (row.state, diagram.resume(row.state).freeze()):
            yield Problem(
                self._id,
                "state",
                None,
                "Keadaan tersimpan bukan keadaan yang dihasilkan riwayatnya.",
                "The stored state is not the one its history leads to.",
            )

    def row(self, row: InstanceRow, walk: Walk) -> Iterator[Problem]:
        same_end = (row.status == COMPLETED) == walk.completed
        if row.data != canonical_json(walk.data).decode() or not same_end:
            yield Problem(
                self._id,
                "projection",
                None,
                "Data atau status proses tidak sama dengan keadaannya.",
                "Data or status of the instance differ from its state.",
            )

    def projections(self, session: Session, walk: Walk) -> Iterator[Problem]:
        waiting = walk.waiting()
        tasks = {
            (
                task_id_of(self._id, each.element, each.occurrence),
                each.element,
                each.occurrence,
                canonical_json(each.local).decode(),
            )
            for each in waiting
            if each.kind == "task"
        }
        timers = {(each.id, each.due) for each in waiting if each.kind == "timer"}
        columns = (task.c.id, task.c.element, task.c.occurrence, task.c.local)
        open_tasks = select(*columns).where(task.c.instance_id == self._id)
        listed = {tuple(row) for row in session.execute(open_tasks)}
        query = select(timer.c.waiting_id, timer.c.due_at).where(timer.c.instance_id == self._id)
        armed = {(each.waiting_id, each.due_at) for each in session.execute(query)}
        if listed != tasks or armed != timers:
            yield Problem(
                self._id,
                "projection",
                None,
                "Daftar tugas terbuka atau pengatur waktu tidak sama dengan keadaan proses.",
                "Open tasks or timers differ from the state of the instance.",
            )

    def subscriptions(self, session: Session, row: InstanceRow, walk: Walk) -> Iterator[Problem]:
        """Compare the messages that are listed as waited for with those that are."""
        expected = {
            (each.id, each.message, each.correlation or row.business_key)
            for each in walk.waiting()
            if each.kind == "message"
        }
        columns = message_subscription.c
        query = select(columns.waiting_id, columns.name, columns.correlation)
        found = session.execute(query.where(columns.instance_id == self._id))
        if {tuple(each) for each in found} != expected:
            yield self._projection(
                "Daftar pesan yang ditunggu tidak sama dengan keadaan proses.",
                "Messages waited for differ from the state of the instance.",
            )

    def messages(self, session: Session, events: Sequence[HistoryEvent]) -> Iterator[Problem]:
        """Compare the messages that were received, by a token or to begin, with those kept."""
        received = (Kind.MESSAGE_DELIVERED, Kind.INSTANCE_STARTED)
        told = {
            event.details["id"]: event.details["payload"]
            for event in events
            if event.kind in received and "id" in event.details
        }
        query = select(message.c.id, message.c.payload).where(
            message.c.id.in_(told), message.c.consumed_by == self._id
        )
        kept = {row.id: sha256_of(row.payload.encode()) for row in session.execute(query)}
        if kept != told:
            yield self._projection(
                "Pesan yang diterima menurut riwayat tidak tersimpan seperti saat diterima.",
                "Messages that were received are not kept as the history says.",
            )

    def origin(self, row: InstanceRow, events: Sequence[HistoryEvent]) -> Iterator[Problem]:
        """Compare what the instance is about, and when it ran, with its first and last events."""
        if not events:
            return
        begun = events[0]
        ended = next((e.at for e in events if e.kind is Kind.INSTANCE_COMPLETED), None)
        told = (begun.details.get("business_key"), begun.details.get("scope"), begun.at, ended)
        if (row.business_key, row.scope, row.started_at, row.ended_at) != told:
            yield self._projection(
                "Pokok, instansi, atau waktu proses tidak sama dengan riwayatnya.",
                "Subject, scope or times of the instance differ from its history.",
            )
        performers = "{}"
        for event in events:
            if event.kind is Kind.TASK_COMPLETED:
                performers = performed(performers, event.element, event.person)
        if row.performers != performers:
            yield self._projection(
                "Daftar pelaku langkah tidak sama dengan riwayatnya.",
                "The list of who completed which task differs from its history.",
            )

    def offers(self, session: Session, events: Sequence[HistoryEvent]) -> Iterator[Problem]:
        """Compare to whom the open tasks are offered, and who took them, with the history."""
        told: dict[str, tuple[list[str], str | None]] = {}
        for event in events:
            name = task_id_of(self._id, event.element, event.occurrence)
            if event.kind is Kind.TASK_OPENED:
                claimed = told[name][1] if name in told else None
                told[name] = (sorted(event.details.get("candidates", ())), claimed)
            elif event.kind in (Kind.TASK_CLAIMED, Kind.TASK_RELEASED) and name in told:
                claimed = event.person if event.kind is Kind.TASK_CLAIMED else None
                told[name] = (told[name][0], claimed)
        offers: dict[str, list[str]] = {}
        query = select(task_offer).where(task_offer.c.instance_id == self._id)
        for offer in session.execute(query):
            offers.setdefault(offer.task_id, []).append(offer.position)
        for row in session.execute(select(task).where(task.c.instance_id == self._id)):
            offered = offers.pop(row.id, [])
            standing = (sorted(row.candidates), row.claimed_by)
            if standing != told.get(row.id) or sorted(offered) != sorted(set(row.candidates)):
                yield self._projection(
                    f"Tugas {row.element} ditawarkan atau diambil lain daripada menurut riwayat.",
                    f"Task {row.element} is offered or taken otherwise than its history says.",
                )
        if offers:
            yield self._projection(
                "Ada penawaran tugas yang tidak terbuka.", "A task that is not open is offered."
            )

    def work(self, session: Session, walk: Walk) -> Iterator[Problem]:
        """Tell of a token that waits for a job nobody will do, and nobody was told of."""
        query = select(job.c.waiting_id).where(
            job.c.instance_id == self._id, job.c.state.in_(WANTED)
        )
        asked = set(session.execute(query).scalars())
        if any(each.kind == "job" and each.id not in asked for each in walk.waiting()):
            yield self._projection(
                "Langkah menunggu pekerjaan yang tidak ada dalam antrean.",
                "A step waits for a job that nobody asked for.",
            )
        stopped = select(job.c.key).where(job.c.instance_id == self._id, job.c.state == "incident")
        told = select(incident.c.reference).where(
            incident.c.instance_id == self._id, incident.c.resolved_at.is_(None)
        )
        if set(session.execute(stopped).scalars()) - set(session.execute(told).scalars()):
            yield self._projection(
                "Pekerjaan yang terhenti tidak dilaporkan kepada operator.",
                "A job that stopped is not reported to operators.",
            )

    def _projection(self, message: str, message_en: str) -> Problem:
        return Problem(self._id, "projection", None, message, message_en)

    def unreadable(self, error: Exception) -> Problem:
        return Problem(
            self._id,
            "state",
            None,
            f"Riwayat atau keadaan tersimpan tidak terbaca: {type(error).__name__}.",
            f"The history or the stored state cannot be read: {type(error).__name__}: {error}",
        )

    def _problem(self, rule: str, row: Mapping[str, Any], message: str, message_en: str) -> Problem:
        first, last = row["sequence"], row["last"]
        alone = first == last
        return Problem(
            self._id,
            rule,
            first,
            f"Kejadian {first} {message}." if alone else f"Kejadian {first}–{last} {message}.",
            f"Event {first} is {message_en}."
            if alone
            else f"Events {first}–{last} are {message_en}.",
        )


def _stands(session: Session, definitions: Definitions, version: Definition) -> bool:
    """Tell whether a version and all that it calls are what was deployed."""
    try:
        called = [definitions.read(session, used) for used in version.callees.values()]
    except UnknownDefinition:
        return False
    return all(map(unchanged, (version, *called)))


def _names(places: frozenset[tuple[str, int]]) -> str:
    return ", ".join(f"{element} ({count})" for element, count in sorted(places)) or "-"
