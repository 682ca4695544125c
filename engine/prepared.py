"""Prepared statements: compiled once for each database, run on the driver's own cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Converters = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class _Form:
    """A statement as one driver wants it."""

    text: str
    order: tuple[str, ...] | None  #: of its parameters; ``None`` where they go by name
    outward: Converters  #: of parameters whose type the driver does not know
    fixed: Values  #: parameters that the statement brings itself
    columns: tuple[str, ...]  #: of the rows it gives
    inward: Converters  #: of columns whose type the driver does not know

    def converted(self, values: Values) -> dict[str, Any]:
        ready = dict(values)
        for name in self.outward.keys() & ready.keys():
            ready[name] = self.outward[name](ready[name])
        return ready

    def parameters(self, ready: dict[str, Any]) -> Any:
        return ready if self.order is None else [ready[name] for name in self.order]

    def row(self, found: Iterable[Any]) -> dict[str, Any]:
        row = dict(zip(self.columns, found, strict=True))
        for name, convert in self.inward.items():
            row[name] = convert(row[name])
        return row


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
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        parameters = form.parameters({**form.fixed, **form.converted(values)})
        found = run_on_driver(connection, form.text, parameters, fetch=True)
        return [form.row(each) for each in found]

    def row(self, session: Session, values: Values) -> dict[str, Any] | None:
        """Run it and return its first row, or ``None``."""
        return next(iter(self.rows(session, values)), None)

    def change(self, session: Session, values: Values) -> int:
        """Run it and return how many rows it touched."""
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        parameters = form.parameters({**form.fixed, **form.converted(values)})
        touched: int = run_on_driver(connection, form.text, parameters)
        return touched

    def change_all(
        self, session: Session, rows: Iterable[Values], common: Values = MappingProxyType({})
    ) -> None:
        """Run it once for each row, if there are any; all of them have the common values."""
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        shared = {**form.fixed, **form.converted(common)}
        if ready := [form.parameters({**shared, **form.converted(values)}) for values in rows]:
            run_on_driver(connection, form.text, ready, many=True)

    def _form(self, dialect: Dialect) -> _Form:
        kind = type(dialect)
        form = self._forms.get(kind)
        if form is None:
            # Two threads may both compile it: the same text, and no harm done.
            form = self._forms[kind] = _compiled(self._statement, dialect)
        return form


def hold_connection(session: Session, connection: Connection) -> None:
    """Note the connection of a session that lives as long as the connection's transaction."""
    session.info[_HELD] = connection


def _connection_of(session: Session) -> Connection:
    # The session would look it up anew for each of the ten statements of a step. In a nested
    # transaction it must: only then does it set the savepoint.
    held: Connection | None = session.info.get(_HELD)
    if held is None or session.in_nested_transaction():
        return session.connection()
    return held


_HELD = "alur_connection"


def _compiled(statement: Any, dialect: Dialect) -> _Form:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
    gives_rows = statement.is_select or bool(compiled.effective_returning)
    columns = statement.exported_columns if gives_rows else ()
    outward = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    inward = {
        column.key: column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in columns
    }
    return _Form(
        text=str(compiled),
        order=tuple(compiled.positiontup or ()) if compiled.positional else None,
        outward={name: convert for name, convert in outward.items() if convert},
        fixed={
            name: convert(bind.value) if (convert := outward[name]) else bind.value
            for name, bind in compiled.binds.items()
            if not bind.required
        },
        columns=tuple(inward),
        inward={name: convert for name, convert in inward.items() if convert},
    )


def run_on_driver(
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
