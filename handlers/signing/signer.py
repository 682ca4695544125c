"""The PAdES signer, as the rest of the house holds it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from engine import Secret
from handlers.signing.contract import SignedPdf, SigningRequest
from handlers.signing.trust import RevocationNews, Trust

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.timestamps import TimeStamper

    from handlers.signing.credential import Credential
    from handlers.signing.pades import PadesWorkshop


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


class PadesSigner:
    """Signs with the keys of an authority, and checks its own work before handing it out."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def sign(self, request: SigningRequest, secret: Secret) -> SignedPdf:
        """Sign the document; see ``Signer`` for what is promised and raised."""
        return self._workshop.sign(request, secret)

    @cached_property
    def _workshop(self) -> PadesWorkshop:
        # pyHanko takes a second to load; the start of the house does not wait for it.
        from handlers.signing.pades import PadesWorkshop

        return PadesWorkshop(self._authority)
