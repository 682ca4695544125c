"""The step letter.send: the signed letter to every recipient, to nobody twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from engine import (
    BusinessError,
    Clock,
    Database,
    JsonObject,
    StepCall,
    SystemClock,
    TemporaryFailure,
)
from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing, LetterError
from handlers.sending import dispatch
from handlers.sending.contract import Channel, Enclosure, Parcel, Receipt, Recipient, Undeliverable

CODE = "SENDING_FAILED"
_ELSEWHERE = "Surat ini sedang dikirim oleh simpul lain."
#: After so many attempts for one recipient a person decides.
ATTEMPTS_ALLOWED = 6
#: How the address book calls the ways on which paper travels.
ON_PAPER = frozenset({"hand", "kurir", "pos", "ambil_sendiri"})


@dataclass(frozen=True)
class SendingOrder:
    """What the books say of the letter that is to be sent."""

    office: str  #: name of the sender
    number: str
    subject: str
    secret: bool  #: nothing of it may be read on the outside
    recipients: tuple[Recipient, ...]
    attachments: tuple[tuple[str, str, str], ...] = ()  #: SHA-256, file name, media type
    note: str = ""


class SendingBooks(Protocol):
    """What the step needs of the letters' books."""

    def sending_order(self, session: Session, letter_id: str, document: str) -> SendingOrder: ...

    def enter_sent(
        self, session: Session, letter_id: str, document: str, outcome: JsonObject, call: StepCall
    ) -> None:
        """Enter that the letter went out; entering it again changes nothing."""
        ...


