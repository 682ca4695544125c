"""A step of a letter with a long past against the same step of a young one, in turn."""

from __future__ import annotations

import gc
from pathlib import Path

from engine import Database
from tests.bench.flow import draft, revision
from tests.bench.ours import OurEngine
from tests.bench.report import Table, Verdict, milliseconds

_LOOPS_A_ROUND = 10


def many_revisions(folder: Path, rounds: int, past: int = 500) -> Table:
    """Compare the two steps of a revision; the young letter is a new one for each comparison."""
    ours = OurEngine(Database(f"sqlite:///{folder / 'revised.db'}"))
    old, times = _letter(ours, past), past
    old_steps: list[float] = []
    young_steps: list[float] = []
    slower, bigger = [], []
    for _ in range(rounds):
        at_old: list[float] = []
        at_young: list[float] = []
        gc.collect()
        for number in range(_LOOPS_A_ROUND):
            young, times = _letter(ours, 1), times + 1
            sides = ((old, at_old, revision(times)), (young, at_young, revision(2)))
            sizes = {}
            for turn in (0, 1):
                for letter, steps, loop in sides if number % 2 else reversed(sides):
                    steps.append(ours.step(letter, loop[turn]))
                    sizes[letter] = len(ours.state_of(letter))
            bigger.append(sizes[old] / sizes[young])
        slower.append(milliseconds(at_old) / milliseconds(at_young))
        old_steps += at_old
        young_steps += at_young
    rows = (
        ("1", f"{milliseconds(young_steps):.2f}", str(sizes[young])),
        (f"{past} and more", f"{milliseconds(old_steps):.2f}", str(sizes[old])),
    )
    ours.close()
    return Table(
        f"A step after many revisions, {len(old_steps)} steps on each side",
        ("revisions behind it", "ms", "bytes of state"),
        rows,
        (
            Verdict(f"step at {past} revisions / at 1", tuple(slower), at_most=1.15),
            Verdict(f"bytes of state at {past} revisions / at 1", tuple(bigger), at_most=1.05),
        ),
    )


def _letter(ours: OurEngine, revisions: int) -> str:
    """Return a letter that was returned and revised so many times, unmeasured."""
    letter = ours.begin()
    ours.step(letter, draft())
    for number in range(1, revisions + 1):
        for stop in revision(number):
            ours.step(letter, stop)
    return letter
