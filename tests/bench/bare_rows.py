"""A step against the bare transaction that writes the same rows."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine import Database, metadata
from tests.bench.core_rows import CoreDatabase, CoreNotes
from tests.bench.flow import Stop, path_with
from tests.bench.ours import OurEngine
from tests.bench.recording import BareDatabase, Recorder, Statement, rows_of
from tests.bench.report import Table, Verdict, milliseconds
from tests.bench.warming import warm

_REVISIONS = 5
_FILES = _OURS, _DRIVER, _CORE = "recorded.db", "driver.db", "core.db"


@dataclass(frozen=True)
class _Step:
    """The seconds that one step took, ours and the two bare ones, and how many writes it had."""

    own: float
    core: float
    driver: float
    writes: int


class _Stage:
    """Our engine, and two copies of its database that are written bare."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.database = Database(f"sqlite:///{folder / _OURS}")
        self._recorder = Recorder(self.database)
        self._notes = CoreNotes()
        self.ours = OurEngine(self.database)
        pragmas = [each for each in self._recorder.taken() if each.text.startswith("PRAGMA ")]
        self.driver = BareDatabase(self.database, folder / _DRIVER, pragmas)
        self.core = CoreDatabase(self.database, folder / _CORE)

    def walk(self, revisions: int) -> list[_Step]:
        """Take one letter from start to end on all three; return its steps."""
        gc.collect()
        with self._notes.noting():
            letter = self.ours.begin()
        self.driver.play(self._written())
        self.core.play(self._notes.taken())
        return [self._step(letter, stop) for stop in path_with(revisions)]

    def _step(self, letter: str, stop: Stop) -> _Step:
        with self._notes.noting():
            own = self.ours.step(letter, stop)
        written = self._written()
        return _Step(
            own, self.core.play(self._notes.taken()), self.driver.play(written), len(written)
        )

    def _written(self) -> list[Statement]:
        return [each for each in self._recorder.taken() if each.writes]

    def close(self) -> None:
        """Raise ``AssertionError`` when the copies do not hold the same rows."""
        every = [rows_of(self.database, self._folder / name, metadata.tables) for name in _FILES]
        for table in metadata.tables:
            ours, driver, core = (rows[table] for rows in every)
            if not ours == driver == core:
                raise AssertionError(f"Expected the same rows in {table}, found others.")
        self.driver.close()
        self.core.close()
        self.ours.close()


def bare_rows(folder: Path, rounds: int) -> Table:
    """Let the engine take each step, then play its writes on two copies, bare.

    Raises ``AssertionError`` when the copies do not hold the same rows in the end.
    """
    stage = _Stage(folder)
    for name in _FILES:
        warm(folder / name, stage.walk)
    letters = [stage.walk(_REVISIONS) for _ in range(rounds)]
    stage.close()
    steps = [step for letter in letters for step in letter]
    writes = [step.writes for step in steps]
    return Table(
        f"A step above its bare transaction: {len(steps)} steps, each played again on two copies",
        ("", "ms", "least"),
        (
            ("our step: read, decide, write, commit", *_times(step.own for step in steps)),
            ("SQLAlchemy Core: the same writes, commit", *_times(step.core for step in steps)),
            ("the driver alone: the same writes, commit", *_times(step.driver for step in steps)),
        ),
        (
            _verdict("step / the bare transaction on SQLAlchemy Core", letters, "core"),
            _verdict("step / the bare transaction on the driver alone", letters, "driver"),
        ),
        (
            f"{min(writes)} to {max(writes)} writing statements a step; its reads are not played.",
            "All databases held the same rows in the end.",
        ),
    )


def _times(seconds: Iterable[float]) -> tuple[str, str]:
    every = list(seconds)
    return f"{milliseconds(every):.2f}", f"{min(every) * 1000:.2f}"


def _verdict(what: str, letters: list[list[_Step]], side: str) -> Verdict:
    ratios = (
        milliseconds(step.own for step in letter)
        / milliseconds(getattr(step, side) for step in letter)
        for letter in letters
    )
    return Verdict(what, tuple(ratios), at_most=2.0)
