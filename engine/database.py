"""The database: one way to open it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from engine.canonical import canonical_json, read_json
from engine.prepared import hold, run_on_driver

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Every table of engine and handlers registers here; Alembic reads it.
metadata = MetaData(naming_convention=NAMING)

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a number that was shown must survive a loss of power
    "foreign_keys=ON",
    "busy_timeout=30000",
    "cache_size=-16000",
    "temp_store=MEMORY",
)


def _spelt(value: Any) -> str:
    return canonical_json(value).decode()


#: Kept from one transaction to the next, at most; none while others may wait for a connection.
_SEATS = 4

_SETTINGS: dict[str, Any] = {
    # Of each of the two pools of a process: PostgreSQL allows 100 connections.
    "pool_size": 10,
    "max_overflow": 10,
    "hide_parameters": True,  # what was to be written may be confidential
    "json_serializer": _spelt,
    "json_deserializer": read_json,
}

_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}


class Database:
    """Opens transactions; every write and every read of the house goes through it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connections: Engine = _connect(url)
        self.writers = sessionmaker(self.connections)
        self._seats: list[_Seat] = []  #: those that nobody uses now
        self._pool = cast("QueuePool", self.connections.pool)
        self._closed = False
        self.is_sqlite = self.connections.dialect.name == "sqlite"
        # A pool of its own: a step that reads beside its transaction must not wait for a
        # connection that another waiting step holds.
        self._reading: Engine = _connect(url)
        # PostgreSQL shows every query another moment unless asked for one snapshot.
        snapshot = {"alur_begin": "DEFERRED"} if self.is_sqlite else _ONE_MOMENT
        self._readers = sessionmaker(self._reading.execution_options(**snapshot))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that commits at the end, or rolls back when an exception leaves it."""
        seat = self._kept_seat() or _Seat(self.connections)
        try:
            with seat.connection.begin():
                cursor = hold(seat.session, seat.connection)
                yield seat.session
                if seat.session.in_transaction():
                    seat.session.close()
                if self.is_sqlite:
                    _refuse_what_was_rolled_back(cursor.connection)
                cursor.close()
        except BaseException:
            seat.leave(closed=self._closed)
            raise
        if self._may_keep():
            self._seats.append(seat)
        else:
            seat.leave(closed=self._closed)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for queries: one snapshot, never a write lock."""
        with self._readers() as session:
            yield session
            session.rollback()

    def close(self) -> None:
        """Close what nobody uses; transactions that still run close their own when they end."""
        self._closed = True
        while (seat := self._kept_seat()) is not None:
            seat.leave()
        self.connections.dispose()
        self._reading.dispose()

    def _may_keep(self) -> bool:
        # Of PostgreSQL the pool looks at each loan whether the server is still there. And whoever
        # takes a kept seat passes by those that wait in the pool: none is kept while it is short.
        if not self.is_sqlite or self._closed or len(self._seats) >= _SEATS:
            return False
        return self._pool.checkedout() <= self._pool.size()

    def _kept_seat(self) -> _Seat | None:
        try:
            return self._seats.pop()
        except IndexError:
            return None


class _Seat:
    """A connection and the session on it, kept from one transaction to the next.

    To take both anew from SQLAlchemy costs a step a twentieth of its time.
    """

    def __init__(self, connections: Engine) -> None:
        self.connection = connections.connect()
        self.session = Session(self.connection)

    def leave(self, *, closed: bool = False) -> None:
        """Give the connection back; to a pool that is ``closed`` nothing can be given."""
        self.session.close()
        if closed:
            self.connection.invalidate()
        self.connection.close()


def _refuse_what_was_rolled_back(driver: Any) -> None:
    """Refuse to commit what SQLite has undone by itself, as it does when a write fails."""
    if not driver.in_transaction:
        undone = RuntimeError("Expected a transaction; SQLite has rolled it back by itself.")
        raise OperationalError("COMMIT", None, undone)


def _connect(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, **_SETTINGS, pool_pre_ping=True, pool_recycle=1800)
    connections = create_engine(url, **_SETTINGS, connect_args={"timeout": 30})

    @event.listens_for(connections, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: it would lose updates silently.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(connections, "begin")
    def _begin(connection: Any) -> None:
        # Writers queue for the lock up front; readers opt out and never block.
        mode = connection.get_execution_options().get("alur_begin", "IMMEDIATE")
        run_on_driver(connection, f"BEGIN {mode}", ())

    return connections
