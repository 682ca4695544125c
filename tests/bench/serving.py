"""How long it takes from the command to a page."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench.report import Table

_HOUSE = Path(__file__).resolve().parents[2]
_PATIENCE = 60


def serving(folder: Path, rounds: int) -> Table:
    """Start the server again and again on a database that stands.

    As on a machine that has run it before: the first start, which compiles, is not counted.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ALUR_HOME": str(folder / "office"),
        "ALUR_BIND": f"127.0.0.1:{port}",
        "PYTHONPATH": str(_HOUSE),
        # A machine may be told to keep no bytecode; then every start would compile a second long.
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    for command in ("migrate", "demo"):
        subprocess.run(
            _alur(command), env=environment, check=True, cwd=_HOUSE, stdout=subprocess.DEVNULL
        )
    _one_start(environment, port)
    seconds = [_one_start(environment, port) for _ in range(min(rounds, 3))]
    found = (f"{statistics.median(seconds):.2f}", f"{min(seconds):.2f} to {max(seconds):.2f}")
    return Table(
        f"From `alur serve` to a served page, {len(seconds)} starts",
        ("", "seconds", "least to most"),
        (("on an existing database", *found),),
    )


def _one_start(environment: dict[str, str], port: int) -> float:
    began = time.perf_counter()
    server = subprocess.Popen(
        _alur("serve"), env=environment, cwd=_HOUSE, stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < _PATIENCE:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return time.perf_counter() - began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        raise TimeoutError("The server did not answer.")
    finally:
        server.terminate()
        server.wait(timeout=40)


def _alur(command: str) -> list[str]:
    return [sys.executable, "-c", "from webapp.commands import main; main()", command]
