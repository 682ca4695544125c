"""The step letter.sign: one person's passphrase, one document, at most one signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine import (
    BusinessError,
    Clock,
    Database,
    JsonObject,
    Secret,
    StepCall,
    SystemClock,
    TemporaryFailure,
)
from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing, LetterError
from handlers.signing import ledger
from handlers.signing.contract import (
    Anchor,
    SignedPdf,
    Signer,
    SigningRefused,
    SigningRequest,
    WrongPassphrase,
)

CODE = "SIGNING_FAILED"
_CHANGED = "Dokumen berubah sesudah Anda menyetujuinya; baca dan setujui dokumen yang sekarang."
_WAIT = "Penandatanganan surat ini sedang berjalan; tunggu sebentar lalu lihat hasilnya."
_UNAVAILABLE = "Layanan tanda tangan elektronik tidak menjawab; silakan tanda tangani ulang."
_AGAIN = "Surat belum ditandatangani; silakan tanda tangani ulang."


@dataclass(frozen=True)
class SigningOrder:
    """What the books say of the signature that is due on one document."""

    consented_document: str  #: SHA-256 the signer saw and agreed to; empty without consent
    consented_by: str  #: id of the person who agreed
    field: str
    reason: str
    location: str
    anchor: Anchor
    stamp_lines: tuple[str, ...]
    verification_url: str


class SigningBooks(Protocol):
    """What the step needs of the letters' books."""

    def signing_order(self, session: Session, letter_id: str, document: str) -> SigningOrder:
        """Return the order for this document. Raises ``LetterError`` when there is none."""
        ...

    def enter_signed(
        self, session: Session, letter_id: str, document: str, signed: JsonObject, call: StepCall
    ) -> JsonObject:
        """Enter the signed document; entering it again changes nothing.

        Return what the history is to keep of it.
        """
        ...


