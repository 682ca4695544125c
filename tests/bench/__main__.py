"""``make bench``: one command prints every table."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench.ours import OurEngine
from tests.bench.serving import seconds_until_served
from tests.bench.stock import StockEngine

_ROUNDS = 9


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        steps(Path(name))
        serving(Path(name))
    return 0


def steps(folder: Path) -> None:
    """Compare a user step on our engine with the same step on the library's own serializer."""
    stock, ours = StockEngine(folder), OurEngine(folder)
    _say("One user step, committed on SQLite: median of the steps of one letter, ms")
    _say(f"{'revisions':>10}{'stock':>10}{'ours':>10}{'ratio':>10}")
    for revisions in (1, 20):
        pairs = [
            (_median_ms(stock.walk(revisions)), _median_ms(ours.walk(revisions)))
            for _ in range(_ROUNDS)
        ]
        theirs = statistics.median(pair[0] for pair in pairs)
        own = statistics.median(pair[1] for pair in pairs)
        ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
        _say(f"{revisions:>10}{theirs:>10.2f}{own:>10.2f}{ratio:>9.1f}x")
    stock.close()
    ours.close()


def serving(folder: Path) -> None:
    """Measure how long an office waits from the command to the first page."""
    seconds = seconds_until_served(folder / "office")
    _say(f"From `alur serve` to a served page on an existing database: {seconds:.2f} s")


def _median_ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
