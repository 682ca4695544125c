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
_STEPS_IN_TURN = 40  #: short letters are walked several times in a turn
_TURNS_A_ROUND = 2  #: each engine goes first in one of them
_AFTER_THE_LAST_RETURN = 6  #: a letter's steps that have all its revisions behind them

#: which steps of a letter are compared: all of them, or those with so many revisions behind them
_STEPS = {
    "all steps of letters of": slice(None),
    "steps after": slice(-_AFTER_THE_LAST_RETURN, None),
}

Letters = list[list[float]]  #: the seconds of the steps of each


def against_stock(folder: Path, rounds: int) -> Table:
    """Compare the median step; the engines take turns at going first."""
    stock = StockEngine(Database(f"sqlite:///{folder / 'stock.db'}"))
    ours = OurEngine(Database(f"sqlite:///{folder / 'ours.db'}"))
    warm(folder / "stock.db", stock.walk)
    warm(folder / "ours.db", ours.walk)
    rows, verdicts = [], []
    for revisions, target in _TARGETS.items():
        pairs = [_round(stock, ours, revisions) for _ in range(rounds)]
        for which, part in _STEPS.items():
            steps = [(_of(theirs, part), _of(own, part)) for theirs, own in pairs]
            sides = [[step for pair in steps for step in pair[side]] for side in (0, 1)]
            rows.append(
                (
                    f"{which} {_revisions(revisions)}",
                    *(f"{milliseconds(side):.2f}" for side in sides),
                    *(f"{min(side) * 1000:.2f}" for side in sides),
                )
            )
            ratios = tuple(milliseconds(theirs) / milliseconds(own) for theirs, own in steps)
            what = f"stock / ours, {which} {_revisions(revisions)}"
            verdicts.append(Verdict(what, ratios, at_least=target))
    stock.close()
    ours.close()
    return Table(
        f"One user step, committed on SQLite: {rounds} rounds, {_STEPS_IN_TURN} steps in turn",
        ("", "stock, ms", "ours, ms", "least: stock", "ours"),
        tuple(rows),
        tuple(verdicts),
        (
            "Ours writes history with its chain, tasks and timers, and checks separation of duties",
            "(each step is done by the person of its lane); stock writes its state, nothing else.",
            "Stock grows with each revision: of a letter's steps most have fewer behind them.",
        ),
    )


def _round(stock: StockEngine, ours: OurEngine, revisions: int) -> tuple[Letters, Letters]:
    """Return the letters walked on stock and on ours, some of each in a row."""
    walked: dict[StockEngine | OurEngine, Letters] = {stock: [], ours: []}
    letters = max(1, _STEPS_IN_TURN // len(path_with(revisions)))
    for turn in range(_TURNS_A_ROUND):
        for engine in (stock, ours) if turn % 2 else (ours, stock):
            gc.collect()  # neither pays for what the other left behind
            walked[engine] += [engine.walk(revisions) for _ in range(letters)]
    return walked[stock], walked[ours]


def _of(letters: Letters, part: slice) -> list[float]:
    return [step for letter in letters for step in letter[part]]


def _revisions(number: int) -> str:
    return "1 revision" if number == 1 else f"{number} revisions"
