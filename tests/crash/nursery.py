"""A process that has loaded the house once and forks its nodes, so that a restart takes no time.

It is told in lines of JSON what to start, and tells in lines of JSON what was started and what
ended. A node is a forked child in a group of its own that runs a command as an operator types it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
from typing import Any

#: What a node would load anyway at its first page, its first job and its first signature.
_LOADED = (
    "webapp.commands",
    "webapp.node",
    "gunicorn.app.base",
    "gunicorn.workers.gthread",
    "handlers.composing",
    "handlers.signing.pades",
    "handlers.signing.authority_services",
    "handlers.signing.verification",
    "typst",
    "pikepdf",
    "pypdfium2",
    "psycopg",
)
_GLANCE = 0.05


def main() -> int:
    """Serve requests until nobody is left who could ask."""
    for name in _LOADED:
        __import__(name)
    _tell({"ready": os.getpid()})
    tickets: dict[int, str] = {}  # a number of a process is soon given to another one
    pending = b""
    while True:
        readable, _, _ = select.select([0], [], [], _GLANCE)
        if readable:
            read = os.read(0, 65536)
            if not read:
                return 0
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                _start(json.loads(line), tickets)
        _bury(tickets)


def _start(wanted: dict[str, Any], tickets: dict[int, str]) -> None:
    child = os.fork()
    if child == 0:
        _become(wanted)
    # Here as well as there, whoever is first: it may be killed as soon as it is told of, and a
    # group that is not there yet cannot be.
    with contextlib.suppress(ProcessLookupError):
        os.setpgid(child, child)
    tickets[child] = wanted["ticket"]
    _tell({"started": child, "ticket": wanted["ticket"]})


def _bury(tickets: dict[int, str]) -> None:
    """Tell of every child that ended."""
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        _tell({"ended": tickets.pop(child), "code": os.waitstatus_to_exitcode(status)})


def _become(wanted: dict[str, Any]) -> None:
    """Be the node until it ends; never returns."""
    from webapp.commands import main as alur

    code = 1
    try:
        os.setpgid(0, 0)
        journal = os.open(wanted["journal"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, nothing), (1, journal), (2, journal)):
            os.dup2(source, target)
        os.environ.update(wanted["environment"])
        sys.argv = ["alur", *wanted["command"]]
        alur()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        os._exit(code)


def _tell(said: dict[str, Any]) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
