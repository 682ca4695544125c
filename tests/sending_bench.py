"""What tests of sending share: parcels, books on paper, and a mail server in the process."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session as Books

from engine import Actor, StepCall
from handlers.sending import Enclosure, Parcel, Recipient, SendingOrder

PDF = b"%PDF-1.7\n% surat\n%%EOF\n"


def a_recipient(**changes: Any) -> Recipient:
    values = {"id": "opd-1", "name": "Kepala Dinas Contoh", "address": "dinas@wanajaya.example"}
    return Recipient(**(values | changes))


def a_parcel(**changes: Any) -> Parcel:
    values: dict[str, Any] = {
        "key": "surat-1/abc/opd-1",
        "recipient": a_recipient(),
        "sender": "DPMPTSP Kabupaten Wanajaya",
        "subject": "Undangan rapat koordinasi",
        "text": "Terlampir surat.\n",
        "letter": Enclosure("Surat 005/12/2026.pdf", "application/pdf", PDF),
        "enclosures": (Enclosure("Daftar hadir.txt", "text/plain", b"hadir"),),
    }
    return Parcel(**(values | changes))


@dataclass
class Postman:
    """Takes mail as it is told to, and keeps what it accepted."""

    accepted: list[smtp.Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  #: address -> answer to RCPT
    answer: str = "250 OK"
    drop: bool = False  #: accept the message, then break the connection without a word

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self,
        server: smtp.SMTP,
        session: smtp.Session,
        envelope: smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope
    ) -> str:
        if self.answer.startswith("250"):
            self.accepted.append(envelope)
        if self.drop:
            assert server.transport is not None
            server.transport.abort()
        return self.answer


@contextmanager
def mail_server(postman: Postman, **more: Any) -> Iterator[int]:
    """Run a mail server on a free port and yield the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@dataclass
class BooksOnPaper:
    order: SendingOrder
    sent: list[Any] = field(default_factory=list)

    def sending_order(self, session: Books, letter_id: str, document: str) -> SendingOrder:
        return self.order

    def enter_sent(
        self, session: Books, letter_id: str, document: str, outcome: Any, call: StepCall
    ) -> None:
        self.sent.append((letter_id, document, dict(outcome)))


def an_order(*recipients: Recipient, **changes: Any) -> SendingOrder:
    values: dict[str, Any] = {
        "office": "DPMPTSP Kabupaten Wanajaya",
        "number": "005/12/2026",
        "subject": "Undangan rapat koordinasi",
        "secret": False,
        "recipients": recipients or (a_recipient(),),
    }
    return SendingOrder(**(values | changes))


def a_call(document: str, topic: str = "letter.send", **changes: Any) -> StepCall:
    values: dict[str, Any] = {
        "key": "i1.dispatch_letter.1",
        "topic": topic,
        "instance_id": "i1",
        "business_key": "surat-1",
        "scope": "dpmptsp",
        "process_id": "outgoing",
        "element": "dispatch_letter",
        "element_name": "Kirim",
        "occurrence": 1,
        "actor": Actor("contoh:agendaris", "Agendaris"),
        "at": datetime(2026, 2, 3, 2, 0, tzinfo=UTC),
        "data": {"signed_document": document},
    }
    return StepCall(**(values | changes))
