"""What tests of signing share: a letter, an authority with people, an order for a signature."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import typst
from sqlalchemy.orm import Session

from engine import Actor, Secret, StepCall
from handlers.errors import UnknownLetter
from handlers.signing import SignedPdf, SigningOrder, SigningRequest, WrongPassphrase

SIGNER, PASSPHRASE = "contoh:kadis", "Sandi-Uji-4417"
SIGNER_NAME = "Dr. Ratna Pertiwi, M.Si."
JABATAN = "KEPALA DINAS PENANAMAN MODAL DAN PELAYANAN TERPADU SATU PINTU"
VERIFY = "https://surat.wanajaya.example/v/01JABCDEF"


@dataclass(frozen=True)
class Place:
    page: int = 0
    x0: float = 300
    y0: float = 200
    x1: float = 520
    y1: float = 270


@cache
def a_letter(text: str = "Setujui pembayaran Rp 900.000.") -> bytes:
    """A tagged PDF/A letter, as composing makes them."""
    source = f"""
    #set document(title: "Surat", date: datetime(year: 2026, month: 2, day: 3))
    #set text(lang: "id")
    = Surat
    {text.replace("#", "")}
    """
    pdf = typst.compile(source.encode(), pdf_standards=["a-2b"])
    assert isinstance(pdf, bytes)
    return pdf


def a_request(**changes: Any) -> SigningRequest:
    wanted: dict[str, Any] = {
        "key": "i1.sign.1",
        "pdf": a_letter(),
        "field": "TTE_KADIS",
        "person": SIGNER,
        "reason": "Penandatanganan surat keluar",
        "location": "Kabupaten Wanajaya",
        "anchor": Place(),
        "stamp_lines": (JABATAN, SIGNER_NAME),
        "verification_url": VERIFY,
    }
    return SigningRequest(**(wanted | changes))


@dataclass
class BooksOnPaper:
    """Keeps the consents and the signed documents that a letter's books would keep."""

    consents: dict[tuple[str, str], str] = field(default_factory=dict)
    entered: list[dict[str, Any]] = field(default_factory=list)

    def consent(self, letter_id: str, document: str, person: str = SIGNER) -> None:
        self.consents[letter_id, document] = person

    def signing_order(self, session: Session, letter_id: str, document: str) -> SigningOrder:
        agreed = {doc: who for (letter, doc), who in self.consents.items() if letter == letter_id}
        if not agreed:
            raise UnknownLetter
        seen, who = list(agreed.items())[-1]
        return SigningOrder(
            consented_document=seen,
            consented_by=who,
            field="TTE_KADIS",
            reason="Penandatanganan surat keluar",
            location="Kabupaten Wanajaya",
            anchor=Place(),
            stamp_lines=(JABATAN, SIGNER_NAME),
            verification_url=VERIFY,
        )

    def enter_signed(
        self, session: Session, letter_id: str, document: str, signed: Any, call: StepCall
    ) -> dict[str, Any]:
        self.entered.append({"letter_id": letter_id, "document": document, **signed})
        return {}


@dataclass
class SteppedClock:
    """A clock that a test sets."""

    moment: datetime = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def a_call(document: str, *, person: str = SIGNER, letter_id: str = "surat-1") -> StepCall:
    return StepCall(
        key="i1.sign.1",
        topic="letter.sign",
        instance_id="i1",
        business_key=letter_id,
        scope="dpmptsp",
        process_id="outgoing",
        element="sign",
        element_name="Tanda tangan",
        occurrence=1,
        actor=Actor(person, SIGNER_NAME),
        at=datetime(2026, 2, 3, 2, 0, tzinfo=UTC),
        data={"document": document},
    )


def locals_of_the_house(problem: BaseException | None) -> str:
    """What a tracker that captures local variables would show of our own frames."""
    assert problem is not None
    told: list[str] = [str(problem), repr(problem)]
    while problem is not None:
        stack = traceback.TracebackException.from_exception(problem, capture_locals=True).stack
        told += [repr(frame.locals) for frame in stack if "tests" not in frame.filename]
        problem = problem.__cause__ or problem.__context__
    return "\n".join(told)


@dataclass
class StampSigner:
    """Appends a line instead of a signature."""

    signed: list[SigningRequest] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def sign(self, request: SigningRequest, secret: Secret) -> SignedPdf:
        self.before()
        if secret.reveal_once() != PASSPHRASE:
            raise WrongPassphrase
        self.signed.append(request)
        pdf = request.pdf + f"% signature {len(self.signed)}\n".encode()
        return SignedPdf(pdf, "B-LTA", "Dr. Ratna", datetime(2026, 2, 3, 2, tzinfo=UTC))
