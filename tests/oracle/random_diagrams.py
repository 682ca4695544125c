"""Random diagrams for tests: blocks inside blocks, as SOPs are, with everything we execute."""

from __future__ import annotations

import random

from oracle.world import ANSWERS
from unit.engine import drawing_board as board


def _user(element: str) -> str:
    return board.user(element, board.properties(outputs=ANSWERS))


class Draughtsman:
    """Draws one diagram from a seed.

    ``depth`` is how often a block may stand in a block, ``forks`` how many blocks may run side by
    side: the examination plays all their orders, and refuses what it cannot play to the end.
    """

    def __init__(self, seed: int, depth: int = 3, forks: int = 100) -> None:
        self.random = random.Random(seed)  # noqa: S311  # reproducible, not secret
        self.depth = depth
        self.forks = forks
        self.count = 0
        self.parts: list[str] = []

    def diagram(self) -> bytes:
        self.parts += [board.start(), board.end()]
        # Most walks go round several times, so that a second pass meets what a first one left.
        first, last = self.loop(self.depth, again="a")
        self.parts.append(board.path("begin", first))
        self.parts.append(board.path(last, "done"))
        return board.diagram(*self.parts, errors={"Error_1": "E1", "Error_2": "E2"})

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    def block(self, depth: int) -> tuple[str, str]:
        """Draw a block; return its first and its last element."""
        kinds = [self.work]
        if depth:
            kinds += [self.sequence, self.sequence, self.choice, self.loop]
            kinds += [self.parallel] if self.forks > 0 else []
        drawn = self.random.choice(kinds)
        return drawn() if drawn == self.work else drawn(depth - 1)

    def work(self) -> tuple[str, str]:
        if self.random.random() < 0.6:
            task = self.name("user")
            self.parts.append(_user(task))
        else:
            topic = self.random.choice(["queued", "immediate", "failing"])
            task = self.name(topic)
            self.parts.append(board.service(task, topic))
            if topic == "failing":
                return self.caught(task)
        return self.timed(task)

    def timed(self, task: str) -> tuple[str, str]:
        if self.random.random() < 0.4:
            late, notice, over = self.name("late"), self.name("notice"), self.name("over")
            self.parts += [self.timer(late, task), board.notice(notice), board.end(over)]
            self.parts.append(board.path(late, notice, over))
        if self.random.random() < 0.2:
            late, merge = self.name("too_late"), self.name("merge")
            self.parts += [self.timer(late, task, interrupting=True), board.choice(merge)]
            self.parts += [board.path(late, merge), board.path(task, merge)]
            return task, merge
        return task, task

    def timer(self, late: str, task: str, *, interrupting: bool = False) -> str:
        """A deadline that counts day and night, so that the test knows when it is due."""
        drawn = board.timer(
            late, task, f"PT{self.random.randint(1, 9)}H", interrupting=interrupting
        )
        elapsed = board.properties(calendar="elapsed")
        return drawn.replace("<bpmn:timerEventDefinition>", f"{elapsed}<bpmn:timerEventDefinition>")

    def caught(self, task: str) -> tuple[str, str]:
        event, repair, merge = self.name("failed"), self.name("repair"), self.name("merge")
        self.parts += [board.catch_error(event, task, "Error_1"), _user(repair)]
        self.parts += [board.choice(merge), board.path(event, repair, merge, task)]
        return merge, task

    def sequence(self, depth: int) -> tuple[str, str]:
        first, middle = self.block(depth)
        second, last = self.block(depth)
        self.parts.append(board.path(middle, second))
        return first, last

    def choice(self, depth: int) -> tuple[str, str]:
        split, merge = self.name("split"), self.name("merge")
        one_first, one_last = self.block(depth)
        two_first, two_last = self.block(depth)
        self.parts += [board.choice(split, f"{split}_to_{two_first}"), board.choice(merge)]
        self.parts += [
            board.flow(split, one_first, 'pick = "a"'),
            board.path(split, two_first),
            board.path(one_last, merge),
            board.path(two_last, merge),
        ]
        if self.random.random() < 0.2:
            stop = self.name("stop")
            self.parts.append(board.end(stop, board.TERMINATE))
            self.parts.append(board.flow(split, stop, 'pick = "c"'))
        return split, merge

    def parallel(self, depth: int) -> tuple[str, str]:
        self.forks -= 1
        fork, join = self.name("fork"), self.name("join")
        self.parts += [board.fork(fork), board.fork(join)]
        for _ in range(self.random.choice([2, 2, 3])):
            # A person stands first in each branch, so that no two branches run in one step and
            # the order in which the engine takes them cannot be seen.
            person = self.name("user")
            self.parts.append(_user(person))
            first, last = self.block(depth)
            self.parts.append(board.path(fork, person, first))
            self.parts.append(board.path(last, join))
        return fork, join

    def loop(self, depth: int, again: str = "b") -> tuple[str, str]:
        merge, more, person = self.name("merge"), self.name("more"), self.name("user")
        first, last = self.block(depth)
        after = self.name("merge")
        self.parts += [board.choice(merge), _user(person), board.choice(after)]
        self.parts.append(board.choice(more, f"{more}_to_{after}"))
        self.parts.append(board.path(merge, first))
        self.parts.append(board.path(last, person, more, after))
        self.parts.append(board.flow(more, merge, f'pick = "{again}"'))
        return merge, after
