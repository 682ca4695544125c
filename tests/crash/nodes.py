"""The nodes of an installation: started as an operator would, killed, and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0
_BACKOFF = 0.3


@dataclass
class _Standing:
    """One node that should be up."""

    command: tuple[str, ...]
    ticket: str = ""  #: of the process that is up; empty while none is


@dataclass
class Nodes:
    """Keeps the named nodes up, as a service manager does; kills them when told to."""

    environment: Mapping[str, str]
    journal: Path
    nursery: subprocess.Popen[bytes]
    exits: list[tuple[str, int]] = field(default_factory=list)  #: ends that nobody asked for
    _standing: dict[str, _Standing] = field(default_factory=dict)
    _answers: dict[str, int] = field(default_factory=dict)  #: ticket -> pid
    _ended: dict[str, int] = field(default_factory=dict)  #: ticket -> exit code
    _news: threading.Condition = field(default_factory=threading.Condition)
    _listener: threading.Thread | None = None
    _closing: bool = False

    def start(self, name: str, *command: str) -> None:
        """Start a node under a name; it is started again whenever it ends."""
        self._standing[name] = _Standing(command)
        self._launch(name)

    def kill(self, name: str) -> bool:
        """Kill the whole group of a node, and start it again; False while it is not up."""
        node = self._standing[name]
        ticket, node.ticket = node.ticket, ""
        if not ticket:
            return False
        self._strike(ticket)
        self._wait_for(lambda: ticket in self._ended, f"the end of {name}")
        self._launch(name)
        return True

    def kill_part(self, name: str) -> bool:
        """Kill one worker process of a web server; its own master starts another."""
        pid = self._answers.get(self._standing[name].ticket, 0)
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        with contextlib.suppress(OSError):
            if pid and (children := listed.read_text().split()):
                os.kill(int(children[0]), signal.SIGKILL)
                return True
        return False

    def strike_down(self, *names: str) -> None:
        """Kill these nodes at once and wait for nothing; they are started again when they fell."""
        for name in names:
            self._strike(self._standing[name].ticket)

    def _strike(self, ticket: str) -> None:
        pid = self._answers.get(ticket, 0)
        if pid and ticket not in self._ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and what it printed."""
        journal = self.journal.with_suffix(f".{command[0]}")
        ticket = self._fork(command, journal)
        self._wait_for(lambda: ticket in self._ended, f"the end of {command[0]}")
        return self._ended[ticket], journal.read_text()

    def close(self) -> None:
        """Kill everything that was started here."""
        self._closing = True
        if self.nursery.stdin is not None:
            self.nursery.stdin.close()
        try:
            self.nursery.wait(10)
        except subprocess.TimeoutExpired:
            self.nursery.kill()
            self.nursery.wait(10)
        if self._listener is not None:
            self._listener.join(10)
        for ticket in self._answers:
            self._strike(ticket)
        if self.nursery.stdout is not None:
            self.nursery.stdout.close()

    def open(self) -> None:
        """Wait until the nursery has loaded the house, and hear what it tells from now on."""
        assert self.nursery.stdout is not None
        assert b"ready" in self.nursery.stdout.readline()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.nursery.stdout is not None
        for line in self.nursery.stdout:
            self._hear(json.loads(line))

    def _hear(self, said: dict[str, Any]) -> None:
        with self._news:
            if "started" in said:
                self._answers[said["ticket"]] = said["started"]
            elif "ended" in said:
                self._ended[said["ended"]] = said["code"]
            self._news.notify_all()
        if "ended" in said and not self._closing:
            self._replace(said["ended"], said["code"])

    def _replace(self, ticket: str, code: int) -> None:
        """Start a node again that ended by itself, or was struck from the side."""
        for name, node in self._standing.items():
            if node.ticket == ticket:
                if code != -signal.SIGKILL:
                    self.exits.append((name, code))
                node.ticket = ""
                pause = 0.0 if code == -signal.SIGKILL else _BACKOFF
                threading.Timer(pause, self._launch, (name,)).start()

    def _launch(self, name: str) -> None:
        node = self._standing[name]
        if self._closing:
            return
        if "web" in node.command or "serve" in node.command:
            self._wait_for_port()
        node.ticket = self._fork(node.command, self.journal)

    def _fork(self, command: tuple[str, ...], journal: Path) -> str:
        ticket = os.urandom(8).hex()
        wanted = {
            "ticket": ticket,
            "command": command,
            "journal": str(journal),
            "environment": dict(self.environment),
        }
        assert self.nursery.stdin is not None
        with self._news:
            self.nursery.stdin.write(json.dumps(wanted).encode() + b"\n")
            self.nursery.stdin.flush()
        self._wait_for(lambda: ticket in self._answers, f"the start of {command[0]}")
        return ticket

    def _wait_for(self, come_true: Any, what: str) -> None:
        with self._news:
            if not self._news.wait_for(come_true, _PATIENCE):
                raise TimeoutError(f"Expected {what}.")

    def _wait_for_port(self) -> None:
        """Wait until the killed server's socket is gone with the last process of its group."""
        host, _, port = self.environment["ALUR_BIND"].partition(":")
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with socket.socket() as asked:
                asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    asked.bind((host, int(port)))
                except OSError:
                    time.sleep(0.01)
                else:
                    return


@contextmanager
def nodes_of(environment: Mapping[str, str], journal: Path) -> Iterator[Nodes]:
    """Yield an installation without nodes yet; kill what is up in the end."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.nursery"],
        cwd=HOUSE,
        env={**plain, "PYTHONPATH": str(HOUSE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    nodes = Nodes(environment, journal, nursery)
    try:
        nodes.open()
        yield nodes
    finally:
        nodes.close()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
