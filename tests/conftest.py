"""What every test may ask for: a real database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from coverage import Coverage
from racing_for_tests import Racers
from sqlalchemy import create_engine, text

from engine import Database, metadata


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of slow tests: one that comes last keeps the other workers waiting."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Count no lines at all where a test asks for that.

    pytest-cov begins to count twice in a worker of xdist, before and after it knows that it is
    one, and stops the second count only.
    """
    unasked = not item.get_closest_marker("no_cover") and "no_cover" not in item.fixturenames
    counting = None if unasked else Coverage.current()
    if counting is None:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a PostgreSQL server: the given one, or one started from its wheel."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    import pgserver_for_tests

    # Not below pytest's own folder: it clears away those of runs that it thinks are over.
    with (
        tempfile.TemporaryDirectory(prefix="alur-postgresql-") as folder,
        pgserver_for_tests.running(Path(folder)) as url,
    ):
        yield url


@contextmanager
def empty_database_on(server: str) -> Iterator[str]:
    """Create a database on the server, yield its address, drop it."""
    name = f"alur_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="module")
def empty_postgresql_url(postgresql_url: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database that one test module keeps."""
    with empty_database_on(postgresql_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'alur.db'}"
        return
    with empty_database_on(request.getfixturevalue("postgresql_url")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with every table that is registered so far."""
    opened = Database(database_url)
    metadata.create_all(opened.connections)
    yield opened
    opened.close()


@pytest.fixture
def racers(database: Database, database_url: str) -> Iterator[Racers]:
    """Two ways into one database, for commands that meet."""
    other = Database(database_url)
    yield Racers(database, other)
    other.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A database on SQLite only, for tests whose point is not the database."""
    opened = Database(f"sqlite:///{tmp_path / 'alur.db'}")
    metadata.create_all(opened.connections)
    yield opened
    opened.close()
