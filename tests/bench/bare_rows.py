"""A step against the bare transaction that writes the same rows."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine import Database, metadata
from tests.bench.flow import path_with
from tests.bench.ours import OurEngine
from tests.bench.recording import BareDatabase, Recorder, Statement
from tests.bench.report import Table, Verdict, milliseconds
from tests.bench.warming import warm

_REVISIONS = 5


@dataclass(frozen=True)
class _Step:
    """The seconds that one step took, ours and bare, and how many statements it wrote with."""

    own: float
    plain: float
    writes: int


def bare_rows(folder: Path, rounds: int) -> Table:
    """Let the engine take each step, then play its writes on a copy with the driver alone.

    Raises ``AssertionError`` when the copy does not hold the same rows in the end.
    """
    database = Database(f"sqlite:///{folder / 'recorded.db'}")
    recorder = Recorder(database)
    ours = OurEngine(database)
    pragmas = [each for each in recorder.taken() if each.text.startswith("PRAGMA ")]
    bare = BareDatabase(database, folder / "bare.db", pragmas)
    walk = partial(_walk, ours, recorder, bare)
    for name in ("recorded.db", "bare.db"):
        warm(folder / name, walk)
    letters = [walk(_REVISIONS) for _ in range(rounds)]
    own = [step.own for letter in letters for step in letter]
    plain = [step.plain for letter in letters for step in letter]
    writes = [step.writes for letter in letters for step in letter]
    ratios = [
        milliseconds(step.own for step in letter) / milliseconds(step.plain for step in letter)
        for letter in letters
    ]
    _compare(database, bare)
    bare.close()
    ours.close()
    return Table(
        f"A step above its bare transaction: {len(own)} steps, each played again on a copy",
        ("", "ms", "least"),
        (
            ("our step: read, decide, write, commit", *_median_and_least(own)),
            ("the driver alone: the same writes, commit", *_median_and_least(plain)),
        ),
        (Verdict("step / the bare transaction of its rows", tuple(ratios), at_most=2.0),),
        (
            f"{min(writes)} to {max(writes)} writing statements a step; its reads are not played.",
            "Both databases held the same rows in the end.",
        ),
    )


def _walk(ours: OurEngine, recorder: Recorder, bare: BareDatabase, revisions: int) -> list[_Step]:
    """Take one letter from start to end on both."""
    gc.collect()
    letter = ours.begin()
    bare.play(_writes(recorder.taken()))
    steps = []
    for stop in path_with(revisions):
        own = ours.step(letter, stop)
        statements = _writes(recorder.taken())
        steps.append(_Step(own, bare.play(statements), len(statements)))
    return steps


def _median_and_least(seconds: list[float]) -> tuple[str, str]:
    return f"{milliseconds(seconds):.2f}", f"{min(seconds) * 1000:.2f}"


def _writes(statements: list[Statement]) -> list[Statement]:
    return [each for each in statements if each.writes]


def _compare(database: Database, bare: BareDatabase) -> None:
    with database.connections.connect() as connection:
        for table in metadata.tables:
            found = connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608  # our own name
            if {tuple(row) for row in found} != bare.rows_of(table):
                raise AssertionError(f"Expected the same rows in {table}, found others.")
