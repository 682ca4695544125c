"""The demo authority: a certificate authority of one's own that says SIMULASI everywhere."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine import Secret
from handlers.signing.trust import RevocationNews, Trust

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.timestamps import TimeStamper

    from handlers.signing.authority_services import AuthorityServices
    from handlers.signing.credential import Credential


class DemoAuthority:
    """A certificate authority that says SIMULASI on every certificate it issues.

    Everything lies under one folder, which is made on first use. Certificates name addresses that
    do not exist: status and time are asked inside the process, so nothing here needs a network.
    """

    mark = "SIMULASI, bukan tanda tangan tersertifikasi"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def trust(self) -> Trust:
        """The root of this installation, and fresh news of revocation."""
        return self._services.trust

    def root_pem(self) -> bytes:
        """Return the root certificate, for independent verifiers."""
        return self._services.root_pem()

    def enrol(
        self,
        person_id: str,
        name: str,
        passphrase: str,
        *,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
    ) -> None:
        """Issue a certificate and a key that only this passphrase opens.

        Enrolling again replaces the key; signatures made with the former one stay valid.
        """
        self._services.enrol(person_id, name, passphrase, valid_from=valid_from, valid_to=valid_to)

    def enrolled(self, person_id: str) -> bool:
        """Say whether the person holds a key."""
        return self._services.enrolled(person_id)

    def revoke(
        self, person_id: str, *, since: datetime | None = None, reason: str = "key_compromise"
    ) -> None:
        """Revoke every certificate of the person; what was signed before stays valid."""
        self._services.revoke(person_id, since=since, reason=reason)

    def unlock(self, person_id: str, secret: Secret) -> Credential:
        """Return the person's key. Raises ``WrongPassphrase`` or ``SigningRefused``."""
        return self._services.unlock(person_id, secret)

    def news_of(self, certificate: x509.Certificate) -> RevocationNews:
        """Return what the authority says of one signer's certificate now."""
        return self._services.news_of(certificate)

    def news_at(self, at: datetime) -> RevocationNews:
        """Return the revocation lists as of a moment."""
        return self._services.news_at(at)

    def timestamper(self) -> TimeStamper:
        """Return the time stamp authority, asked without a network."""
        return self._services.timestamper()

    @cached_property
    def _services(self) -> AuthorityServices:
        # Certomancer and pyHanko take a second to load; the start of the house does not wait.
        from handlers.signing.authority_folder import create_authority
        from handlers.signing.authority_services import AuthorityServices

        create_authority(self._folder)
        return AuthorityServices(self._folder)
