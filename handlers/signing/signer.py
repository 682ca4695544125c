"""The PAdES signer, as the rest of the house holds it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from engine import Secret
from handlers.signing.authority import Authority
from handlers.signing.contract import SignedPdf, SigningRequest

if TYPE_CHECKING:
    from handlers.signing.pades import PadesWorkshop


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
