"""Processes of an office killed for a long time, and a database that breaks off under load."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.crash.failing_server import failing_server
from tests.crash.siege import Plan, Report, besieged
from tests.soak.outcome import Outcome

#: Kills, and outages of the database, unless asked for more or less.
KILLS = {"SQLite, served whole": 150, "SQLite, in parts": 150, "PostgreSQL": 100}
OUTAGES = 20

NODES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "SQLite, served whole": {"serve": ("serve",), "work": ("work",)},
    "SQLite, in parts": {"web": ("web",), "work-1": ("work",), "work-2": ("work",)},
    "PostgreSQL": {"web": ("web",), "work-1": ("work",), "work-2": ("work",)},
}


def crashes(folder: Path, times: float) -> Outcome:
    """Besiege one office after the other; what is found afterwards is told with the seed."""
    counted: dict[str, int] = {}
    failures: list[str] = []
    for place, name in enumerate(KILLS):
        on_server = name == "PostgreSQL"
        plan = Plan(
            seed=secrets.randbelow(10**6),
            kills=max(1, round(KILLS[name] * times)),
            outages=max(1, round(OUTAGES * times)) if on_server else 0,
            nodes=NODES[name],
            patience=1200,  # a signer who was broken off five times is barred for 15 minutes
        )
        room = folder / str(place)
        room.mkdir()
        report = _on_postgresql(plan, room) if on_server else _on_sqlite(plan, room)
        sys.stderr.write("\n".join([f"{name}:", *report.lines()]) + "\n")
        counted |= {f"{name}: {what}": number for what, number in _figures(report).items()}
        failures += [f"{name}, seed {report.seed}: {each}" for each in report.findings]
    return Outcome(counted, failures)


def _on_sqlite(plan: Plan, room: Path) -> Report:
    home = room / "home"
    home.mkdir()
    with besieged(plan, home, f"sqlite:///{home / 'alur.db'}") as siege:
        return siege.run()


def _on_postgresql(plan: Plan, room: Path) -> Report:
    data = room / "data"
    data.mkdir()
    with (
        failing_server(data) as server,
        besieged(plan, room / "home", server.url, lambda: server.fail(0.5)) as siege,
    ):
        return siege.run()


def _figures(report: Report) -> dict[str, int]:
    return {
        "kills": report.killed,
        "database outages": report.outages,
        "letters": report.letters,
        "steps by people": report.steps,
        "requests without answer": report.mishaps,
        "messages": report.messages,
        "repeats under one Message-ID": report.duplicates,
        "signatures broken off": report.unended_signatures,
    }
