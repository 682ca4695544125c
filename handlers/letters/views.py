"""The views of letters: what a reader is shown; secret content is left out for the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handlers.letters.draft import Draft


@dataclass(frozen=True)
class LetterRow:
    """One line in a list of letters."""

    id: str
    office: str
    unit: str
    unit_name: str
    instance_id: str
    kind: str
    kind_label: str
    subject: str
    classification: str
    number: str  #: empty until reserved
    letter_date: date
    sifat: str
    sifat_label: str
    urgency: str
    urgency_label: str
    status: str
    status_label: str
    drafter: str
    drafter_name: str
    changed_at: datetime


@dataclass(frozen=True)
class LetterView(LetterRow):
    """One letter in full."""

    number_state: str  #: reserved, used, void; empty while the letter has no number
    content_visible: bool  #: False: only its path may be followed, subject and content are masked
    version: int
    content_hash: str
    drafter_position: str
    signer_position: str
    signer_title: str
    signer_name: str
    capacity: str
    recipients: tuple[str, ...]
    copies: tuple[str, ...]
    attachments: tuple[Mapping[str, str], ...]
    content: Mapping[str, Any]  #: answers of the form; empty when masked
    reason: str
    token: str
    created_at: datetime
    signed_at: datetime | None
    signed_by: str
    signed_as: str
    sent_at: datetime | None
    filed_at: datetime | None

    @property
    def draft(self) -> Draft | None:
        """Return the draft of the current version; None when the content is masked."""
        return Draft.of(self.content) if self.content_visible else None


@dataclass(frozen=True)
class VersionView:
    """One version and who wrote it."""

    version: int
    content: Mapping[str, Any]
    content_hash: str
    element: str
    author: str
    author_name: str
    on_behalf_of: str
    written_at: datetime
    current: bool


@dataclass(frozen=True)
class ApprovalView:
    """One decision and the version it was given to."""

    version: int
    content_hash: str
    decision: str  #: approve, amend, return, cancel, sign
    document: str
    reason: str
    element: str
    element_name: str
    person: str
    person_name: str
    position_name: str
    on_behalf_of: str
    at: datetime
    superseded: bool  #: the letter was changed afterwards: this paraf no longer counts


@dataclass(frozen=True)
class PublicLetter:
    """What the page behind the QR code shows to everybody."""

    number: str
    letter_date: date
    kind_label: str
    subject: str  #: masked for secret letters
    office: str
    government: str
    signer_name: str
    signed_as: str
    signed_at: datetime | None
    signed_document: str  #: SHA-256; empty while the letter is not signed
    cancelled: bool
    secret: bool  #: the document itself is not shown to the public
