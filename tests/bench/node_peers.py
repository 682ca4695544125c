"""The engines for Node.js, installed when they are measured: a process that walks letters."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO

from tests.bench.flow import (
    BPMN_ENGINE,
    BPMN_SERVER,
    STARTED,
    Dialect,
    check_end,
    diagram,
    path_with,
    served,
)

_SOURCES = Path(__file__).with_name("peers")

#: module that speaks to the peer -> how it wants the flow to be written
PEERS = {"bpmn_engine": BPMN_ENGINE, "bpmn_server": BPMN_SERVER}


class PeersUnavailable(Exception):
    """The peers could not be installed here."""


def installed_peers() -> Path:
    """Return the folder of the peers, outside the house, installed once for each lock file.

    Raises ``PeersUnavailable`` with what npm said.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise PeersUnavailable("node and npm are not on this machine (Debian: nodejs, npm)")
    lock = (_SOURCES / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "alur-bench" / hashlib.sha256(lock).hexdigest()[:12]
    done = folder / "installed"
    folder.mkdir(parents=True, exist_ok=True)
    for source in _SOURCES.iterdir():
        shutil.copy(source, folder)
    if not done.exists():
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        told = subprocess.run(
            [npm, "ci", *quiet], cwd=folder, capture_output=True, text=True, check=False
        )
        if told.returncode:
            reasons = told.stderr.strip().splitlines() or ["without a word"]
            raise PeersUnavailable(f"npm ci failed: {reasons[0]}")
        done.touch()
    return folder


def versions(folder: Path) -> str:
    """Return what was installed, by name and version."""
    pins = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    named = ", ".join(f"{name} {pin}" for name, pin in pins.items())
    return f"Node.js {node.stdout.strip().removeprefix('v')}, {named}"


class NodePeer:
    """One engine in its own process, kept for all letters: it is warm when it is measured."""

    def __init__(self, folder: Path, name: str, dialect: Dialect, database: Path) -> None:
        flow = database.with_suffix(".bpmn")
        flow.write_bytes(diagram(dialect))
        given = {"started": STARTED, "served": served()}
        Path(f"{flow}.json").write_text(json.dumps(given), "utf-8")
        command = ["node", "letters.mjs", name, str(flow), str(database)]
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.bytes = 0  #: of the state at the end of the letter walked last

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        _pipe(self._process.stdin).write(json.dumps(path_with(revisions)) + "\n")
        _pipe(self._process.stdin).flush()
        answer = _pipe(self._process.stdout).readline()
        if not answer:
            raise RuntimeError(f"The peer gave up with code {self._process.wait()}.")
        found = json.loads(answer)
        check_end(found["data"], revisions)
        self.bytes = int(found["bytes"])
        return [float(each) for each in found["seconds"]]

    def __enter__(self) -> NodePeer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _pipe(self._process.stdin).close()
        self._process.wait(timeout=60)
        _pipe(self._process.stdout).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("Expected a pipe to the peer, found none.")
    return pipe
