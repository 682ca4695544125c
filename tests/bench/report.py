"""What a measurement found, and how it is printed."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """One line of the goal: what was found in each round, and what was to be reached."""

    what: str
    rounds: tuple[float, ...]
    at_least: float | None = None
    at_most: float | None = None

    @property
    def found(self) -> float:
        return statistics.median(self.rounds)

    @property
    def met(self) -> bool:
        return (self.at_least is None or self.found >= self.at_least) and (
            self.at_most is None or self.found <= self.at_most
        )

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}"

    def cells(self) -> tuple[str, ...]:
        low, high = min(self.rounds), max(self.rounds)
        verdict = "met" if self.met else "MISSED"
        return (self.what, f"{self.found:.2f}", f"{low:.2f} to {high:.2f}", self.target, verdict)


@dataclass(frozen=True)
class Table:
    """One measurement: its figures, what they say of the goal, and what must be known of them."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""  #: why it could not be measured at all


def milliseconds(seconds: Iterable[float]) -> float:
    """Return the median of the seconds, in milliseconds."""
    return statistics.median(seconds) * 1000


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_table(table: Table) -> None:
    say()
    say(table.title)
    if table.failure:
        say(f"  not measured: {table.failure}")
        return
    _print_rows([table.heads, *table.rows])
    for note in table.notes:
        say(f"  {note}")


def print_verdicts(tables: Sequence[Table]) -> None:
    if not any(table.verdicts or table.failure for table in tables):
        return
    say()
    say("Against the goal: medians of the rounds")
    heads = ("what", "found", "least to most", "target", "verdict")
    found = [verdict.cells() for table in tables for verdict in table.verdicts]
    unknown = [(table.title, "-", "-", "-", "NOT MEASURED") for table in tables if table.failure]
    _print_rows([heads, *found, *unknown])


def _print_rows(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = row
        padded = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        say("  " + "  ".join([first.ljust(widths[0]), *padded]))
