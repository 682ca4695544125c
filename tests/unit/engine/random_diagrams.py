"""Random diagrams for tests: blocks inside blocks, as SOPs are, with everything we execute."""

from __future__ import annotations

import random

from unit.engine import drawing_board as board


class Draughtsman:
    """Draws one diagram from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # reproducible, not secret
        self.count = 0
        self.parts: list[str] = []

    def diagram(self) -> bytes:
        self.parts += [board.start(), board.end()]
        first, last = self.block(3)
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
            kinds += [self.sequence, self.sequence, self.choice, self.parallel, self.loop]
        drawn = self.random.choice(kinds)
        return drawn() if drawn == self.work else drawn(depth - 1)

    def work(self) -> tuple[str, str]:
        if self.random.random() < 0.6:
            task = self.name("user")
            self.parts.append(board.user(task))
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
            self.parts += [board.timer(late, task), board.notice(notice), board.end(over)]
            self.parts.append(board.path(late, notice, over))
        if self.random.random() < 0.2:
            late, merge = self.name("too_late"), self.name("merge")
            self.parts += [board.timer(late, task, interrupting=True), board.choice(merge)]
            self.parts += [board.path(late, merge), board.path(task, merge)]
            return task, merge
        return task, task

    def caught(self, task: str) -> tuple[str, str]:
        event, repair, merge = self.name("failed"), self.name("repair"), self.name("merge")
        self.parts += [board.catch_error(event, task, "Error_1"), board.user(repair)]
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
        fork, join = self.name("fork"), self.name("join")
        self.parts += [board.fork(fork), board.fork(join)]
        for _ in range(self.random.choice([2, 2, 3])):
            # A person stands first in each branch, so that no two branches run in one step and
            # the order in which the engine takes them cannot be seen.
            person = self.name("user")
            self.parts.append(board.user(person))
            first, last = self.block(depth)
            self.parts.append(board.path(fork, person, first))
            self.parts.append(board.path(last, join))
        return fork, join

    def loop(self, depth: int) -> tuple[str, str]:
        merge, again, person = self.name("merge"), self.name("again"), self.name("user")
        first, last = self.block(depth)
        after = self.name("merge")
        self.parts += [board.choice(merge), board.user(person), board.choice(after)]
        self.parts.append(board.choice(again, f"{again}_to_{after}"))
        self.parts.append(board.path(merge, first))
        self.parts.append(board.path(last, person, again, after))
        self.parts.append(board.flow(again, merge, 'pick = "b"'))
        return merge, after
