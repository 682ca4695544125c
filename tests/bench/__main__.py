"""``make bench``: one command measures, and prints every table and what it says of the goal."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.against_node import against_node
from tests.bench.against_stock import against_stock
from tests.bench.bare_rows import bare_rows
from tests.bench.conditions import print_conditions
from tests.bench.costs import costs
from tests.bench.many_revisions import many_revisions
from tests.bench.node_peers import PeersUnavailable
from tests.bench.parallel import parallel
from tests.bench.report import Table, print_table, print_verdicts
from tests.bench.serving import serving

Measurement = Callable[[Path, int], Table]

MEASUREMENTS: Mapping[str, Measurement] = {
    "stock": against_stock,
    "revisions": many_revisions,
    "bare": bare_rows,
    "node": against_node,
    "parallel": parallel,
    "serving": serving,
}

#: for whoever makes a step cheaper; only when asked for
ON_REQUEST: Mapping[str, Measurement] = {"costs": costs}


def main(arguments: list[str] | None = None) -> int:
    """Measure; return 1 where something could not be measured, or with --strict missed its goal."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="alur-bench-") as name:
        folder = Path(name)
        print_conditions(folder)
        tables = []
        for part in chosen.parts or MEASUREMENTS:
            tables.append(_measure(part, folder, chosen.rounds))
            print_table(tables[-1])
    print_verdicts(tables)
    missed = any(not verdict.met for table in tables for verdict in table.verdicts)
    unmeasured = any(table.failure for table in tables)
    return int(unmeasured or (chosen.strict and missed))


def _measure(part: str, folder: Path, rounds: int) -> Table:
    measurement = {**MEASUREMENTS, **ON_REQUEST}[part]
    try:
        return measurement(folder, rounds)
    except Exception as error:  # what follows is still worth its time; this part is a failure
        if not isinstance(error, PeersUnavailable):
            traceback.print_exc()
        return Table(part, (), (), failure=f"{type(error).__name__}: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parts = ", ".join((*MEASUREMENTS, *ON_REQUEST))
    parser.add_argument("parts", nargs="*", help=f"of {parts}; all but costs if none is named")
    parser.add_argument("--rounds", type=int, default=9, help="how often each is compared")
    parser.add_argument("--strict", action="store_true", help="a missed target is a failure")
    return parser


if __name__ == "__main__":
    sys.exit(main())
