"""Databases that tests borrow: made once, then copied or emptied rather than made anew."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from engine import Database, metadata

#: All that a test could leave behind beside rows: tables, columns, triggers, functions, schemas.
_SHAPE = text(
    """\
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
  UNION ALL
  SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, attisdropped)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    WHERE NOT tgisinternal
  UNION ALL
  SELECT concat_ws(' ', conrelid::regclass, conname) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', proname, prosrc) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
) AS parts(part)"""
)

_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)

#: Without triggers: append-only tables refuse to forget. TRUNCATE would take ten times as long.
_FORGET_ALL = text(
    """\
DO $$ DECLARE one regclass; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
    EXECUTE 'DELETE FROM ' || one;
  END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$"""
)


@contextmanager
def empty_database_on(server: str) -> Iterator[str]:
    """Create a database without tables on the server, yield its address, drop it."""
    address = _created(server)
    try:
        yield address.render_as_string(hide_password=False)
    finally:
        _drop(server, address)


def copied_sqlite(models: Path, folder: Path) -> str:
    """Return the address of an SQLite file in the folder with every table and no row.

    It is copied from the folder of models, where the first one of a run is made.
    """
    model = models / f"{len(metadata.tables)}_tables.db"
    if not model.exists():
        with closing(Database(f"sqlite:///{model}")) as opened:
            metadata.create_all(opened.connections)
    shutil.copyfile(model, folder / "alur.db")
    return f"sqlite:///{folder / 'alur.db'}"


class Shelf:
    """Databases of PostgreSQL with every table and no row, lent to one test after the other.

    To create one takes the server half a second of processor time. One that comes back is
    emptied and lent again, unless the test left more than rows behind.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._empty: list[tuple[URL, str]] = []  #: addresses, and the shape of what is there
        self._tables = 0  #: how many each has; a test module may register more

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Lend one database: yield its address."""
        if self._tables != len(metadata.tables):
            self.close()
            self._tables = len(metadata.tables)
        address, shape = self._empty.pop() if self._empty else _furnished(self._server)
        try:
            yield address.render_as_string(hide_password=False)
        finally:
            if _emptied(address, shape):
                self._empty.append((address, shape))
            else:
                _drop(self._server, address)

    def close(self) -> None:
        """Drop what nobody has borrowed."""
        while self._empty:
            _drop(self._server, self._empty.pop()[0])


def _created(server: str) -> URL:
    name = f"alur_{uuid.uuid4().hex[:12]}"
    with _connected(server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        return connection.engine.url.set(database=name)


def _furnished(server: str) -> tuple[URL, str]:
    address = _created(server)
    with _connected(address) as connection:
        metadata.create_all(connection)
        return address, _shape(connection)


def _emptied(address: URL, shape: str) -> bool:
    """Whether the database could be made what it was when it was new."""
    try:
        with _connected(address) as connection:
            connection.execute(_END_OTHERS)
            if _shape(connection) != shape:
                return False
            connection.execute(_FORGET_ALL)
            return True
    except DBAPIError:  # a role that may not switch triggers off, for one
        return False


def _drop(server: str, address: URL) -> None:
    with _connected(server) as connection:
        connection.execute(text(f'DROP DATABASE "{address.database}" WITH (FORCE)'))


def _shape(connection: Connection) -> str:
    return str(connection.execute(_SHAPE).scalar_one())


@contextmanager
def _connected(address: str | URL) -> Iterator[Connection]:
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
