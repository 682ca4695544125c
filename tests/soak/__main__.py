"""``make soak``: every part is run for a long time; what was counted and what failed is printed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.soak.crashes import crashes
from tests.soak.outcome import Outcome, Part
from tests.soak.walks import walks

PARTS: Mapping[str, Part] = {"walks": walks, "crashes": crashes}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts; return 1 when something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--times", type=float, default=1.0, help="of the usual amount of work")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    failed = False
    for name in chosen.parts or PARTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="alur-soak-") as folder:
            outcome = PARTS[name](Path(folder), chosen.times)
        _print(name, outcome, time.monotonic() - began)
        failed = failed or bool(outcome.failures)
    return int(failed)


def _print(name: str, outcome: Outcome, seconds: float) -> None:
    load = os.getloadavg()[0]
    lines = [f"{name}: {seconds:,.0f} s, {os.cpu_count()} cores, load {load:.1f} at the end"]
    lines += [f"  {what}: {number:,}" for what, number in outcome.counted.items()]
    lines += [f"  FAILED {failure}" for failure in outcome.failures]
    lines += [] if outcome.failures else ["  nothing failed"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
