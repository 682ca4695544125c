"""Random walks through random diagrams, on SQLite and on PostgreSQL, for a long time."""

from __future__ import annotations

import random
import secrets
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import pgserver_for_tests
from engine_for_tests import SmallOffice
from oracle.variations import versions
from oracle.walking import random_walk
from oracle.world import hasty_database, office_on, publish

from tests.soak.outcome import Outcome

#: How many steps are walked on each database, unless asked for more or less.
STEPS = {"SQLite": 100_000, "PostgreSQL": 20_000}

_LONGEST = 60


def walks(folder: Path, times: float) -> Outcome:
    """Walk through ever new diagrams; a seed that fails is told, and the run goes on without it."""
    counted: Counter[str] = Counter()
    failures: list[str] = []
    server = folder / "postgresql"
    server.mkdir()
    with pgserver_for_tests.running(server) as url:
        addresses = {"SQLite": f"sqlite:///{folder / 'walks.db'}", "PostgreSQL": url}
        for name, address in addresses.items():
            database = hasty_database(address)
            office = office_on(database)
            wanted = int(STEPS[name] * times)
            while counted[f"steps on {name}"] < wanted and len(failures) < 10:
                _one_diagram(office, name, counted, failures)
                _say(name, counted, wanted)
            database.close()
    sys.stderr.write("\n")
    return Outcome(counted, failures)


def _one_diagram(
    office: SmallOffice, name: str, counted: Counter[str], failures: list[str]
) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311  # reproducible, not secret
    depth, forks = chance.randint(1, 5), chance.randint(0, 3)
    published = publish(office, *versions(seed, depth, forks))
    if published is None:
        return
    counted[f"diagrams on {name}"] += 1
    for walk in range(20):
        try:
            counted[f"steps on {name}"] += random_walk(office, published, seed + walk, _LONGEST)
            counted[f"walks on {name}"] += 1
        except Exception:
            how = f"{name}: versions({seed}, {depth}, {forks}), walk {seed + walk}"
            failures.append(f"{how}\n{traceback.format_exc()}")
            return


def _say(name: str, counted: Counter[str], wanted: int) -> None:
    done = counted[f"steps on {name}"]
    moment = time.strftime("%H:%M:%S")
    sys.stderr.write(f"\r{moment} {name}: {done:,} of {wanted:,} steps")
    sys.stderr.flush()
