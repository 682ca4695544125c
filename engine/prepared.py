"""Prepared statements: compiled once for each database, run on the driver's own cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Form:
    """A statement as one driver wants it. What has no converter is what the driver knows."""

    text: str
    named: bool  #: whether its parameters go by name
    takes: tuple[str, ...]
    taken: Callable[[Values], tuple[Any, ...]]
    outward: tuple[tuple[int, Convert], ...]  #: by place among the parameters
    fixed: Values  #: parameters that the statement brings itself
    gives: tuple[str, ...]  #: the columns of its rows
    inward: tuple[tuple[str, Convert], ...]  #: by column

    def parameters(self, values: Values) -> Any:
        if self.fixed:
            values = {**self.fixed, **values}
        ready: Any = self.taken(values)
        if self.outward:
            ready = list(ready)
            for place, convert in self.outward:
                ready[place] = convert(ready[place])
        return dict(zip(self.takes, ready, strict=True)) if self.named else ready

    def row(self, found: Iterable[Any]) -> dict[str, Any]:
        row = dict(zip(self.gives, found, strict=True))
        for name, convert in self.inward:
            row[name] = convert(row[name])
        return row


class _Held:
    """The connection of a session, and one cursor for all its statements."""

    __slots__ = ("connection", "cursor", "dialect", "kind", "passing")

    def __init__(self, connection: Connection, *, passing: bool = True) -> None:
        self.connection = connection
        self.cursor: Any = connection.connection.cursor()
        self.dialect = connection.dialect
        self.kind = type(self.dialect)
        self.passing = passing  #: whether the cursor is for one statement only


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
        held = _held(session)
        form = self._forms.get(held.kind) or self._form(held.dialect)
        found = _run(held, form.text, form.parameters(values), fetch=True)
        return [form.row(each) for each in found]

    def row(self, session: Session, values: Values) -> dict[str, Any] | None:
        """Run it and return its first row, or ``None``."""
        rows = self.rows(session, values)
        return rows[0] if rows else None

    def change(self, session: Session, values: Values) -> int:
        """Run it and return how many rows it touched."""
        held = _held(session)
        form = self._forms.get(held.kind) or self._form(held.dialect)
        touched: int = _run(held, form.text, form.parameters(values))
        return touched

    def change_all(
        self, session: Session, rows: Iterable[Values], common: Values = MappingProxyType({})
    ) -> None:
        """Run it once for each row, if there are any; all of them have the common values."""
        held = _held(session)
        form = self._forms.get(held.kind) or self._form(held.dialect)
        ready = [form.parameters({**common, **values}) for values in rows]
        if len(ready) > 1:
            _run(held, form.text, ready, many=True)
        elif ready:
            _run(held, form.text, ready[0])

    def _form(self, dialect: Dialect) -> _Form:
        # Two threads may both compile it: the same text, and no harm done.
        form = self._forms[type(dialect)] = _compiled(self._statement, dialect)
        return form


def hold(session: Session, connection: Connection) -> Any:
    """Let a session on this connection's transaction run its statements on one cursor.

    Returns the cursor, which must be closed before the transaction ends.
    """
    held = session.info[_KEY] = _Held(connection, passing=False)
    return held.cursor


def _held(session: Session) -> _Held:
    # In a nested transaction the session must be asked: only then does it set the savepoint.
    held: _Held | None = session.info.get(_KEY)
    if held is None or session.in_nested_transaction():
        return _Held(session.connection())
    return held


_KEY = "alur_connection"


def _compiled(statement: Any, dialect: Dialect) -> _Form:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
    gives_rows = statement.is_select or bool(compiled.effective_returning)
    columns = statement.exported_columns if gives_rows else ()
    order = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
    outward = [
        compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order
    ]
    inward = [
        (str(column.key), column.type.dialect_impl(dialect).result_processor(dialect, None))
        for column in columns
    ]
    return _Form(
        text=str(compiled),
        named=not compiled.positional,
        takes=order,
        taken=_all_of(order),
        outward=tuple((place, convert) for place, convert in enumerate(outward) if convert),
        fixed={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        gives=tuple(name for name, _ in inward),
        inward=tuple((name, convert) for name, convert in inward if convert),
    )


def _all_of(names: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Undo what is written inside when an exception leaves it; the transaction goes on.

    Statements are undone, not what SQLAlchemy's unit of work remembers: this house has none. Its
    own savepoint takes seventy microseconds, this one three.
    """
    held = _held(session)
    _run(held, "SAVEPOINT alur", ())
    try:
        yield
    except BaseException:
        if not held.connection.invalidated:
            _run(_held(session), "ROLLBACK TO SAVEPOINT alur", ())
            _run(_held(session), "RELEASE SAVEPOINT alur", ())
        raise
    _run(_held(session), "RELEASE SAVEPOINT alur", ())


def run_on_driver(connection: Connection, text: str, parameters: Any) -> None:
    """Run the text beside SQLAlchemy's own execution."""
    _run(_Held(connection), text, parameters)


def _run(
    held: _Held, text: str, parameters: Any, *, fetch: bool = False, many: bool = False
) -> Any:
    """Run the text; return its rows or the number of rows it touched."""
    cursor = held.cursor
    try:
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
        return cursor.fetchall() if fetch else cursor.rowcount
    except held.dialect.loaded_dbapi.Error as error:
        connection, dialect = held.connection, held.dialect
        lost = dialect.is_disconnect(error, connection.connection, cursor)
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
        if held.passing:
            cursor.close()
