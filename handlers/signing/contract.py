"""What signing is: the request, the signed PDF, and the promise that every signer keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine import Secret, TemporaryFailure
from handlers.errors import LetterError


class Anchor(Protocol):
    """Where the visible block goes: PDF points, origin at the lower left; pages count from 0."""

    @property
    def page(self) -> int: ...
    @property
    def x0(self) -> float: ...
    @property
    def y0(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def y1(self) -> float: ...


@dataclass(frozen=True)
class SigningRequest:
    """One document for one signer; the same key means the same request on every attempt."""

    key: str
    pdf: bytes
    field: str  #: name of the signature field, one per signer
    person: str  #: id of the signer, as enrolled with the authority
    reason: str
    location: str
    anchor: Anchor
    stamp_lines: tuple[str, ...]  #: jabatan and name, as printed in the visible block
    verification_url: str  #: behind the QR code


@dataclass(frozen=True)
class SignedPdf:
    """The signed document; its first bytes are the document that was given."""

    pdf: bytes
    level: str  #: "B-B", "B-T", "B-LT" or "B-LTA"
    subject: str  #: common name of the signer's certificate
    signed_at: datetime  #: by the time stamp


class WrongPassphrase(LetterError):
    """Passphrase salah. Silakan coba lagi."""


class SigningRefused(LetterError):
    """Dokumen tidak dapat ditandatangani."""


class SignerUnavailable(TemporaryFailure):
    """The signing service did not answer, and nothing was sent to it."""


class Signer(Protocol):
    """Signs one PDF with one person's secret.

    Promises of every signer: the given bytes stay the beginning of the signed file; what is
    returned has passed the strict gate; the secret is used once and written nowhere, not even in
    the frames of an exception. Raises ``WrongPassphrase``, ``SigningRefused`` (trying again is of
    no use) or ``SignerUnavailable``.
    """

    def sign(self, request: SigningRequest, secret: Secret) -> SignedPdf: ...
