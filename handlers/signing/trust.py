"""Whom to believe: certificates of roots, and what is known of revocation without asking online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn1crypto import crl, ocsp, x509


@dataclass(frozen=True)
class RevocationNews:
    """Answers of OCSP responders and revocation lists, as fresh as their owner gives them."""

    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()


@dataclass(frozen=True)
class Trust:
    """The roots a verdict may rest on. ``news`` must not touch the network."""

    roots: tuple[x509.Certificate, ...]
    issuers: tuple[x509.Certificate, ...] = ()
    news: Callable[[], RevocationNews] = field(default=RevocationNews)
