"""Connections that break without a word do not keep the threads that serve pages."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, closing

import pytest

from webapp.commands.serving import end_silent


@pytest.mark.parametrize("waits_for", ["request", "answer"])
def test_a_silent_connection_is_given_up(waits_for: str) -> None:
    with ExitStack() as opened:
        listener = opened.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        end_silent(listener, 0.2)
        silent = socket.create_connection(listener.getsockname())
        opened.enter_context(closing(silent))
        accepted = opened.enter_context(closing(listener.accept()[0]))
        accepted.setblocking(True)  # as the server does, which undoes what Python itself could set

        began = time.monotonic()
        with pytest.raises(OSError, match="temporarily unavailable"):
            accepted.recv(1) if waits_for == "request" else accepted.sendall(bytes(100_000_000))

    assert time.monotonic() - began < 10


def test_who_speaks_in_time_is_heard() -> None:
    with ExitStack() as opened:
        listener = opened.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        end_silent(listener, 5)
        browser = socket.create_connection(listener.getsockname())
        opened.enter_context(closing(browser))
        accepted = opened.enter_context(closing(listener.accept()[0]))

        browser.sendall(b"GET")

        assert accepted.recv(3) == b"GET"
