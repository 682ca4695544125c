"""One user step against the same step on stock SpiffWorkflow, letter by letter in turn."""

from __future__ import annotations

import gc
import statistics
from pathlib import Path

from engine import Database
from tests.bench.flow import path_with
from tests.bench.ours import OurEngine
from tests.bench.report import Table, Verdict, milliseconds
from tests.bench.stock import StockEngine

#: revisions of a letter -> how many times faster a step must be
_TARGETS = {1: 6.0, 20: 15.0}
_STEPS_A_ROUND = 40  #: short letters are walked several times in a round


def against_stock(folder: Path, rounds: int) -> Table:
    """Compare the median step of whole letters; the engines take turns, also at going first."""
    stock = StockEngine(Database(f"sqlite:///{folder / 'stock.db'}"))
    ours = OurEngine(Database(f"sqlite:///{folder / 'ours.db'}"))
    for engine in (stock, ours):
        engine.walk(1)  # what is compiled once is not measured
    rows, verdicts = [], []
    for revisions, target in _TARGETS.items():
        pairs = [_round(stock, ours, revisions) for _ in range(rounds)]
        theirs = statistics.median(pair[0] for pair in pairs)
        own = statistics.median(pair[1] for pair in pairs)
        ratios = tuple(pair[0] / pair[1] for pair in pairs)
        rows.append((str(revisions), f"{theirs:.2f}", f"{own:.2f}"))
        what = f"step on stock / ours, letters of {_revisions(revisions)}"
        verdicts.append(Verdict(what, ratios, at_least=target))
    stock.close()
    ours.close()
    return Table(
        f"One user step, committed on SQLite: {rounds} rounds, letter by letter in turn",
        ("revisions", "stock, ms", "ours, ms"),
        tuple(rows),
        tuple(verdicts),
        (
            "Ours writes history with its chain, tasks and timers, and checks separation of duties",
            "(each step is done by the person of its lane); stock writes its state, nothing else.",
        ),
    )


def _round(stock: StockEngine, ours: OurEngine, revisions: int) -> tuple[float, float]:
    """Return the median step on stock and on ours, in milliseconds; letter by letter in turn."""
    seconds: dict[StockEngine | OurEngine, list[float]] = {stock: [], ours: []}
    letters = max(1, _STEPS_A_ROUND // len(path_with(revisions)))
    order = [stock, ours]
    for _ in range(letters):
        order.reverse()
        for engine in order:
            gc.collect()  # neither pays for what the other left behind
            seconds[engine] += engine.walk(revisions)
    return milliseconds(seconds[stock]), milliseconds(seconds[ours])


def _revisions(number: int) -> str:
    return "1 revision" if number == 1 else f"{number} revisions"
