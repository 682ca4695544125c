"""What the signer needs of an authority: keys, answers about certificates, and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine import Secret
from handlers.signing.trust import RevocationNews, Trust

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.timestamps import TimeStamper

    from handlers.signing.credential import Credential


class Authority(Protocol):
    """Who keeps the keys, and answers for the certificates and for the time."""

    @property
    def mark(self) -> str:
        """What every visible block of this authority must say; empty for a certified one."""
        ...

    @property
    def trust(self) -> Trust: ...
    def unlock(self, person_id: str, secret: Secret) -> Credential: ...
    def news_of(self, certificate: x509.Certificate) -> RevocationNews: ...
    def timestamper(self) -> TimeStamper: ...
