"""E-mail over SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from engine import Clock, SystemClock, TemporaryFailure, sha256_of
from handlers.sending.contract import Parcel, Receipt, Undeliverable, one_line
from handlers.sending.mail import checked_address, envelope, mail_of

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in; read from one URL.

    ``smtp://host`` sends in the clear (a server on the same machine), ``smtp+starttls://`` and
    ``smtps://`` encrypt and check the certificate. ``?from=surat@...`` is the sender's address.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """Read the URL. Raises ``ValueError`` with a sentence when something is missing."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("The SMTP URL looks like smtp+starttls://user:password@host?from=...")
        senders = parse_qs(parts.query).get("from", [])
        user = unquote(parts.username or "")
        sender = senders[0] if senders else user if "@" in user else f"surat@{parts.hostname}"
        if user and parts.scheme == "smtp":
            raise ValueError("A password travels encrypted only: use smtp+starttls:// or smtps://.")
        try:
            checked_address(sender)
        except Undeliverable as problem:
            raise ValueError("The address after from= is not an e-mail address.") from problem
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            security=parts.scheme,
            sender=sender,
            user=user,
            password=unquote(parts.password or ""),
        )


class EmailChannel:
    """Hands parcels to a mail server, one message for each recipient.

    A connection that breaks after the message was handed over leaves us in doubt; the repeat
    carries the same Message-ID, by which mail systems and people recognise it.
    """

    name = "email"

    def __init__(
        self,
        server: MailServer,
        clock: Clock | None = None,
        timeout: float = 30.0,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._clock = clock or SystemClock()
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()

    @classmethod
    def from_url(cls, url: str, clock: Clock | None = None) -> EmailChannel:
        """Return the channel for an SMTP URL; see ``MailServer``."""
        return cls(MailServer.from_url(url), clock)

    def deliver(self, parcel: Parcel) -> Receipt:
        """Send the message; see ``Channel``."""
        message = mail_of(parcel, self._server.sender, self._clock.now())
        self._send(message)
        return Receipt(self.name, str(message["Message-ID"]))

    def tell(self, key: str, address: str, name: str, title: str, text: str) -> None:
        """Send a short message to a colleague; raises like ``deliver``."""
        mark = sha256_of(key.encode())[:32]
        sender = ("Alur Surat", self._server.sender)
        message = envelope(mark, sender, (name, address), title, self._clock.now())
        message.set_content(text + "\n")
        self._send(message)

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connection() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as problem:
            code, text = next(iter(problem.recipients.values()))
            raise _refusal(code, text) from problem
        except smtplib.SMTPAuthenticationError:
            # Our own settings are wrong; no recipient is to blame, and the trace names the user.
            raise TemporaryFailure("Peladen surat menolak nama pengguna atau sandinya.") from None
        except smtplib.SMTPResponseException as problem:
            raise _refusal(problem.smtp_code, problem.smtp_error) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise TemporaryFailure(
                f"Peladen surat tidak menjawab ({type(problem).__name__})."
            ) from problem

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        if server.security == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=self._trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            if server.security == "smtp+starttls":
                connection.starttls(context=self._trust)
            if server.user:
                connection.login(server.user, server.password)
            yield connection
        finally:
            # The message is accepted or refused by now: a rude goodbye changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()


def _refusal(code: int, text: bytes | str) -> Exception:
    answer = text.decode(errors="replace") if isinstance(text, bytes) else text
    said = f"{code} {one_line(answer)[:150]}"
    if 400 <= code < 500:
        return TemporaryFailure(f"Peladen surat menunda pengiriman ({said}).")
    return Undeliverable(f"Ditolak peladen surat ({said}).")