class SignLetter:
    """Signs the composed document of a letter with the passphrase of whom the step names.

    However often it is asked, one document of one letter is signed once: a repeat returns what was
    made. The passphrase reaches the signer and nothing else.
    """

    def __init__(
        self,
        signer: Signer,
        documents: DocumentStore,
        database: Database,
        books: SigningBooks,
        *,
        clock: Clock | None = None,
        zone: ZoneInfo | None = None,
        attempt_lasts: timedelta = ledger.ATTEMPT_LASTS,
    ) -> None:
        self._attempt_lasts = attempt_lasts
        self._signer = signer
        self._documents = documents
        self._database = database
        self._books = books
        self._clock = clock or SystemClock()
        self._zone = zone or ZoneInfo("Asia/Jakarta")

    def perform(self, call: StepCall, secret: Secret) -> JsonObject:
        """Sign, or return what was signed before. Raises ``BusinessError`` with a sentence."""
        letter_id, document = call.business_key, str(call.data["document"])
        opened = self._open(call, letter_id, document)
        if not isinstance(opened, _Attempt):
            return opened
        try:
            facts = self._made(self._request(call, opened.order, document), secret)
        except WrongPassphrase as problem:
            self._failed(opened, ledger.WRONG_PASSPHRASE, str(problem))
            raise BusinessError(CODE, str(problem)) from None
        except (SigningRefused, DocumentMissing, DocumentDamaged) as problem:
            self._failed(opened, ledger.FAILED, str(problem))
            raise BusinessError(CODE, str(problem)) from None
        except _NotStored as problem:
            self._failed(opened, ledger.FAILED, str(problem))
            raise BusinessError(CODE, str(problem)) from None
        except TemporaryFailure:
            self._failed(opened, ledger.FAILED, _UNAVAILABLE)
            raise BusinessError(CODE, _UNAVAILABLE) from None
        except Exception as problem:
            self._failed(opened, ledger.FAILED, type(problem).__name__)
            raise
        return self._settled(opened, letter_id, document, facts)

    def recall(self, call: StepCall) -> JsonObject | None:
        """Return the signature that stands in the ledger though its request died before the end."""
        with self._database.reading() as session:
            entry = ledger.look_up(session, call.business_key, str(call.data["document"]))
        return _outcome(entry) if entry is not None and entry.state == ledger.SIGNED else None

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Enter the signed document into the letter's books."""
        kept = self._books.enter_signed(
            session, call.business_key, str(call.data["document"]), outcome, call
        )
        return {"signed_document": outcome["signed_document"], **kept}

    def _open(self, call: StepCall, letter_id: str, document: str) -> _Attempt | JsonObject:
        """Check consent and count, then enter the attempt before anything leaves for the signer."""
        now, person = self._clock.now(), call.actor.person
        with self._database.transaction() as session:
            ledger.hold(session, person)
            entry = ledger.find(session, letter_id, document)
            if entry is not None and entry.state == ledger.SIGNED:
                return _outcome(entry)
            order = self._order(session, letter_id, document)
            if order.consented_document != document or order.consented_by != person:
                raise BusinessError(CODE, _CHANGED)
            if entry is not None and self._running(entry, now):
                raise BusinessError(CODE, _WAIT)
            if until := ledger.barred_until(session, person, now):
                raise BusinessError(CODE, self._too_often(until))
            attempt = ledger.submit(session, letter_id, document, person, now)
        return _Attempt(attempt, order)

    def _order(self, session: Session, letter_id: str, document: str) -> SigningOrder:
        try:
            return self._books.signing_order(session, letter_id, document)
        except LetterError:
            raise BusinessError(CODE, _CHANGED) from None

    def _request(self, call: StepCall, order: SigningOrder, document: str) -> SigningRequest:
        return SigningRequest(
            key=call.key,
            pdf=self._documents.get(document),
            field=order.field,
            person=call.actor.person,
            reason=order.reason,
            location=order.location,
            anchor=order.anchor,
            stamp_lines=order.stamp_lines,
            verification_url=order.verification_url,
        )

    def _failed(self, attempt: _Attempt, outcome: str, reason: str) -> None:
        with self._database.transaction() as session:
            ledger.fail(session, attempt.id, outcome, reason, self._clock.now())

    def _made(self, request: SigningRequest, secret: Secret) -> dict[str, Any]:
        """Sign and store; a signature that cannot be stored is as if it had not been made."""
        signed: SignedPdf = self._signer.sign(request, secret)
        try:
            stored = self._documents.put(signed.pdf)
        except TemporaryFailure as problem:
            raise _NotStored(f"{problem} {_AGAIN}") from problem
        return {
            "signed_document": stored,
            "level": signed.level,
            "subject": signed.subject,
            "signed_at": signed.signed_at,
        }

    def _settled(
        self, attempt: _Attempt, letter_id: str, document: str, facts: dict[str, Any]
    ) -> JsonObject:
        with self._database.transaction() as session:
            ledger.settle(session, attempt.id, facts, self._clock.now())
            entry = ledger.find(session, letter_id, document)
        if entry is None or entry.state != ledger.SIGNED:
            raise BusinessError(CODE, _WAIT)
        return _outcome(entry)

    def _running(self, entry: ledger.Entry, now: datetime) -> bool:
        age = now - entry.submitted_at
        return entry.state == ledger.SUBMITTED and age < self._attempt_lasts

    def _too_often(self, until: datetime) -> str:
        clock = until.astimezone(self._zone)
        return (
            "Terlalu banyak percobaan dengan passphrase yang salah. "
            f"Coba lagi sesudah pukul {clock:%H.%M}."
        )


class _NotStored(TemporaryFailure):
    """The signed document could not be kept."""


@dataclass(frozen=True)
class _Attempt:
    id: str
    order: SigningOrder


def _outcome(entry: ledger.Entry) -> JsonObject:
    signed_at = entry.signed_at
    return {
        "signed_document": entry.signed_document,
        "level": entry.level,
        "subject": entry.subject,
        "signed_at": signed_at.isoformat() if signed_at is not None else "",
    }


def field_name(person_or_position: str) -> str:
    """Return the name of the signature field of a position, e.g. ``TTE_DPMPTSP_KADIS``."""
    letters = (sign if sign.isascii() and sign.isalnum() else "_" for sign in person_or_position)
    return "TTE_" + "".join(letters).upper()
