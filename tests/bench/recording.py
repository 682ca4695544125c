"""What an engine asks of its database: every statement with its parameters and the time it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine import Database

#: a backend that waited so long tells its own client, whom it waits for
_TELL_OF_LOCK_WAITS = "-c deadlock_timeout=5ms -c log_lock_waits=on -c client_min_messages=log"

_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Statement:
    """One call of the driver."""

    text: str
    parameters: Any
    many: bool
    seconds: float

    @property
    def writes(self) -> bool:
        return self.text.lstrip().upper().startswith(_WRITES)


class Recorder:
    """Keeps what passes through the connections of a database's transactions."""

    def __init__(self, database: Database) -> None:
        self.statements: list[Statement] = []
        self.commits: list[float] = []
        self.lock_waits: list[str] = []  #: what PostgreSQL says of waits for a lock
        open_it = self._sqlite if database.is_sqlite else self._postgresql
        event.listen(database.connections, "do_connect", open_it)

    def taken(self) -> list[Statement]:
        """Return what was recorded since the last call."""
        taken, self.statements = self.statements, []
        return taken

    def _sqlite(self, dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        driver = dialect.loaded_dbapi
        recorder, cursor_kind = self, self._cursor(driver.Cursor)

        class Connection(driver.Connection):  # type: ignore[name-defined,misc]
            def cursor(self, factory: Any = cursor_kind) -> Any:
                return super().cursor(factory)

            def execute(self, text: str, parameters: Any = ()) -> Any:
                return self.cursor().execute(text, parameters)

            def commit(self) -> None:
                recorder.time_commit(super().commit)

        return dialect.connect(*arguments, **options, factory=Connection)

    def _postgresql(self, dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        driver = dialect.loaded_dbapi
        recorder = self

        class Connection(driver.Connection):  # type: ignore[name-defined,misc]
            def commit(self) -> None:
                recorder.time_commit(super().commit)

        connection = Connection.connect(
            *arguments,
            **options,
            options=_TELL_OF_LOCK_WAITS,
            cursor_factory=self._cursor(driver.Cursor),
        )
        connection.add_notice_handler(self._hear)
        return connection

    def _cursor(self, kind: Any) -> Any:
        recorder = self

        class Cursor(kind):  # type: ignore[misc]
            def execute(self, text: str, parameters: Any = (), **options: Any) -> Any:
                run = partial(super().execute, **options)
                return recorder.time_statement(run, text, parameters, many=False)

            def executemany(self, text: str, parameters: Any, **options: Any) -> Any:
                run = partial(super().executemany, **options)
                return recorder.time_statement(run, text, parameters, many=True)

        return Cursor

    def _hear(self, notice: Any) -> None:
        if "still waiting for" in notice.message_primary:
            self.lock_waits.append(notice.message_primary)

    def time_statement(
        self, run: Callable[..., Any], text: str, parameters: Any, *, many: bool
    ) -> Any:
        """Run it, and keep it with the time that it took."""
        began = time.perf_counter()
        result = run(text, parameters)
        self.statements.append(Statement(text, parameters, many, time.perf_counter() - began))
        return result

    def time_commit(self, run: Callable[[], Any]) -> None:
        """Commit, and keep the time that it took."""
        began = time.perf_counter()
        run()
        self.commits.append(time.perf_counter() - began)


def copy_database(original: Database, copy: Path) -> None:
    """Write all that the database holds into a new file."""
    driver: Any = original.connections.dialect.loaded_dbapi
    source, target = driver.connect(original.connections.url.database), driver.connect(copy)
    source.backup(target)
    source.close()
    target.close()


def rows_of(original: Database, copy: Path, tables: Iterable[str]) -> dict[str, set[Any]]:
    """Return all rows of these tables in a copy of the database, or in its own file."""
    driver: Any = original.connections.dialect.loaded_dbapi
    with closing(driver.connect(copy)) as connection:
        return {each: set(connection.execute(f"SELECT * FROM {each}")) for each in tables}  # noqa: S608  # our own names


class BareDatabase:
    """The driver and nothing else, on a copy of a database."""

    def __init__(self, original: Database, copy: Path, pragmas: list[Statement]) -> None:
        copy_database(original, copy)
        driver: Any = original.connections.dialect.loaded_dbapi
        self._connection = driver.connect(copy, isolation_level=None)
        for pragma in pragmas:
            self._connection.execute(pragma.text)

    def play(self, statements: list[Statement]) -> float:
        """Run them in one transaction; return the seconds from its beginning to its commit."""
        cursor = self._connection.cursor()
        began = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE")
        for each in statements:
            if each.many:
                cursor.executemany(each.text, each.parameters)
            else:
                cursor.execute(each.text, each.parameters)
                if cursor.description:
                    cursor.fetchall()
        cursor.execute("COMMIT")
        return time.perf_counter() - began

    def close(self) -> None:
        self._connection.close()