class SendLetter:
    """Sends the signed document, recipient by recipient.

    Each receipt is committed before the next parcel leaves, so a repeat goes on where the last
    attempt ended. A recipient who has a receipt is never sent to again.
    """

    def __init__(
        self,
        electronic: Channel,
        by_hand: Channel,
        documents: DocumentStore,
        database: Database,
        books: SendingBooks,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._electronic = electronic
        self._by_hand = by_hand
        self._documents = documents
        self._database = database
        self._books = books
        self._clock = clock or SystemClock()

    def perform(self, call: StepCall) -> JsonObject:
        """Send to everybody who has no receipt yet.

        Raises ``TemporaryFailure`` while waiting helps, and ``BusinessError`` naming those who
        could not be reached when it does not.
        """
        letter_id, document = call.business_key, str(call.data["signed_document"])
        order, waiting = self._list(letter_id, document)
        parcels = self._parcels(call, order, document) if waiting else {}
        postponed = ""
        for delivery in waiting:
            postponed = self._deliver(delivery, parcels[delivery.recipient]) or postponed
        return self._result(letter_id, document, order, postponed)

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Enter in the letter's books that it went out."""
        document = str(call.data["signed_document"])
        self._books.enter_sent(session, call.business_key, document, outcome, call)
        seal = dispatch.seal_of_deliveries(session, call.business_key, document)
        return {"undelivered": outcome["undelivered"], "dispatch_seal": seal}

    def _list(self, letter_id: str, document: str) -> tuple[SendingOrder, list[dispatch.Delivery]]:
        with self._database.transaction() as session:
            order = self._order(session, letter_id, document)
            if not order.recipients:
                raise BusinessError(CODE, "Surat ini belum mempunyai tujuan pengiriman.")
            now = self._clock.now()
            dispatch.list_recipients(session, letter_id, document, order.recipients, now)
            listed = _addressed(session, letter_id, document, order)
        return order, [one for one in listed if one.state != dispatch.DELIVERED]

    def _order(self, session: Session, letter_id: str, document: str) -> SendingOrder:
        try:
            return self._books.sending_order(session, letter_id, document)
        except LetterError as problem:
            raise BusinessError(CODE, "Surat ini tidak siap dikirim.") from problem

    def _parcels(self, call: StepCall, order: SendingOrder, document: str) -> Mapping[str, Parcel]:
        try:
            letter = Enclosure(
                _letter_name(order), "application/pdf", self._documents.get(document)
            )
            enclosures = tuple(
                Enclosure(_enclosure_name(order, place, name), kind, self._documents.get(sha))
                for place, (sha, name, kind) in enumerate(order.attachments, 1)
            )
        except (DocumentMissing, DocumentDamaged) as problem:
            raise BusinessError(
                CODE, "Surat atau lampirannya tidak ada utuh di penyimpanan."
            ) from problem
        subject, text = _words(order)
        return {
            recipient.id: Parcel(
                key=f"{call.business_key}/{document}/{recipient.id}",
                recipient=recipient,
                sender=order.office,
                subject=subject,
                text=text,
                letter=letter,
                enclosures=enclosures,
            )
            for recipient in order.recipients
        }

    def _deliver(self, delivery: dispatch.Delivery, parcel: Parcel) -> str:
        """Try once and enter the result; return a sentence when trying later may help."""
        channel = self._channel_for(parcel.recipient)
        with self._database.transaction() as session:
            if not dispatch.begin(session, delivery, channel.name, self._clock.now()):
                return _ELSEWHERE
        try:
            receipt = channel.deliver(parcel)
        except Undeliverable as problem:
            self._enter(delivery, str(problem), final=True)
            return ""
        except TemporaryFailure as problem:
            final = dispatch.attempt_after(delivery) >= ATTEMPTS_ALLOWED
            self._enter(delivery, str(problem), final=final)
            return "" if final else str(problem)
        self._enter(delivery, receipt)
        return ""

    def _enter(
        self, delivery: dispatch.Delivery, result: Receipt | str, *, final: bool = False
    ) -> None:
        now = self._clock.now()
        with self._database.transaction() as session:
            if isinstance(result, Receipt):
                dispatch.delivered(session, delivery.id, result, now)
            else:
                dispatch.not_delivered(session, delivery.id, result, now, final=final)

    def _result(
        self, letter_id: str, document: str, order: SendingOrder, postponed: str
    ) -> JsonObject:
        with self._database.reading() as session:
            listed = _addressed(session, letter_id, document, order)
        missing = [one for one in listed if one.state != dispatch.DELIVERED]
        if missing and postponed and not any(one.state == dispatch.FAILED for one in missing):
            raise TemporaryFailure(postponed)
        if missing:
            with self._database.transaction() as session:
                dispatch.give_up(session, [one.id for one in missing])
            raise BusinessError(CODE, _sentence(missing))
        return {"undelivered": 0, "delivered": len(listed)}

    def _channel_for(self, recipient: Recipient) -> Channel:
        if recipient.channel in ON_PAPER or not recipient.address:
            return self._by_hand
        return self._electronic


def _addressed(
    session: Session, letter_id: str, document: str, order: SendingOrder
) -> list[dispatch.Delivery]:
    """Return the deliveries to those whom the order names; others were taken off the list."""
    named = {recipient.id for recipient in order.recipients}
    listed = dispatch.deliveries(session, letter_id, document)
    return [one for one in listed if one.recipient in named]


def _sentence(missing: list[dispatch.Delivery]) -> str:
    named = "; ".join(f"{one.recipient_name} ({one.last_error})" for one in missing[:10])
    more = f"; dan {len(missing) - 10} tujuan lain" if len(missing) > 10 else ""
    return f"Surat belum sampai ke {len(missing)} tujuan: {named}{more}"


def _letter_name(order: SendingOrder) -> str:
    return "surat.pdf" if order.secret or not order.number else f"Surat {order.number}.pdf"


def _enclosure_name(order: SendingOrder, place: int, name: str) -> str:
    if not order.secret:
        return name
    ending = name.rpartition(".")[2] if "." in name else ""
    return f"lampiran-{place}.{ending}" if ending.isalnum() else f"lampiran-{place}"


def _words(order: SendingOrder) -> tuple[str, str]:
    """Return subject and text; of a secret letter they say only that there is one."""
    if order.secret:
        subject = f"Surat dinas dari {order.office}"
        about = f"Terlampir surat dinas dari {order.office}."
    else:
        subject = f"{order.subject} ({order.number})" if order.number else order.subject
        about = (
            f"Terlampir surat dari {order.office}\n\nNomor: {order.number}\nHal: {order.subject}"
        )
    return subject, (
        f"Dengan hormat,\n\n{about}\n\n"
        "Keaslian surat dapat diperiksa melalui kode QR pada surat.\n\n"
        "Pesan ini dikirim otomatis; mohon tidak membalas ke alamat ini.\n"
    )
