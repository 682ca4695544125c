"""Slots of worker nodes: locks that the system drops when their owner dies.

The open part of the job engine does not notice a node that never comes back. A node therefore
holds a slot: a PostgreSQL advisory lock on a connection of its own, or on SQLite a lock on a file
beside the database. A restarted node takes the lowest free slot, so it inherits the dead one's
work; and every living node now and then tries the slots of others that still own pending work.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg

from engine.database import Database

_CLASS = 0x414C5552  # the bytes "ALUR": our class of advisory locks
_MOST = 64


class Locks(Protocol):
    """A set of numbered locks, each held by at most one living node."""

    def take(self, number: int) -> bool:
        """Take the lock unless another node holds it; return whether it was taken."""
        ...

    def drop(self, number: int) -> None:
        """Leave one lock that this node holds."""
        ...

    def check(self) -> None:
        """Raise ``SlotLost`` when the locks taken earlier may be gone."""
        ...

    def close(self) -> None:
        """Drop every lock."""
        ...


class SlotLost(RuntimeError):
    """The node lost its slot: another node may have taken over its work; it must restart."""


class NoFreeSlot(RuntimeError):
    """All slots are taken by living nodes."""


class FileLocks:
    """Locks on files beside an SQLite database: one machine."""

    def __init__(self, database_file: Path) -> None:
        self._base = database_file
        self._held: dict[int, IO[str]] = {}

    def take(self, number: int) -> bool:
        handle = self._path(number).open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return False
        self._held[number] = handle
        return True

    def drop(self, number: int) -> None:
        self._held.pop(number).close()

    def check(self) -> None:
        # The lock lives as long as the process; but a file that was removed locks out nobody.
        if not all(self._stands(number) for number in self._held):
            raise SlotLost

    def close(self) -> None:
        for number in list(self._held):
            self.drop(number)

    def _path(self, number: int) -> Path:
        return self._base.with_name(f"{self._base.name}.slot{number}")

    def _stands(self, number: int) -> bool:
        try:
            named = self._path(number).stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(self._held[number].fileno()))


class AdvisoryLocks:
    """PostgreSQL session locks on one connection that is kept alive."""

    def __init__(self, url: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            url,
            autocommit=True,
            application_name="alur-slot",
            keepalives=1,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def take(self, number: int) -> bool:
        row = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (_CLASS, number)
        ).fetchone()
        return bool(row and row[0])

    def drop(self, number: int) -> None:
        self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_CLASS, number))

    def check(self) -> None:
        try:
            self._connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise SlotLost from error

    def close(self) -> None:
        self._connection.close()


class Slots:
    """The slot of this node, and a look at those of others."""

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self._guard = threading.Lock()
        self.number = self._acquire()

    @classmethod
    def of(cls, database: Database) -> Slots:
        """Take the lowest free slot of the installation that uses this database.

        Raises ``NoFreeSlot`` when 64 nodes are alive.
        """
        url = database.connections.url
        if database.is_sqlite:
            return cls(FileLocks(Path(url.database or "alur.db")))
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return cls(AdvisoryLocks(plain))

    @property
    def name(self) -> str:
        """How the jobs that this node has taken name their owner, e.g. "slot-3"."""
        return f"slot-{self.number}"

    def check(self) -> None:
        """Raise ``SlotLost`` when this node may no longer own its slot."""
        with self._guard:
            self._locks.check()

    def adopt(self, owner: str) -> int | None:
        """Take the slot of a dead owner; return its number, or ``None`` while the owner lives."""
        prefix, _, digits = owner.partition("-")
        if prefix != "slot" or not digits.isdigit() or int(digits) == self.number:
            return None
        number = int(digits)
        with self._guard:
            return number if self._locks.take(number) else None

    def drop(self, number: int) -> None:
        """Leave the slot of a dead owner that was adopted."""
        with self._guard:
            self._locks.drop(number)

    def close(self) -> None:
        """Leave the slot to whoever comes next."""
        with self._guard:
            self._locks.close()

    def _acquire(self) -> int:
        for number in range(1, _MOST + 1):
            if self._locks.take(number):
                return number
        raise NoFreeSlot
