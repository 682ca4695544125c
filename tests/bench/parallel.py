"""Many workers beside each other on PostgreSQL: does one instance wait for another?"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import threading
import time
import uuid
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from sqlalchemy import create_engine, text

from engine import Database, metadata
from tests.bench.flow import draft
from tests.bench.ours import OurEngine
from tests.bench.parallel_worker import Work, walk_letters
from tests.bench.recording import Recorder
from tests.bench.report import Table, Verdict

_WORKERS = (1, 8)
_ACTIVE = text(
    "SELECT coalesce(wait_event_type || ' ' || wait_event, 'working') FROM pg_stat_activity"
    " WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()"
)


def parallel(folder: Path, rounds: int, workers: tuple[int, ...] = _WORKERS) -> Table:
    """Let one worker and then many walk letters of their own; listen for waits for a lock.

    Raises ``AssertionError`` when not even a wait that was caused on purpose is heard.
    """
    found: dict[int, tuple[Work, Counter[str]]] = {}
    with _server(folder) as server, _empty_database(server) as url:
        database = Database(url)
        recorder = Recorder(database)
        ours = OurEngine(database)
        _cause_a_wait(ours, database, recorder)
        for count in workers:
            found[count] = _work_together(url, count, letters=2 * rounds)
        with database.connections.connect() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        ours.close()
    between = [_between_instances(work) for work, _ in found.values()]
    columns = [_column(work, seen) for work, seen in found.values()]
    return Table(
        f"Workers beside each other on PostgreSQL {version}: processes, letters of their own",
        ("", *(f"{count} worker{'s' if count > 1 else ''}" for count in found)),
        tuple((name, *(column[name] for column in columns)) for name in columns[0]),
        (
            Verdict(
                f"lock waits between instances, {max(workers)} workers",
                (float(between[-1]),),
                at_most=0,
            ),
        ),
        (
            "A wait of 5 ms for any lock is told by PostgreSQL itself; one caused on purpose was.",
            f"All workers, the server and this process share {os.cpu_count()} cores.",
            *(f"Where backends were seen, {n} at work: {_looks(found[n][1])}" for n in found),
        ),
    )


def _work_together(url: str, count: int, letters: int) -> tuple[Work, Counter[str]]:
    """Return what so many workers did, and in which states their backends were seen."""
    processes = multiprocessing.get_context("spawn")
    together = processes.Barrier(count)
    answers = processes.SimpleQueue()
    team = [
        processes.Process(target=walk_letters, args=(url, letters, together, answers), daemon=True)
        for _ in range(count)
    ]
    for worker in team:
        worker.start()
    all_work, seen = Work(), Counter[str]()
    with _watching(url, seen):
        for _ in team:
            all_work.add(_answer(answers, team))
        for worker in team:
            worker.join()
    return all_work, seen


def _answer(answers: SimpleQueue[Work], team: list[SpawnProcess]) -> Work:
    """Return the next worker's work. Raises ``RuntimeError`` when one died instead."""
    while answers.empty():
        if any(worker.exitcode for worker in team):
            raise RuntimeError("A worker died.")
        time.sleep(0.02)
    return answers.get()


@contextmanager
def _watching(url: str, seen: Counter[str]) -> Iterator[None]:
    """Count, while the block runs, what working backends wait for."""
    enough = threading.Event()
    watcher = create_engine(url, isolation_level="AUTOCOMMIT")

    def look() -> None:
        with watcher.connect() as connection:
            while not enough.wait(0.01):
                seen.update(connection.execute(_ACTIVE).scalars())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()
        watcher.dispose()


def _cause_a_wait(ours: OurEngine, database: Database, recorder: Recorder) -> None:
    """Hold the row of an instance while a step wants it: the wait must be heard."""
    letter = ours.begin()
    instance = metadata.tables["instance"]
    holder = create_engine(database.url)
    step = threading.Thread(target=ours.step, args=(letter, draft()))
    with holder.begin() as connection:
        connection.execute(instance.select().where(instance.c.id == letter).with_for_update())
        step.start()
        time.sleep(0.2)
    step.join()
    holder.dispose()
    if not recorder.lock_waits:
        raise AssertionError("Expected to hear of a wait that was caused on purpose, heard none.")
    recorder.lock_waits.clear()


def _between_instances(work: Work) -> int:
    """Return the waits for what another instance held, which growing files is not."""
    return sum("extension of relation" not in wait for wait in work.lock_waits)


def _column(work: Work, seen: Counter[str]) -> dict[str, str]:
    between = _between_instances(work)
    dearer = statistics.median(work.locking) / statistics.median(work.others)
    held = sum(count for state, count in seen.items() if state.startswith("Lock "))
    return {
        "steps a second": f"{len(work.steps) / (work.ended - work.began):.0f}",
        "step, p50 / p99 ms": _spread(work.steps),
        "locking the instance, p50 / p99 ms": _spread(work.locking),
        "other statements, p50 / p99 ms": _spread(work.others),
        "locking / other statements, p50": f"{dearer:.2f}",
        "commit, p50 / p99 ms": _spread(work.commits),
        "waits of 5 ms for a lock": str(between),
        "waits of 5 ms for a file to grow": str(len(work.lock_waits) - between),
        "backends at work, seen waiting for a lock": f"{held} of {seen.total()}",
    }


def _looks(seen: Counter[str]) -> str:
    return ", ".join(f"{state} {count}" for state, count in seen.most_common(5))


def _spread(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"{cuts[49] * 1000:.2f} / {cuts[98] * 1000:.2f}"


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # said at the import
        from tests.pgserver_for_tests import running

        with running(folder / "postgresql") as url:
            yield url


@contextmanager
def _empty_database(server: str) -> Iterator[str]:
    """Create a database on the server, yield its address, drop it."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
