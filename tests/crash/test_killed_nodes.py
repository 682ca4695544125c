"""An office on SQLite goes on as if nothing had happened, though its processes are killed."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import pytest

from tests.crash.siege import Plan, besieged

#: A server that does everything, and a second worker on the same machine.
NODES = {"serve": ("serve",), "work": ("work", "--threads", "2")}


@pytest.mark.slow
@pytest.mark.no_cover  # what is besieged are processes of their own
def test_thirty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    plan = Plan(seed=secrets.randbelow(10**6), kills=30, nodes=NODES)
    home = tmp_path / "home"
    home.mkdir()

    with besieged(plan, home, f"sqlite:///{home / 'alur.db'}") as siege:
        report = siege.run()

    sys.stdout.write("\n".join(report.lines()) + "\n")
    assert report.findings == []
    assert report.killed >= 30
    assert report.letters > 0
