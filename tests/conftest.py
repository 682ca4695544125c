"""What every test may ask for: a real database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from coverage import Coverage
from databases_for_tests import Shelf, copied_sqlite, empty_database_on
from racing_for_tests import Racers

from engine import Database


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
    if not item.get_closest_marker("no_cover") and "no_cover" not in item.fixturenames:
        return (yield)
    with _uncounted():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Nor while it is set up, which pytest-cov counts in any case."""
    if not item.get_closest_marker("no_cover"):
        return (yield)
    with _uncounted():
        return (yield)


@contextmanager
def _uncounted() -> Iterator[None]:
    stopped: list[Coverage] = []
    while (counting := Coverage.current()) is not None:
        counting.stop()
        stopped.append(counting)
    try:
        yield
    finally:
        for counting in reversed(stopped):
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


@pytest.fixture(scope="session")
def sqlite_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files stand that SQLite databases are copied from."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def shelf(postgresql_url: str) -> Iterator[Shelf]:
    """PostgreSQL databases that are lent to one test after the other."""
    with closing(Shelf(postgresql_url)) as filled:
        yield filled


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with every table that is registered so far; the test runs once on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    shelf: Shelf = request.getfixturevalue("shelf")
    with shelf.lent() as url, closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def racers(database: Database) -> Iterator[Racers]:
    """Two ways into one database, for commands that meet."""
    with closing(Database(database.url)) as other:
        yield Racers(database, other)


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_models: Path) -> Iterator[Database]:
    """A database on SQLite only, for tests whose point is not the database."""
    with closing(Database(copied_sqlite(sqlite_models, tmp_path))) as opened:
        yield opened
