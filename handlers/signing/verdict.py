"""What the gate answers: one verdict about one PDF, with reasons a reader understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Answer = Literal["valid", "invalid", "unknown", "unsigned"]


@dataclass(frozen=True)
class SignerSeen:
    """One signature of the document."""

    field: str
    name: str  #: common name of the certificate
    subject: str  #: the whole name, readable
    signed_at: datetime | None
    stamped: bool  #: the time is proved by a time stamp, not only claimed by the signer
    intact: bool
    trusted: bool


@dataclass(frozen=True)
class Verdict:
    """``valid`` only without any doubt. ``unknown``: neither proved genuine nor proved false."""

    verdict: Answer
    intact: bool = False
    trusted: bool = False
    level: str = ""  #: the lowest level of its signatures; empty when there is none
    signers: tuple[SignerSeen, ...] = ()
    problems: tuple[str, ...] = ()  #: Indonesian sentences


@dataclass(frozen=True)
class Limits:
    """What a stranger's file may cost us."""

    size: int = 50_000_000
    pages: int = 1000
    signatures: int = 20
    seconds: float = 30.0


def doubt(sentence: str) -> Verdict:
    """Return the verdict on a file that could not be judged."""
    return Verdict("unknown", problems=(sentence,))
