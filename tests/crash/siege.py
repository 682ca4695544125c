"""The siege: an office at work whose processes are killed at random moments, again and again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from engine.tables import instance, task_offer
from handlers.signing.ledger import signing_attempt
from tests.crash.findings import Afterwards
from tests.crash.nodes import Nodes, free_port, nodes_of
from tests.crash.postbox import Postbox, open_postbox
from tests.crash.staff import Load, at_work
from webapp import Settings, build_office
from webapp.bootstrap import Office

#: Seconds after which a signature is given up: a killed signer's task returns soon.
_SIGNING_SECONDS = 4

#: How a node ends whose database broke off: it may have lost its slot, or could not begin.
_GAVE_WAY = (70, 1)
_ALL = ("serve", "web", "work")
_ONLY_WORK = ("work",)
_IN_A_ROW = 0.2  #: share of kills that wait for nobody to get on
_NO_PROGRESS = 2.5  #: seconds after which the next kill comes though nobody got on


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Plan:
    """How an office is besieged."""

    seed: int
    kills: int
    nodes: Mapping[str, tuple[str, ...]]  #: name -> command
    seconds_between: tuple[float, float] = (0.0, 0.7)
    in_flight: int = 6  #: letters under way at once
    aimed: float = 0.2  #: how often a trap is set where a letter leaves, and where it is signed
    outages: int = 0  #: how often the database server itself is stopped
    patience: float = 120.0  #: seconds for everything to come to its end afterwards


@dataclass
class Report:
    """What happened, in figures, and what was found afterwards."""

    seed: int
    kills: dict[str, int] = field(default_factory=dict)
    outages: int = 0
    gave_way: int = 0  #: how often a node ended by itself since its database was gone
    letters: int = 0
    steps: int = 0
    mishaps: int = 0
    messages: int = 0
    duplicates: int = 0
    unended_signatures: int = 0
    seconds: dict[str, float] = field(default_factory=dict)  #: by phase
    findings: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())

    def lines(self) -> list[str]:
        """Return the report as lines of a table."""
        kills = ", ".join(f"{name} {n}" for name, n in sorted(self.kills.items()))
        return [
            f"seed {self.seed}: {self.killed} kills ({kills}), {self.outages} database outages"
            f" at which nodes began anew {self.gave_way} times",
            f"{self.letters} letters, {self.steps} steps by people, {self.mishaps} without answer",
            f"{self.messages} messages, {self.duplicates} of them repeats under one Message-ID;"
            f" {self.unended_signatures} signatures broken off",
            ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items()),
            f"{len(self.findings)} findings",
            *self.findings,
        ]


@dataclass
class Siege:
    """One office, its nodes, its people, and who kills."""

    plan: Plan
    nodes: Nodes
    office: Office
    address: str
    postbox: Postbox
    outage: Callable[[], None] = lambda: None
    report: Report = field(init=False)
    dice: random.Random = field(init=False)
    guard: threading.Lock = field(default_factory=threading.Lock)
    _killing: bool = True

    def __post_init__(self) -> None:
        self.report = Report(self.plan.seed)
        self.dice = random.Random(self.plan.seed)  # noqa: S311  # a test is to be repeated

    def run(self) -> Report:
        """Begin the work, kill, let everything come to its end, and look at the books."""
        began = time.monotonic()
        load = Load(random.Random(self.plan.seed), self._wanted, self._offered)  # noqa: S311
        for name, command in self.plan.nodes.items():
            self.nodes.start(name, *command)
        threads = at_work(load, self.address)
        try:
            self._wait_for_work(load)
            self._kill_and_kill(load)
            self._killing = False
            began = self._clock("killing", began)
            self._let_it_end()
            began = self._clock("ending", began)
        finally:
            load.closing.set()
            for thread in threads:
                thread.join(10)
        self._look(load)
        self._clock("looking", began)
        return self.report

    def _clock(self, phase: str, began: float) -> float:
        now = time.monotonic()
        self.report.seconds[phase] = now - began
        return now

    # Killing

    def _kill_and_kill(self, load: Load) -> None:
        while self.report.killed < self.plan.kills or self.report.outages < self.plan.outages:
            self._pause(load)
            share = self.report.killed * self.plan.outages // self.plan.kills
            if self.report.outages < min(share + 1, self.plan.outages):
                self.outage()
                self.report.outages += 1
                self._pause(load)
            lot = self.dice.random()
            if lot < self.plan.aimed:
                self._set_trap_at_the_mail_server()
            elif lot < 2 * self.plan.aimed:
                self._set_trap_at_a_signature(load)
            else:
                self._kill_any()
        self.postbox.before_answer, load.on_consent = None, _nothing

    def _pause(self, load: Load) -> None:
        """Wait for some moment: mostly while people get on, sometimes before a node is up."""
        moment = self.dice.uniform(*self.plan.seconds_between)
        if self.dice.random() < _IN_A_ROW:
            time.sleep(moment)
            return
        steps, deadline = load.steps, time.monotonic() + _NO_PROGRESS
        while load.steps == steps and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(moment)

    def _kill_any(self) -> None:
        name = self.dice.choice(self._nodes_that(*_ONLY_WORK if self._nearly_barred() else _ALL))
        partly = self.plan.nodes[name][0] == "web" and self.dice.random() < 0.3
        if self.nodes.kill_part(name) if partly else self.nodes.kill(name):
            self._count(f"{name} worker" if partly else name)

    def _set_trap_at_the_mail_server(self) -> None:
        """Kill all performers between the server's taking the next letter and its saying so."""

        def strike() -> None:
            performers = _ONLY_WORK if self._nearly_barred() else ("serve", "work")
            self.nodes.strike_down(*self._nodes_that(*performers))
            self._count("mail")

        self.postbox.before_answer = strike

    def _set_trap_at_a_signature(self, load: Load) -> None:
        """Kill the servers some moment after the next signer has handed in the passphrase."""
        moment = self.dice.uniform(0, 1.2)

        def strike() -> None:
            self.nodes.strike_down(*self._nodes_that("serve", "web"))
            self._count("signature")

        def begin() -> None:
            if not self._nearly_barred():
                load.on_consent = _nothing
                threading.Timer(moment, strike).start()

        load.on_consent = begin

    def _nearly_barred(self) -> bool:
        """Tell whether the servers must be spared until a signer has signed.

        Five attempts in a row that never ended bar a person for a quarter of an hour: so it is
        meant, but then nothing more would be seen here.
        """
        table, broken = signing_attempt, Counter[str]()
        try:
            with self.office.database.reading() as session:
                query = select(table.c.person, table.c.outcome).order_by(table.c.started_at)
                for person, outcome in session.execute(query):
                    broken[person] = 0 if outcome == "signed" else broken[person] + 1
        except DBAPIError:
            return True
        return any(times >= 2 for times in broken.values())

    def _nodes_that(self, *commands: str) -> list[str]:
        nodes = self.plan.nodes.items()
        return [name for name, command in nodes if command[0] in commands]

    def _count(self, name: str) -> None:
        with self.guard:
            self.report.kills[name] = self.report.kills.get(name, 0) + 1

    # Work

    def _wanted(self) -> bool:
        return self._killing and self._running() < self.plan.in_flight

    def _running(self) -> int:
        """Return how many letters are under way; many when the database does not answer."""
        query = select(func.count()).where(instance.c.status == "running")
        try:
            return int(self._read(query)[0])
        except DBAPIError:
            return 1000

    def _offered(self) -> Collection[str]:
        try:
            return set(self._read(select(task_offer.c.position).distinct()))
        except DBAPIError:
            return ()

    def _read(self, query: Any) -> list[Any]:
        with self.office.database.reading() as session:
            return list(session.scalars(query))

    def _wait_for_work(self, load: Load) -> None:
        """Begin only when people are at work: a kill of an idle office shows nothing."""
        self._wait(lambda: load.steps >= 3, "the first steps")

    def _let_it_end(self) -> None:
        afterwards = Afterwards(self.office, {}, ())
        self._wait(lambda: self._running() == 0, "", soft=True)
        self._wait(lambda: not afterwards.unfinished(), "", soft=True)

    def _wait(self, come_true: Callable[[], bool], what: str, *, soft: bool = False) -> None:
        deadline = time.monotonic() + self.plan.patience
        while not come_true():
            if time.monotonic() > deadline:
                if soft:  # what did not end is told by name below
                    return
                raise TimeoutError(f"Expected {what}:\n{self.nodes.journal.read_text()[-4000:]}")
            time.sleep(0.2)

    # Afterwards

    def _look(self, load: Load) -> None:
        verdict, said = self.nodes.run("verify")
        afterwards = Afterwards(self.office, load.letters, tuple(self.postbox.taken))
        report = self.report
        report.letters, report.steps = len(load.letters), load.steps
        report.mishaps = load.mishaps
        report.messages, report.duplicates = len(afterwards.mail), afterwards.duplicates
        report.unended_signatures = afterwards.takeovers
        report.findings = afterwards.findings() + load.complaints
        explained = _GAVE_WAY if self.plan.outages else ()
        for name, code in self.nodes.exits:
            report.gave_way += code in explained
            if code not in explained:
                report.findings.append(f"node {name} ended with {code}")
        if verdict != 0:
            report.findings += [f"alur verify ({verdict}): {line}" for line in said.splitlines()]


@contextmanager
def besieged(
    plan: Plan, home: Path, database_url: str, outage: Callable[[], None] = lambda: None
) -> Iterator[Siege]:
    """Set the demo offices up in the folder and on the database; in the end kill all that is up."""
    with open_postbox() as (postbox, mail_port):
        bind = f"127.0.0.1:{free_port()}"
        environment = {
            "ALUR_HOME": str(home),
            "ALUR_DATABASE_URL": database_url,
            "ALUR_BIND": bind,
            "ALUR_PUBLIC_URL": f"http://{bind}",
            "ALUR_SMTP_URL": f"smtp://127.0.0.1:{mail_port}?from=surat@wanajaya.example",
            "ALUR_SIGNING_SECONDS": str(_SIGNING_SECONDS),
        }
        with nodes_of(environment, home.with_suffix(".journal")) as nodes:
            for command in (("migrate",), ("demo", "--no-letters")):
                code, said = nodes.run(*command)
                assert code == 0, said
            office = build_office(Settings.from_environment(environment))
            yield Siege(plan, nodes, office, f"http://{bind}", postbox, outage)
            office.database.close()
