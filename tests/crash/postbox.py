"""A mail server that outlives the office and remembers every message it took."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd import smtp
from aiosmtpd.controller import Controller

from engine import sha256_of
from tests.crash.nodes import free_port


@dataclass(frozen=True)
class Message:
    """One message as the server took it."""

    message_id: str
    recipient: str
    document: str  #: SHA-256 of the letter in it


@dataclass
class Postbox:
    """Takes mail a little slowly, and may do something between taking and saying so."""

    pause: float = 0.03
    taken: list[Message] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None  #: happens once, then is forgotten
    _guard: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(  # noqa: N802  # the name is aiosmtpd's
        self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope
    ) -> str:
        await asyncio.sleep(self.pause)
        read = email.message_from_bytes(
            envelope.original_content or b"", policy=email.policy.default
        )
        assert isinstance(read, EmailMessage)
        documents = [each.get_content() for each in read.iter_attachments()]
        with self._guard:
            if documents:  # a reminder to a colleague carries no letter
                message_id = str(read["Message-ID"])
                self.taken.append(
                    Message(message_id, envelope.rcpt_tos[0], sha256_of(documents[0]))
                )
                happening, self.before_answer = self.before_answer, None
        if documents and happening is not None:
            happening()
        await asyncio.sleep(self.pause)
        return "250 OK"


@contextmanager
def open_postbox() -> Iterator[tuple[Postbox, int]]:
    """Yield the server and its port."""
    postbox, port = Postbox(), free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()
