"""Verification: finds every way in which the books of an instance disagree."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from engine.courses import definitions_of
from engine.definitions import Definition, Definitions, unchanged
from engine.diagrams import Walk
from engine.errors import HistoryBroken, Refusal, UnknownDefinition
from engine.expected_rows import Told
from engine.history import NO_HASH, HistoryEvent, Kind, events_of, read_rows, step_hash
from engine.instances import InstanceRow, instance_row
from engine.list_checks import different_rows
from engine.reexecution import Reexecution, reexecute
from engine.replay import frames_of
from engine.row_matching import Difference

_log = logging.getLogger(__name__)


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
    problems += [*check.completed(rows, events), *check.fold(events, walk)]
    versions, again = partial(definitions.deployed, session), None
    try:
        again = reexecute(versions, row.definition_id, events)
        problems += check.state(row, walk, again)
    except Exception as error:  # a forged history may break the walk anywhere
        problems.append(check.reenactment(error))
    told = Told(row, len(rows), events, walk, versions, again)
    return [*problems, *check.lists(session, told)]


#: How a reader is told of a row, in Indonesian and in English.
_LABELS = {
    "instance": ("Catatan proses", "The row of instance"),
    "task": ("Tugas terbuka", "Open task"),
    "task_offer": ("Penawaran tugas", "The offer of task"),
    "timer": ("Pengatur waktu", "Timer"),
    "message_subscription": ("Penantian pesan", "The wait for a message"),
    "message": ("Pesan", "Message"),
    "job": ("Pekerjaan", "Job"),
    "incident": ("Gangguan", "The incident about"),
}


class _Check:
    """The single checks, each yielding what it finds."""

    def __init__(self, instance_id: str) -> None:
        self._id = instance_id

    def chain(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
        """Find steps that were edited, that do not continue the one before, or that are gone."""
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
        """Compare where the history ends with the end that the instance keeps."""
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
        """Compare the versions followed with what was deployed, and with what each step names."""
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

    def completed(
        self, rows: Sequence[Mapping[str, Any]], events: Sequence[HistoryEvent]
    ) -> Iterator[Problem]:
        """Compare the column by which completions are found with the events of its step."""
        rest = iter(events)
        for row in rows:
            held = islice(rest, row["last"] - row["sequence"] + 1)
            done = [each.element for each in held if each.kind is Kind.TASK_COMPLETED]
            if row["completed"] != (done[-1] if done else None) and step_hash(row) == row["hash"]:
                yield self._problem(
                    "edited",
                    row,
                    "menyebut tugas lain daripada yang diselesaikan di dalamnya",
                    "written as if another task had been completed in it",
                )

    def fold(self, events: Sequence[HistoryEvent], walk: Walk) -> Iterator[Problem]:
        """Compare what is open by the movements of the history with what is open by the state."""
        frames = frames_of(events)
        folded = frozenset(frames[-1].open) if frames else frozenset()
        if folded != walk.open:
            yield Problem(
                self._id,
                "fold",
                None,
                f"Menurut riwayat terbuka {_names(folded)}, menurut keadaan {_names(walk.open)}.",
                f"Open by the history: {_names(folded)}; by the state: {_names(walk.open)}.",
            )

    def reenactment(self, error: Exception) -> Problem:
        """Tell that the history goes another way than its diagram."""
        number = error.details.get("sequence") if isinstance(error, HistoryBroken) else None
        cause = self._cause(error)
        return Problem(
            self._id,
            "reenactment",
            number if isinstance(number, int) else None,
            f"Riwayat tidak mengikuti diagramnya: {cause}",
            f"The history does not follow its diagram: {cause}",
        )

    def state(self, row: InstanceRow, walk: Walk, again: Reexecution) -> Iterator[Problem]:
        """Compare the stored state with the one that the recorded commands lead to."""
        # A state of an older format is compared as it would be written today.
        if again.state not in (row.state, walk.freeze()):
            yield Problem(
                self._id,
                "state",
                None,
                "Keadaan tersimpan bukan keadaan yang dihasilkan riwayatnya.",
                "The stored state is not the one its history leads to.",
            )

    def lists(self, session: Session, told: Told) -> Iterator[Problem]:
        """Compare row for row what lists and polls read with what history and state lead to."""
        try:
            found = list(different_rows(session, told))
        except HistoryBroken as error:
            yield self.reenactment(error)
            return
        except Exception as error:  # a forged history may tell of anything
            yield Problem(
                self._id,
                "projection",
                None,
                f"Riwayat tidak dapat dibandingkan dengan daftar: {type(error).__name__}.",
                f"The history cannot be compared with the lists: {self._cause(error)}",
            )
            return
        for table, difference in found:
            label, label_en = _LABELS[table]
            what, what_en = _what_differs(difference)
            yield Problem(
                self._id,
                "projection",
                None,
                f"{label} {difference.key} {what}.",
                f"{label_en} {difference.key} {what_en}.",
            )

    def unreadable(self, error: Exception) -> Problem:
        """Tell that history or state could not even be read."""
        return Problem(
            self._id,
            "state",
            None,
            f"Riwayat atau keadaan tersimpan tidak terbaca: {type(error).__name__}.",
            f"The history or the stored state cannot be read: {self._cause(error)}",
        )

    def _cause(self, error: Exception) -> str:
        """Return the sentence of a refusal; of others, which may quote a letter, the type only."""
        if isinstance(error, Refusal):
            return str(error)
        _log.warning("verification broke off", exc_info=error, extra={"instance": self._id})
        return f"{type(error).__name__}."

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


def _what_differs(difference: Difference) -> tuple[str, str]:
    if difference.missing:
        return "hilang", "is missing"
    if not difference.columns:
        return "tidak dikenal riwayat", "is not known to the history"
    columns = ", ".join(difference.columns)
    return (
        f"tidak sama dengan riwayat dan keadaan proses ({columns})",
        f"differs from history and state of the instance ({columns})",
    )


def _names(places: frozenset[tuple[str, int]]) -> str:
    return ", ".join(f"{element} ({count})" for element, count in sorted(places)) or "-"
