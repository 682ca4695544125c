"""Random diagrams for tests: blocks inside blocks, as SOPs are, with everything we execute."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from oracle.drawn import Drawn
from oracle.drawn_elements import REPLY, awaited, clock, manual, user
from oracle.random_tables import Table, random_table
from unit.engine import drawing_board as board

Block = tuple[str, str]  #: first and last element
_DECLARED = (
    '<bpmn:error id="Error_1" errorCode="E1"/><bpmn:error id="Error_2" errorCode="E2"/>'
    '<bpmn:error id="Error_3" errorCode="E3"/><bpmn:message id="Message_in" name="reply"/>'
    '<bpmn:message id="Message_out" name="told"/><bpmn:message id="Message_first" name="opening"/>'
    '<bpmn:escalation id="Escalation_1" escalationCode="X1"/>'
)
_OPENING = '<bpmn:messageEventDefinition messageRef="Message_first"/>'
#: What a process that begins with a message takes from it.
_OPENED = board.properties(outputs="letter,items,reference")
_TELL = '<bpmn:messageEventDefinition messageRef="Message_out"/>'
_FAIL = '<bpmn:errorEventDefinition errorRef="Error_3"/>'
_ESCALATE = '<bpmn:escalationEventDefinition escalationRef="Escalation_1"/>'
#: How deep processes call each other.
_DEEPEST = 2
#: Data that a call may pass in and out: name on the one side, name on the other.
_TAKEN = (("pick", "pick"), ("one", "two"), ("letter", "subject"), ("item", "item"), ("told", "k"))
_GIVEN = (("k", "k"), ("pick", "answered"), ("told", "told"), ("nothing", "one"))


class Draughtsman:
    """Draws one diagram from a seed.

    ``depth`` is how often a block may stand in a block, ``forks`` how many blocks may run side by
    side: the examination plays all their orders, and refuses what it cannot play to the end.
    ``level`` is 0 for the process that is walked, 1 for one it calls, 2 for one called by that.
    """

    def __init__(
        self,
        seed: int,
        depth: int = 3,
        forks: int = 100,
        level: int = 0,
        tables: Mapping[str, Table] | None = None,
    ) -> None:
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311  # reproducible, not secret
        self.depth = depth
        self.forks = forks
        self.level = level
        self.count = 0
        self.parts: list[str] = []
        self.escapes = 0  #: scopes around that catch error E3 and escalation X1
        self.beside = 0  #: forks around in the same scope: no branch of them may end alone
        self.called: dict[str, bytes] = {}
        self.tables = tables or {f"d{n}": random_table(self.random) for n in (1, 2)}
        #: whether messages find who waits for them by a reference in the data
        self.refers = not level and self.flip(0.5)

    def drawn(self) -> Drawn:
        """Draw the whole."""
        self.parts += [board.start(), board.end("done", _TELL if self.flip(0.3) else "")]
        if self.level:
            first, last = self.after_somebody(*self.sequence(self.depth))
        else:
            # Most walks go round several times, so that a second pass meets what a first one left.
            first, last = self.loop(self.depth, again="a")
            self.starts(first)
        self.parts.append(board.path("begin", first))
        self.parts.append(board.path(last, "done"))
        process = f"called_{self.level}" if self.level else "p"
        source = board.diagram(*self.parts, errors={}, layout=_DECLARED, process=process)
        return Drawn(source, self.called, self.tables)

    def starts(self, first: str) -> None:
        """Other ways to begin than the plain one."""
        if self.flip(0.4):
            self.parts.append(board.node("startEvent", "opened", _OPENED + _OPENING))
            self.parts.append(board.path("opened", first))
        if self.flip(0.4) and not self.refers:
            at_once = board.node("startEvent", "at_five", self.clock())
            self.parts += [at_once, board.service("prepare", "prepare")]
            self.parts.append(board.path("at_five", "prepare", first))

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    def flip(self, chance: float) -> bool:
        return self.random.random() < chance

    def block(self, depth: int) -> Block:
        """Draw a block."""
        if not depth:
            return self.work()
        kinds: list[Callable[[int], Block]] = [
            self.sequence, self.sequence, self.choice, self.loop, self.race, self.scope,
            lambda _: self.work(), lambda _: self.several(), lambda _: self.call(""),
        ]  # fmt: skip
        kinds += [self.parallel, self.inclusive] if self.forks > 0 else []
        return self.random.choice(kinds)(depth - 1)

    # What is done.

    def work(self) -> Block:
        chosen = self.random.random()
        if chosen < 0.5:
            return self.timed(self.user())
        if chosen < 0.6:
            return self.wait()
        if chosen < 0.7:
            return self.tell()
        if chosen < 0.8:
            return self.rule()
        topic = self.random.choice(["queued", "immediate", "failing"])
        task = self.name(topic)
        self.parts.append(board.service(task, topic))
        if topic == "failing" and not (self.level and self.flip(0.5)):
            return self.caught(task)
        return self.timed(task)

    def rule(self) -> Block:
        """A decision, whose result may lead the way."""
        rule, name = self.name("rule"), self.random.choice(sorted(self.tables))
        table, variable = self.tables[name], self.name("verdict")
        if table.gives_letter:
            variable = self.random.choice(["pick", "one", "two", variable])
        asked = {"decisionRef": name, "resultVariable": variable}
        asked["mapDecisionResult"] = table.mapping
        attributes = {f"camunda_{key}": value for key, value in asked.items()}
        self.parts.append(board.node("businessRuleTask", rule, **attributes))
        return rule, rule

    def user(self, inner: str = "", **properties: str) -> str:
        draw, kind = (manual, "manual") if self.flip(0.1) else (user, "user")
        task = self.name(kind)
        self.parts.append(draw(task, inner, **properties))
        return task

    def wait(self) -> Block:
        kind = self.random.choice(["timer", "message", "receive"])
        event = self.name(kind)
        self.parts.append(self.event(kind, event))
        return event, event

    def event(self, kind: str, event: str) -> str:
        if kind == "receive":
            inner = awaited(**self.key()).removesuffix(REPLY)
            return board.node("receiveTask", event, inner, messageRef="Message_in")
        inner = awaited(**self.key()) if kind == "message" else self.clock()
        return board.node("intermediateCatchEvent", event, inner)

    def key(self) -> dict[str, str]:
        """How a message finds who waits for it."""
        return {"correlationKey": "reference"} if self.refers and self.flip(0.5) else {}

    def clock(self) -> str:
        return clock(self.random.randint(1, 9))

    def tell(self) -> Block:
        event = self.name("tell")
        person = self.user()
        heard = self.escapes or self.level
        inner = _ESCALATE if heard and self.flip(0.5) else _TELL
        self.parts.append(board.node("intermediateThrowEvent", event, inner))
        self.parts.append(board.path(person, event))
        return person, event

    def several(self) -> Block:
        """One activity for each item of a list."""
        sequential = str(self.flip(0.5)).lower()
        enough = ""
        if self.flip(0.4):
            enough = (
                "<bpmn:completionCondition>nrOfCompletedInstances &gt;= "
                f"{self.random.randint(1, 3)}</bpmn:completionCondition>"
            )
        repeated = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
            f' camunda:collection="items" camunda:elementVariable="item">{enough}'
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
        collect = {"collect": self.name("all")} if self.flip(0.6) else {}
        if self.flip(0.5):
            return self.timed(self.user(repeated, **collect))
        if self.flip(0.4):
            task = self.name("queued")
            inner = board.properties(**collect) if collect else ""
            self.parts.append(board.service(task, "queued", inner + repeated))
            return self.timed(task)
        if self.level < _DEEPEST and self.flip(0.4):
            return self.call(repeated, **collect)
        inner = board.properties(**collect) if collect else ""
        return self.inside(1, inner + repeated)

    # What is at the edge.

    def timed(self, task: str) -> Block:
        if self.flip(0.4):
            late, notice, over = self.name("late"), self.name("notice"), self.name("over")
            kind = "message" if self.flip(0.3) else "timer"
            self.parts += [self.edge(kind, late, task), board.notice(notice), board.end(over)]
            self.parts.append(board.path(late, notice, over))
        if self.flip(0.25):
            late, merge = self.name("too_late"), self.name("merge")
            kind = "message" if self.flip(0.5) else "timer"
            self.parts += [self.edge(kind, late, task, interrupting=True), board.choice(merge)]
            self.parts += [board.path(late, merge), board.path(task, merge)]
            return task, merge
        return task, task

    def edge(self, kind: str, event: str, task: str, *, interrupting: bool = False) -> str:
        inner = self.clock() if kind == "timer" else awaited(**self.key())
        cancel = str(interrupting).lower()
        return board.node("boundaryEvent", event, inner, attachedToRef=task, cancelActivity=cancel)

    def caught(self, task: str) -> Block:
        event, merge, repair = self.name("failed"), self.name("merge"), self.user()
        self.parts += [board.catch_error(event, task, "Error_1"), board.choice(merge)]
        self.parts.append(board.path(event, repair, merge, task))
        return merge, task

    # Blocks of blocks.

    def sequence(self, depth: int) -> Block:
        first, middle = self.block(depth)
        second, last = self.block(depth)
        self.parts.append(board.path(middle, second))
        return first, last

    def choice(self, depth: int) -> Block:
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
        if self.flip(0.5 if self.escapes else 0.25):
            stop = self.name("stop")
            ends = [board.TERMINATE] + ([_FAIL, _FAIL] if self.escapes else [])
            if not self.beside:
                ends += [_TELL] + ([_ESCALATE] if self.escapes or self.level else [])
            self.parts.append(board.end(stop, self.random.choice(ends)))
            self.parts.append(board.flow(split, stop, 'pick = "c"'))
        return split, merge

    def parallel(self, depth: int) -> Block:
        self.forks -= 1
        fork, join = self.name("fork"), self.name("join")
        self.parts += [board.fork(fork), board.fork(join)]
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self.branch(depth)
            self.parts += [board.path(fork, first), board.path(last, join)]
        return fork, join

    def inclusive(self, depth: int) -> Block:
        """Some of three branches, then one way on."""
        self.forks -= 1
        split, join = self.name("some"), self.name("met")
        ways = [self.branch(depth) for _ in range(3)]
        default = f"{split}_to_{ways[2][0]}"
        self.parts.append(board.node("inclusiveGateway", split, default=default))
        self.parts.append(board.node("inclusiveGateway", join))
        for (first, last), condition in zip(ways, ['one = "a"', 'two = "a"', ""], strict=True):
            self.parts += [board.flow(split, first, condition), board.path(last, join)]
        return split, join

    def branch(self, depth: int) -> Block:
        self.beside += 1
        first, last = self.block(depth)
        self.beside -= 1
        return self.after_somebody(first, last)

    def after_somebody(self, first: str, last: str) -> Block:
        # A person stands first in each branch and in all that is repeated, so that no two tokens
        # run in one step and the order in which the engine takes them cannot be seen.
        person = self.user()
        self.parts.append(board.path(person, first))
        return person, last

    def race(self, depth: int) -> Block:
        """What happens first decides."""
        gateway, merge = self.name("race"), self.name("merge")
        self.parts += [board.node("eventBasedGateway", gateway), board.choice(merge)]
        for kind in self.random.choice([("timer", "message"), ("receive", "timer", "message")]):
            event = self.name(kind)
            first, last = self.block(depth)
            self.parts.append(self.event(kind, event))
            self.parts.append(board.path(gateway, event, first))
            self.parts.append(board.path(last, merge))
        return gateway, merge

    def loop(self, depth: int, again: str = "b") -> Block:
        merge, more, person = self.name("merge"), self.name("more"), self.user()
        first, last = self.block(depth)
        after = self.name("merge")
        self.parts += [board.choice(merge), board.choice(after)]
        self.parts.append(board.choice(more, f"{more}_to_{after}"))
        self.parts.append(board.path(merge, first))
        self.parts.append(board.path(last, person, more, after))
        self.parts.append(board.flow(more, merge, f'pick = "{again}"'))
        return merge, after

    def call(self, inner: str, **collect: str) -> Block:
        """Another process, with or without a mapping of data."""
        if self.level == _DEEPEST:
            return self.work()
        name = f"called_{self.level + 1}"
        if name not in self.called:
            level, depth = self.level + 1, min(self.depth, 2)
            drawn = Draughtsman(self.seed + 1, depth, 1, level, self.tables).drawn()
            self.called |= {**drawn.called, name: drawn.source}
        call = self.name("call")
        passed = self.mapping() if self.flip(0.5) else ""
        extended = board.properties(**collect).replace("</bpmn:ext", f"{passed}</bpmn:ext")
        self.parts.append(board.node("callActivity", call, extended + inner, calledElement=name))
        return self.guarded(call, "Error_1")

    def mapping(self) -> str:
        """What a called process sees: the list it repeats for, and some of the rest."""
        taken = [("items", "items"), *self.some(_TAKEN)]
        ways = {"in": taken, "out": self.some(_GIVEN)}
        return "".join(
            f'<camunda:{way} source="{here}" target="{there}"/>'
            for way, names in ways.items()
            for here, there in names
        )

    def some(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        return [each for each in names if self.flip(0.5)]

    def scope(self, depth: int) -> Block:
        return self.inside(depth, "")

    def inside(self, depth: int, inner: str) -> Block:
        """A sub-process, with what is caught at its edge."""
        scope = self.name("scope")
        outside, self.parts = self.parts, []
        self.escapes += 1
        beside, self.beside = self.beside, 0
        first, last = self.after_somebody(*self.block(depth))
        self.beside = beside
        self.escapes -= 1
        begin, done = self.name("begin"), self.name("done")
        self.parts += [board.start(begin), board.end(done)]
        self.parts.append(board.path(begin, first) + board.path(last, done))
        body, self.parts = "".join(self.parts), outside
        self.parts.append(board.node("subProcess", scope, inner + body))
        return self.guarded(scope, "Error_3")

    def guarded(self, scope: str, error: str) -> Block:
        """Catch at the edge what ends or tells inside."""
        merge, failed, raised = self.name("merge"), self.name("failed"), self.name("raised")
        self.parts += [board.choice(merge), board.catch_error(failed, scope, error)]
        self.parts.append(board.path(failed, merge))
        interrupting = self.flip(0.5)
        cancel = str(interrupting).lower()
        self.parts.append(
            board.node(
                "boundaryEvent", raised, _ESCALATE, attachedToRef=scope, cancelActivity=cancel
            )
        )
        if interrupting:
            self.parts.append(board.path(raised, merge))
        else:
            notice, over = self.name("notice"), self.name("over")
            self.parts += [board.notice(notice), board.end(over), board.path(raised, notice, over)]
        _, last = self.timed(scope)
        self.parts.append(board.path(last, merge))
        return scope, merge
