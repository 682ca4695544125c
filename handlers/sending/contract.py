"""What sending is: a parcel for one recipient, a channel that takes it, and its receipt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from engine import sha256_of
from handlers.errors import LetterError


@dataclass(frozen=True)
class Recipient:
    """One addressee; a member of a group is a recipient of its own."""

    id: str
    name: str  #: as addressed, without "Yth."
    address: str = ""  #: e-mail address
    channel: str = ""  #: as kept in the address book: "pos_el", "kurir", ...
    copy: bool = False  #: gets a tembusan


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along with the letter."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Parcel:
    """One letter for one recipient. The same key means the same parcel, however often it is sent.

    For a secret letter the sender has put neutral words and names in already: a channel never has
    to decide what may be read on the outside.
    """

    key: str
    recipient: Recipient
    sender: str  #: name of the office
    subject: str
    text: str
    letter: Enclosure
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def mark(self) -> str:
        """A short name of the parcel that says nothing about what is inside."""
        return sha256_of(self.key.encode())[:32]


@dataclass(frozen=True)
class Receipt:
    """The proof that a channel took the parcel."""

    channel: str
    reference: str  #: Message-ID, name in the outbox, number of the tanda terima


class Undeliverable(LetterError):
    """Tujuan tidak dapat dikirimi; mengulang tidak berguna."""


class Channel(Protocol):
    """A way to a recipient.

    Promises of every channel: delivering one parcel twice is recognisable as one delivery, by the
    same reference; nothing in a name or a subject can add a header, a path or a recipient. Raises
    ``Undeliverable`` with an Indonesian sentence, or ``engine.TemporaryFailure``.
    """

    @property
    def name(self) -> str:
        """As kept in the books: "email", "outbox", "hand"."""
        ...

    def deliver(self, parcel: Parcel) -> Receipt: ...


class PaperChannel(Channel, Protocol):
    """A way on which paper travels: somebody carries it, and a tanda terima comes back."""

    def receipt_page(self, reference: str) -> str:
        """Return the tanda terima to be printed. Raises ``LookupError`` for an unknown one."""
        ...


def one_line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", " ", text).split())


def safe_name(name: str) -> str:
    """Return a file name that is only that: no path, no control character, not too long."""
    plain = re.sub(r'[\\/:*?"<>|]', "-", one_line(name)).strip(". ")
    if len(plain) > 100:
        stem, dot, ending = plain.rpartition(".")
        plain = (stem[:90] + dot + ending[:8]) if dot else plain[:100]
    return plain or "lampiran"
