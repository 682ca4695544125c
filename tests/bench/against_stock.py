"""One user step against the same step on stock SpiffWorkflow, forty steps in turn."""

from __future__ import annotations

import gc
from pathlib import Path

from engine import Database
from tests.bench.flow import path_with
from tests.bench.ours import OurEngine
from tests.bench.report import Table, Verdict, milliseconds
from tests.bench.stock import StockEngine
from tests.bench.warming import warm

#: revisions of a letter -> how many times faster a step must be
_TARGETS = {1: 6.0, 20: 15.0}
_STEPS_A_ROUND = 40  #: short letters are walked several times in a round


def against_stock(folder: Path, rounds: int) -> Table:
    """Compare the median step of whole letters; the engines take turns at going first."""
    stock = StockEngine(Database(f"sqlite:///{folder / 'stock.db'}"))
    ours = OurEngine(Database(f"sqlite:///{folder / 'ours.db'}"))
    warm(folder / "stock.db", stock.walk)
    warm(folder / "ours.db", ours.walk)
    rows, verdicts = [], []
    for revisions, target in _TARGETS.items():
        pairs = [_round(stock, ours, revisions, turn) for turn in range(rounds)]
        sides = [[step for pair in pairs for step in pair[side]] for side in (0, 1)]
        rows.append(
            (
                str(revisions),
                *(f"{milliseconds(steps):.2f}" for steps in sides),
                *(f"{min(steps) * 1000:.2f}" for steps in sides),
            )
        )
        ratios = tuple(milliseconds(theirs) / milliseconds(own) for theirs, own in pairs)
        what = f"step on stock / ours, letters of {_revisions(revisions)}"
        verdicts.append(Verdict(what, ratios, at_least=target))
    stock.close()
    ours.close()
    return Table(
        f"One user step, committed on SQLite: {rounds} rounds, {_STEPS_A_ROUND} steps in turn",
        ("revisions", "stock, ms", "ours, ms", "least: stock", "ours"),
        tuple(rows),
        tuple(verdicts),
        (
            "Ours writes history with its chain, tasks and timers, and checks separation of duties",
            "(each step is done by the person of its lane); stock writes its state, nothing else.",
        ),
    )


def _round(
    stock: StockEngine, ours: OurEngine, revisions: int, turn: int
) -> tuple[list[float], list[float]]:
    """Return the seconds of all steps on stock and on ours, the letters of each in a row."""
    seconds: dict[StockEngine | OurEngine, list[float]] = {stock: [], ours: []}
    letters = max(1, _STEPS_A_ROUND // len(path_with(revisions)))
    for engine in (stock, ours) if turn % 2 else (ours, stock):
        gc.collect()  # neither pays for what the other left behind
        for _ in range(letters):
            seconds[engine] += engine.walk(revisions)
    return seconds[stock], seconds[ours]


def _revisions(number: int) -> str:
    return "1 revision" if number == 1 else f"{number} revisions"
