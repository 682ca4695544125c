"""The writes of our steps as Core statements, and a copy on which SQLAlchemy itself runs them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from sqlalchemy import Executable

from engine import Database
from engine.prepared import Prepared
from tests.bench.recording import copy_database

Values = Mapping[str, Any]


class CoreNotes:
    """Notes what goes through prepared statements and writes."""

    def __init__(self) -> None:
        self._noted: list[tuple[Executable, list[dict[str, Any]]]] = []

    def taken(self) -> list[tuple[Executable, list[dict[str, Any]]]]:
        """Return statements and rows of values since the last call."""
        taken, self._noted = self._noted, []
        return taken

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is written in here."""
        notes = self
        plain = {name: getattr(Prepared, name) for name in ("rows", "change", "change_all")}

        def rows(self: Prepared, session: Any, values: Values) -> Any:
            notes._note(self._statement, [values])
            return plain["rows"](self, session, values)

        def change(self: Prepared, session: Any, values: Values) -> Any:
            notes._note(self._statement, [values])
            return plain["change"](self, session, values)

        def change_all(
            self: Prepared,
            session: Any,
            rows: Iterable[Values],
            common: Values = MappingProxyType({}),
        ) -> Any:
            every = [{**common, **values} for values in rows]
            notes._note(self._statement, every)
            return plain["change_all"](self, session, every)

        with patch.multiple(Prepared, rows=rows, change=change, change_all=change_all):
            yield

    def _note(self, statement: Any, rows: Iterable[Values]) -> None:
        every = [dict(values) for values in rows]
        if every and not statement.is_select:
            self._noted.append((statement, every))


class CoreDatabase:
    """SQLAlchemy Core and nothing else, on a copy of a database, in our own settings."""

    def __init__(self, original: Database, copy: Path) -> None:
        copy_database(original, copy)
        self._database = Database(f"sqlite:///{copy}")

    def play(self, noted: list[tuple[Any, list[dict[str, Any]]]]) -> float:
        """Run them in one transaction; return the seconds from its beginning to its commit."""
        ready = [(statement, _known(statement, rows)) for statement, rows in noted]
        began = time.perf_counter()
        with self._database.connections.begin() as connection:
            for statement, rows in ready:
                found = connection.execute(statement, rows if len(rows) > 1 else rows[0])
                if found.returns_rows:
                    found.all()
        return time.perf_counter() - began

    def close(self) -> None:
        self._database.close()


def _known(statement: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the values that the statement takes; ours may be given more."""
    names = statement.compile().binds
    return [{name: row[name] for name in row if name in names} for row in rows]
