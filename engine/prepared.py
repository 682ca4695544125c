"""Prepared statements: compiled once for each database, run on the driver's own cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
_Converter = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Form:
    """A statement as one driver wants it."""

    text: str
    positional: bool
    binds: tuple[tuple[str, _Converter], ...]  #: parameters in the order of the text
    fixed: Values  #: parameters that the statement brings itself
    columns: tuple[tuple[str, _Converter], ...]  #: of the rows it gives

    def parameters(self, values: Values) -> Any:
        given = {**self.fixed, **values} if self.fixed else values
        if self.positional:
            return [convert(given[n]) if convert else given[n] for n, convert in self.binds]
        return {n: convert(given[n]) if convert else given[n] for n, convert in self.binds}

    def row(self, found: Iterable[Any]) -> dict[str, Any]:
        return {
            name: convert(value) if convert else value
            for (name, convert), value in zip(self.columns, found, strict=True)
        }


class Prepared:
    """A Core statement on the path of every step.

    At each call SQLAlchemy looks a statement up, sorts its parameters and dresses its result;
    for the ten statements of a step that takes longer than SQLite takes to run them. Here only
    the column types still convert. The statement runs in the session's transaction; errors are
    SQLAlchemy's own. Lists of ``IN`` are not supported.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._forms: dict[type[Dialect], _Form] = {}

    def rows(self, session: Session, values: Values) -> list[dict[str, Any]]:
        """Run it and return all rows, by column name."""
        connection = session.connection()
        form = self._form(connection.dialect)
        found = _run(connection, form.text, form.parameters(values), fetch=True)
        return [form.row(each) for each in found]

    def row(self, session: Session, values: Values) -> dict[str, Any] | None:
        """Run it and return its first row, or ``None``."""
        return next(iter(self.rows(session, values)), None)

    def change(self, session: Session, values: Values) -> int:
        """Run it and return how many rows it touched."""
        connection = session.connection()
        form = self._form(connection.dialect)
        touched: int = _run(connection, form.text, form.parameters(values))
        return touched

    def change_all(self, session: Session, rows: Iterable[Values]) -> None:
        """Run it once for each of the rows, if there are any."""
        connection = session.connection()
        form = self._form(connection.dialect)
        if parameters := [form.parameters(values) for values in rows]:
            _run(connection, form.text, parameters, many=True)

    def _form(self, dialect: Dialect) -> _Form:
        kind = type(dialect)
        form = self._forms.get(kind)
        if form is None:
            # Two threads may both compile it: the same text, and no harm done.
            form = self._forms[kind] = _compiled(self._statement, dialect)
        return form


def _compiled(statement: Any, dialect: Dialect) -> _Form:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
    names = compiled.positiontup if compiled.positional else list(compiled.binds)
    binds = {
        name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        for name in names or ()
    }
    gives_rows = statement.is_select or bool(compiled.effective_returning)
    columns = statement.exported_columns if gives_rows else ()
    return _Form(
        text=str(compiled),
        positional=compiled.positional,
        binds=tuple((name, binds[name]) for name in names or ()),
        fixed={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        columns=tuple(
            (column.key, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for column in columns
        ),
    )


def _run(
    connection: Connection, text: str, parameters: Any, *, fetch: bool = False, many: bool = False
) -> Any:
    """Run the text; return its rows or the number of rows it touched."""
    dialect, driver = connection.dialect, connection.connection
    cursor = driver.cursor()
    try:
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
        return cursor.fetchall() if fetch else cursor.rowcount
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text,
            None,  # what was to be written may be confidential: it stays out of logs
            error,
            dialect.loaded_dbapi.Error,
            connection_invalidated=lost,
            dialect=dialect,
        ) from error
    finally:
        cursor.close()
