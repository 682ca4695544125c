"""What an engine asks of SQLite: every statement with its parameters and the time it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine import Database

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
        event.listen(database.connections, "do_connect", self._connect)

    def taken(self) -> list[Statement]:
        """Return what was recorded since the last call."""
        taken, self.statements = self.statements, []
        return taken

    def _connect(self, dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        driver = dialect.loaded_dbapi
        recorder = self

        class Cursor(driver.Cursor):  # type: ignore[name-defined,misc]
            def execute(self, text: str, parameters: Any = ()) -> Any:
                return recorder.keep(super().execute, text, parameters, many=False)

            def executemany(self, text: str, parameters: Any) -> Any:
                return recorder.keep(super().executemany, text, parameters, many=True)

        class Connection(driver.Connection):  # type: ignore[name-defined,misc]
            def cursor(self, factory: Any = Cursor) -> Any:
                return super().cursor(factory)

            def execute(self, text: str, parameters: Any = ()) -> Any:
                return self.cursor().execute(text, parameters)

            def commit(self) -> None:
                began = time.perf_counter()
                super().commit()
                recorder.commits.append(time.perf_counter() - began)

        return dialect.connect(*arguments, **options, factory=Connection)

    def keep(self, run: Callable[..., Any], text: str, parameters: Any, *, many: bool) -> Any:
        """Run it, and keep it with the time that it took."""
        began = time.perf_counter()
        result = run(text, parameters)
        self.statements.append(Statement(text, parameters, many, time.perf_counter() - began))
        return result


class BareDatabase:
    """The driver and nothing else, on a copy of a database."""

    def __init__(self, original: Database, copy: Path, pragmas: list[Statement]) -> None:
        driver: Any = original.connections.dialect.loaded_dbapi
        source = driver.connect(original.connections.url.database)
        self._connection = driver.connect(copy, isolation_level=None)
        source.backup(self._connection)
        source.close()
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

    def rows_of(self, table: str) -> set[Any]:
        return set(self._connection.execute(f"SELECT * FROM {table}"))  # noqa: S608  # our own name

    def close(self) -> None:
        self._connection.close()
