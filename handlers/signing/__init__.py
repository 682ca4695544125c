"""The front door of signing: what neighbours may use of it."""

from handlers.signing.audit import SignatureProblem, audit_signatures
from handlers.signing.contract import (
    Anchor,
    SignedPdf,
    Signer,
    SignerUnavailable,
    SigningRefused,
    SigningRequest,
    WrongPassphrase,
)
from handlers.signing.demo_authority import DemoAuthority
from handlers.signing.gate import verify_pdf
from handlers.signing.ledger import signed_entries
from handlers.signing.sign_letter import SigningBooks, SigningOrder, SignLetter, field_name
from handlers.signing.signer import PadesSigner
from handlers.signing.trust import RevocationNews, Trust
from handlers.signing.verdict import Limits, SignerSeen, Verdict

__all__ = [
    "Anchor",
    "DemoAuthority",
    "Limits",
    "PadesSigner",
    "RevocationNews",
    "SignLetter",
    "SignatureProblem",
    "SignedPdf",
    "Signer",
    "SignerSeen",
    "SignerUnavailable",
    "SigningBooks",
    "SigningOrder",
    "SigningRefused",
    "SigningRequest",
    "Trust",
    "Verdict",
    "WrongPassphrase",
    "audit_signatures",
    "field_name",
    "signed_entries",
    "verify_pdf",
]
