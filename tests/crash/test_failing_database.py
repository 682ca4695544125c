"""An office on PostgreSQL goes on though nodes are killed and the database itself breaks off."""

from __future__ import annotations

import secrets
import sys
import tempfile
from pathlib import Path

import pytest

from tests.crash.failing_server import failing_server
from tests.crash.siege import Plan, besieged

#: A larger installation: pages apart from two workers.
NODES = {"web": ("web", "--workers", "1"), "work-1": ("work",), "work-2": ("work",)}


@pytest.mark.slow
@pytest.mark.no_cover  # what is besieged are processes of their own
def test_kills_and_a_database_that_breaks_off_lose_and_double_nothing(tmp_path: Path) -> None:
    plan = Plan(seed=secrets.randbelow(10**6), kills=10, outages=3, nodes=NODES)

    # Not below pytest's own folder: its path is too long for a socket.
    with (
        tempfile.TemporaryDirectory(prefix="alur-failing-") as folder,
        failing_server(Path(folder)) as server,
        besieged(plan, tmp_path / "home", server.url, lambda: server.fail(0.5)) as siege,
    ):
        report = siege.run()

    sys.stdout.write("\n".join(report.lines()) + "\n")
    assert report.findings == []
    assert report.killed >= plan.kills
    assert report.outages == plan.outages
    assert report.letters > 0
