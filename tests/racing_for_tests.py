"""Racing: two commands on connections of their own, at the same moment or in a forced order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, text

from engine import Database

_PATIENCE = 30.0

Act = Callable[[], Any]


def together(*acts: Act) -> list[Any]:
    """Do all at the same moment, each in a thread; return results or exceptions in order."""
    barrier = threading.Barrier(len(acts))
    runs = [_Run(act, barrier.wait) for act in acts]
    return [run.result() for run in runs]


@dataclass(frozen=True)
class Racers:
    """Two ways into the same books, as two processes have them."""

    one: Database
    other: Database

    def in_order(self, first: Act, second: Act) -> list[Any]:
        """Let the second act begin when the first has done everything but its commit.

        The first must write through ``one``, the second through ``other``. Returns results or
        exceptions in order. The second either waits for a lock that the first holds, or ends
        before the first commits; no other interleaving of the two can happen.
        """
        complete, asked, go_on = threading.Event(), threading.Event(), threading.Event()

        def hold(_connection: Any) -> None:
            complete.set()
            go_on.wait(_PATIENCE)

        def ask(_connection: Any) -> None:
            asked.set()

        with _heard(self.one, "commit", hold), _heard(self.other, "engine_connect", ask):
            leader = _Run(first)
            _wait_for(lambda: complete.is_set() or leader.ended, "the commit of the first")
            follower = _Run(second)
            _wait_for(lambda: follower.ended or self._waits(asked), "the second to want a lock")
            go_on.set()
            return [leader.result(), follower.result()]

    def _waits(self, asked: threading.Event) -> bool:
        # Who waits for the one lock of an SQLite file cannot be seen; whoever asked for it waits.
        return asked.is_set() and (self.one.is_sqlite or _waits_for_lock(self.one))


class _Run:
    """An act in a thread, and what came of it."""

    def __init__(self, act: Act, before: Callable[[], object] = lambda: None) -> None:
        self._result: Any = None
        self._thread = threading.Thread(target=self._run, args=(act, before), daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Any:
        self._thread.join(_PATIENCE)
        if not self.ended:
            raise TimeoutError("Expected both commands to come to an end.")
        return self._result

    def _run(self, act: Act, before: Callable[[], object]) -> None:
        before()
        try:
            self._result = act()
        except Exception as error:
            self._result = error


@contextmanager
def _heard(database: Database, what: str, listener: Callable[[Any], None]) -> Iterator[None]:
    event.listen(database.connections, what, listener)
    try:
        yield
    finally:
        event.remove(database.connections, what, listener)


def _waits_for_lock(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with database.reading() as session:
        return bool(session.execute(waiting).scalar_one())


def _wait_for(arrived: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not arrived():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Expected {what}.")
        time.sleep(0.005)
