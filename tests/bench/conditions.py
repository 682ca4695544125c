"""Under which conditions a run measured."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine import Database
from tests.bench.report import milliseconds, say

_COMMITS = 50


def print_conditions(folder: Path) -> None:
    """Print what a reader must know to compare these figures with others."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    say(f"Cores: {os.cpu_count()}; load at the start: {load} (1, 5, 15 minutes)")
    database = Database(f"sqlite:///{folder / 'conditions.db'}")
    with database.connections.connect() as connection:
        ask = connection.exec_driver_sql
        library = ask("SELECT sqlite_version()").scalar_one()
        journal = ask("PRAGMA journal_mode").scalar_one()
        synchronous = ask("PRAGMA synchronous").scalar_one()
    alone = _one_row_alone(database)
    database.close()
    say(
        f"Python {platform.python_version()}, SQLite {library}, SQLAlchemy {version('sqlalchemy')},"
        f" SpiffWorkflow {version('spiffworkflow')}"
    )
    say(
        f"Databases on {_filesystem_of(folder)}: journal_mode={journal}, synchronous={synchronous}"
        f" (2 is FULL), for all engines alike; one row alone commits in {alone:.2f} ms"
    )


def _one_row_alone(database: Database) -> float:
    """Return the milliseconds of a commit that writes one small row: what the disk costs now."""
    seconds = []
    with database.connections.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("CREATE TABLE row (id INTEGER PRIMARY KEY)")
        for _ in range(_COMMITS):
            driver.execute("BEGIN IMMEDIATE")
            driver.execute("INSERT INTO row DEFAULT VALUES")
            began = time.perf_counter()
            driver.commit()
            seconds.append(time.perf_counter() - began)
    return milliseconds(seconds)


def _filesystem_of(folder: Path) -> str:
    """Return the kind of file system of a folder, e.g. ext4 or tmpfs."""
    mounts = Path("/proc/mounts")
    device = folder.stat().st_dev
    lines = mounts.read_text("utf-8").splitlines() if mounts.exists() else []
    for line in reversed(lines):
        _, place, kind, *_ = line.split(" ")
        if Path(place).exists() and Path(place).stat().st_dev == device:
            return kind
    return "a file system of unknown kind"
