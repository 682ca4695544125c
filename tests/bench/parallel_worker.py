"""A process that walks letters of its own beside others, and reports what its database took."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from engine import Database
from tests.bench.flow import path_with
from tests.bench.ours import OurEngine
from tests.bench.recording import Recorder

_REVISIONS = 5


@dataclass
class Work:
    """What workers did, in seconds."""

    steps: list[float] = field(default_factory=list)
    locking: list[float] = field(default_factory=list)  #: of the row of the instance
    others: list[float] = field(default_factory=list)  #: all other statements
    commits: list[float] = field(default_factory=list)
    lock_waits: list[str] = field(default_factory=list)
    began: float = float("inf")
    ended: float = 0.0

    def add(self, other: Work) -> None:
        """Take the work of another worker to this."""
        for name in ("steps", "locking", "others", "commits", "lock_waits"):
            getattr(self, name).extend(getattr(other, name))
        self.began = min(self.began, other.began)
        self.ended = max(self.ended, other.ended)


def walk_letters(url: str, letters: int, together: Barrier, answers: SimpleQueue[Work]) -> None:
    """Walk so many letters, from the moment when every worker is ready."""
    database = Database(url)
    recorder = Recorder(database)
    ours = OurEngine(database)
    ours.walk(1)
    recorder.taken()
    recorder.commits.clear()
    recorder.lock_waits.clear()
    together.wait()
    work = Work(began=time.time())
    for _ in range(letters):
        letter = ours.begin()
        work.steps += [ours.step(letter, stop) for stop in path_with(_REVISIONS)]
    work.ended = time.time()
    for statement in recorder.taken():
        of_the_row = "FOR UPDATE" in statement.text
        (work.locking if of_the_row else work.others).append(statement.seconds)
    work.commits, work.lock_waits = recorder.commits, recorder.lock_waits
    ours.close()
    answers.put(work)
