"""Serving: everything in one process tree, or the web and worker nodes of a larger installation."""

from __future__ import annotations

import logging
import signal
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from sqlalchemy import inspect

from engine import Database, NodePace, WorkerNode
from webapp import Office, Settings, build_office, create_app
from webapp.node import node_of

_THREADS = 32

#: Seconds without a sign from a browser in the middle of a request, or without a byte taken of an
#: answer: its connection broke without a word, and would keep one of the threads for ever.
SILENCE = 30


@click.command()
@click.option("--bind", default=None, help="Address to serve on, e.g. 0.0.0.0:8000.")
def serve(bind: str | None) -> None:
    """Serve pages and perform jobs in one process tree."""
    settings = _migrated()
    nodes: list[WorkerNode] = []

    def start_node(app: Flask) -> None:
        office: Office = app.extensions["alur_office"]
        nodes.append(node_of(office))
        nodes[0].start()

    def stop_node() -> None:
        for node in nodes:
            node.stop()

    click.echo(f"Alur Surat: {settings.public_url}  (Ctrl+C menghentikan)")
    _gunicorn(bind or settings.bind, 1, start_node, stop_node)


@click.command()
@click.option("--bind", default=None, help="Address to serve on.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer.")
def web(bind: str | None, workers: int) -> None:
    """Serve pages only; jobs are performed by `alur work` on this or other machines."""
    settings = _migrated()
    _gunicorn(bind or settings.bind, workers, lambda _app: None, lambda: None)


@click.command()
@click.option("--threads", default=4, show_default=True, help="Jobs performed at once.")
def work(threads: int) -> None:
    """Perform queued jobs and fire timers; no pages."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ended = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: ended.set())
    office = build_office(_migrated())
    node = node_of(office, NodePace(threads=threads))
    node.start()
    ended.wait()
    node.stop()


def end_silent(listener: socket.socket, seconds: float) -> None:
    """Let the system give up on connections of this listener that are silent for so long.

    What is accepted inherits the options; reading or writing then raises ``OSError``.
    """
    whole = int(seconds)
    patience = struct.pack("ll", whole, int((seconds - whole) * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, option, patience)


def _migrated() -> Settings:
    """Read the settings; refuse, in a sentence, a database that has no tables yet."""
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    standing = inspect(database.connections).has_table("office")
    database.close()
    if not standing:
        raise click.ClickException("Tabel belum ada; jalankan `alur migrate` dahulu.")
    return settings


def _end_silent_ones(server: Any) -> None:
    for each in server.LISTENERS:
        end_silent(each.sock, SILENCE)


def _gunicorn(
    bind: str, workers: int, begin: Callable[[Flask], None], end: Callable[[], None]
) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn without its command line; each worker builds its own office."""

        def load_config(self) -> None:
            choices: dict[str, Any] = {
                "bind": bind,
                "workers": workers,
                "threads": _THREADS,
                "worker_class": "gthread",
                "timeout": 120,
                "graceful_timeout": 10,
                "limit_request_line": 8190,
                "loglevel": "warning",
                "proc_name": "alur",
                "when_ready": _end_silent_ones,
                "post_worker_init": lambda worker: begin(worker.app.callable),
                "worker_exit": lambda _server, _worker: end(),
            }
            for name, value in choices.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(build_office(Settings.from_environment()))

    Server().run()
