"""A parcel as an e-mail message: one form for the mail server, the outbox and the tests."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from handlers.sending.contract import Parcel, Undeliverable, one_line, safe_name

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+")


def checked_address(text: str) -> str:
    """Return the address, or raise ``Undeliverable`` when it cannot be one."""
    address = text.strip()
    if not _ADDRESS.fullmatch(address) or len(address) > 254 or ".." in address:
        raise Undeliverable(f"Alamat pos-el tidak dikenali: {one_line(text)[:80] or '(kosong)'}.")
    return address


def envelope(
    key_mark: str, sender: tuple[str, str], recipient: tuple[str, str], subject: str, at: datetime
) -> EmailMessage:
    """Return a message without a body; sender and recipient are (name, address)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(sender[0])[:120], addr_spec=sender[1])
    message["To"] = Address(one_line(recipient[0])[:120], addr_spec=checked_address(recipient[1]))
    message["Subject"] = one_line(subject)[:200]
    message["Date"] = format_datetime(at)
    # The same on every attempt, so that a repeat is recognisable.
    message["Message-ID"] = f"<{key_mark}@{sender[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice answers it
    return message


def mail_of(parcel: Parcel, sender_address: str, at: datetime) -> EmailMessage:
    """Return the message. Raises ``Undeliverable`` for an address that cannot be one."""
    message = envelope(
        parcel.mark,
        (parcel.sender, sender_address),
        (parcel.recipient.name, parcel.recipient.address),
        parcel.subject,
        at,
    )
    message.set_content(parcel.text)
    for enclosure in (parcel.letter, *parcel.enclosures):
        kind, _, subtype = enclosure.media_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", enclosure.media_type):
            kind, subtype = "application", "octet-stream"
        message.add_attachment(
            enclosure.data, maintype=kind, subtype=subtype, filename=safe_name(enclosure.name)
        )
    return message
