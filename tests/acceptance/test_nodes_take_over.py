"""A larger installation: worker nodes on PostgreSQL, of which one dies in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import migrate_jobs
from handlers.demo import demo_plays
from handlers.sending import HandDeliveryChannel, OutboxChannel
from webapp import Settings, build_office
from webapp.bootstrap import Channels
from webapp.demo import prepare_demo
from webapp.migrations import upgrade
from webapp.proof import prove
from webapp.rehearsal import Performance, Stage
from webapp.rehearsal.props import RefusingOnce, StageClock

HOUSE = Path(__file__).resolve().parents[2]
LETTERS = 4


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A node as an operator starts it."""
    command = [sys.executable, "-c", "from webapp.commands import main; main()", "work"]
    process = subprocess.Popen(
        command, cwd=HOUSE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def settings(prepared_demo: Path, tmp_path: Path, empty_postgresql_url: str) -> Settings:
    shutil.copytree(prepared_demo / "authority", tmp_path / "authority")
    return Settings(home=tmp_path, database_url=empty_postgresql_url, secret_key="k" * 40)


@pytest.mark.slow
def test_letters_reach_their_end_though_a_node_is_killed(settings: Settings) -> None:
    clock = StageClock(datetime.now(UTC))
    channel = RefusingOnce(OutboxChannel(settings.home / "outbox", clock))
    by_hand = HandDeliveryChannel(settings.home / "hand", clock)
    office = build_office(settings, clock=clock, channels=Channels(channel, by_hand))
    upgrade(office.database)
    migrate_jobs(office.database)
    prepare_demo(office)
    environment = {
        **os.environ,
        "ALUR_HOME": str(settings.home),
        "ALUR_DATABASE_URL": settings.database_url,
    }
    [play] = [each for each in demo_plays() if each.name == "S01"]
    today = {**play.answers, "letter_date": clock.now().date().isoformat()}
    stage, played = Stage(office, clock, channel), []

    with worker(environment) as doomed, worker(environment):
        _wait_until_alive(doomed)
        killer = threading.Timer(3.0, doomed.send_signal, [signal.SIGKILL])
        killer.start()
        played += [stage.perform(replace(play, answers=today)) for _ in range(LETTERS)]
        killer.join()
        died = doomed.wait(timeout=10)

    assert died == -signal.SIGKILL
    assert [each.stopped for each in played] == [""] * LETTERS
    assert _numbers(office, played) == [1, 2, 3, 4]
    assert prove(office) == []
    office.database.close()


def _wait_until_alive(process: subprocess.Popen[bytes]) -> None:
    """Read the node's log until it says that it has a slot."""
    deadline = time.monotonic() + 60
    while process.stdout is not None and time.monotonic() < deadline:
        if b"node started" in process.stdout.readline():
            return
    raise TimeoutError("Expected the node to start within a minute.")


def _numbers(office: object, played: list[Performance]) -> list[int]:
    from sqlalchemy import select

    from handlers.numbering.tables import letter_number

    with office.database.reading() as session:  # type: ignore[attr-defined]
        ids = [each.letter_id for each in played]
        query = select(letter_number.c.sequence).where(letter_number.c.letter_id.in_(ids))
        return sorted(session.execute(query).scalars())
