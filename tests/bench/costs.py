"""Where the time of our step goes: the processor, the statements, the commit, the pages."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from engine import Database
from tests.bench.flow import path_with
from tests.bench.ours import OurEngine
from tests.bench.recording import Recorder, Statement
from tests.bench.report import Table, milliseconds

_REVISIONS = 5
_FRAME = 4096 + 24  #: one page in the write-ahead log


@dataclass(frozen=True)
class _Cost:
    """One step, in seconds."""

    wall: float
    processor: float
    statements: float
    commit: float
    pages: float


def costs(folder: Path, rounds: int) -> Table:
    """Take letters to their end, and say what each step spends and on what."""
    database = Database(f"sqlite:///{folder / 'costs.db'}")
    recorder = Recorder(database)
    ours = OurEngine(database)
    with database.transaction() as session:
        # Without checkpoints the log grows by the pages of each commit.
        session.connection().exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    ours.walk(1)
    log = folder / "costs.db-wal"
    steps: list[_Cost] = []
    calls: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        letter = ours.begin()
        for stop in path_with(_REVISIONS):
            task = ours.open_task(letter, stop[0])
            recorder.taken()
            written, processor, wall = log.stat().st_size, time.thread_time(), time.perf_counter()
            ours.complete(task, stop)
            wall = time.perf_counter() - wall
            processor = time.thread_time() - processor
            pages = (log.stat().st_size - written) / _FRAME
            statements = recorder.taken()
            _note(calls, statements)
            spent = sum(each.seconds for each in statements)
            steps.append(_Cost(wall, processor, spent, recorder.commits[-1], pages))
    ours.close()
    return Table(
        f"Where the time of our step goes: medians of {len(steps)} steps",
        ("", "ms", "a step"),
        (*_summary(steps), *_by_statement(calls, len(steps))),
    )


def _note(calls: dict[str, list[float]], statements: list[Statement]) -> None:
    for each in statements:
        calls[" ".join(each.text.split())[:70]].append(each.seconds)


def _summary(steps: list[_Cost]) -> list[tuple[str, str, str]]:
    rest = [each.wall - each.statements - each.commit for each in steps]
    return [
        ("all of it, wall clock", f"{milliseconds(each.wall for each in steps):.3f}", ""),
        ("on the processor", f"{milliseconds(each.processor for each in steps):.3f}", ""),
        ("in statements", f"{milliseconds(each.statements for each in steps):.3f}", ""),
        ("in the commit", f"{milliseconds(each.commit for each in steps):.3f}", ""),
        ("elsewhere (Python)", f"{milliseconds(rest):.3f}", ""),
        ("pages written", "", f"{statistics.mean(each.pages for each in steps):.1f}"),
    ]


def _by_statement(calls: dict[str, list[float]], steps: int) -> list[tuple[str, str, str]]:
    dearest = sorted(calls.items(), key=lambda item: -sum(item[1]))
    return [
        (text, f"{milliseconds(seconds):.3f}", f"{len(seconds) / steps:.2f}")
        for text, seconds in dearest
    ]
