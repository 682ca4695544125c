"""The office as a newcomer starts it: three commands on an empty folder, and a server process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from staff_for_tests import DemoOffice
from werkzeug.serving import make_server

_HOUSE = Path(__file__).resolve().parents[2]
_ALUR = (sys.executable, "-c", "from webapp.commands import main; main()")
_PATIENCE = 60.0


@dataclass(frozen=True)
class RunningOffice:
    """A served office: where it keeps its things, and the address people type."""

    home: Path
    address: str
    journal: Path  #: what the server wrote; to be read when something fails

    @property
    def root_certificate(self) -> Path:
        """The certificate of the demo authority, which whoever verifies may trust."""
        return self.home / "authority" / "certificates" / "root.cer"


@contextmanager
def running_office(home: Path) -> Iterator[RunningOffice]:
    """Set up both demo offices in the folder, serve them, and end the server at the end."""
    bind = f"127.0.0.1:{_free_port()}"
    office = RunningOffice(home, f"http://{bind}", home.with_suffix(".journal"))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    chosen = {"ALUR_HOME": str(home), "ALUR_BIND": bind, "ALUR_PUBLIC_URL": office.address}
    environment = {**plain, **chosen}
    for command in ("migrate", "demo"):
        subprocess.run([*_ALUR, command], cwd=_HOUSE, env=environment, check=True, timeout=120)
    with office.journal.open("wb") as journal:
        server = subprocess.Popen(
            [*_ALUR, "serve"], cwd=_HOUSE, env=environment, stdout=journal, stderr=journal
        )
        try:
            _wait_until_served(office, server)
            yield office
        finally:
            server.terminate()
            try:
                server.wait(30)
            finally:
                server.kill()


@contextmanager
def served(demo: DemoOffice) -> Iterator[str]:
    """Serve demo offices of this process; yield the address people type."""
    server = make_server("127.0.0.1", 0, demo.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


def _wait_until_served(office: RunningOffice, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{office.address}/sign-in", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"Expected a served page:\n{office.journal.read_text()}")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
