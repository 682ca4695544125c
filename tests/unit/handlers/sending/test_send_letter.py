"""The step letter.send, recipient by recipient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sending_bench import PDF, BooksOnPaper, a_call, a_recipient, an_order

from engine import BusinessError, Database, TemporaryFailure
from handlers.documents import DocumentStore
from handlers.sending import (
    Delivery,
    Parcel,
    Receipt,
    SendingOrder,
    SendLetter,
    Undeliverable,
    deliveries,
)
from handlers.sending.dispatch import begin, seal_of_deliveries


@dataclass
class RecordingChannel:
    name: str
    parcels: list[Parcel] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    before: Callable[[Parcel], None] = lambda _parcel: None

    def deliver(self, parcel: Parcel) -> Receipt:
        self.before(parcel)
        if failure := self.failures.get(parcel.recipient.id):
            raise failure
        self.parcels.append(parcel)
        return Receipt(self.name, parcel.mark)

    def reached(self) -> list[str]:
        return [parcel.recipient.id for parcel in self.parcels]


@dataclass
class Office:
    step: SendLetter
    mail: RecordingChannel
    hand: RecordingChannel
    books: BooksOnPaper
    documents: DocumentStore
    database: Database
    document: str

    def send(self) -> dict[str, int]:
        return dict(self.step.perform(a_call(self.document)))

    def seal(self) -> str:
        with self.database.reading() as session:
            return seal_of_deliveries(session, "surat-1", self.document)

    def states(self) -> dict[str, str]:
        return {one.recipient: one.state for one in self.deliveries()}

    def deliveries(self) -> list[Delivery]:
        with self.database.reading() as session:
            return deliveries(session, "surat-1")


A = a_recipient(id="a", name="Camat A", address="a@wanajaya.example")
B = a_recipient(id="b", name="Camat B", address="b@wanajaya.example")
C = a_recipient(id="c", name="Kades C", address="")


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    documents = DocumentStore(tmp_path / "documents")
    mail, hand = RecordingChannel("email"), RecordingChannel("hand")
    books = BooksOnPaper(an_order(A, B, C))
    step = SendLetter(mail, hand, documents, database, books)
    return Office(step, mail, hand, books, documents, database, documents.put(PDF))


def test_everybody_gets_the_letter_by_the_proper_channel(office: Office) -> None:
    outcome = office.send()

    assert outcome == {"undelivered": 0, "delivered": 3}
    assert office.mail.reached() == ["a", "b"]
    assert office.hand.reached() == ["c"]
    assert office.states() == {"a": "delivered", "b": "delivered", "c": "delivered"}
    assert all(one.receipt and one.attempts == 1 for one in office.deliveries())


def test_what_is_carried_by_hand_goes_by_hand_even_with_an_address(office: Office) -> None:
    office.books.order = an_order(a_recipient(id="a", channel="kurir"))

    office.send()

    assert office.hand.reached() == ["a"]


def test_nobody_gets_the_letter_twice(office: Office) -> None:
    office.send()
    office.send()

    assert office.mail.reached() == ["a", "b"]
    assert office.hand.reached() == ["c"]


def test_the_finishing_step_tells_the_books(office: Office) -> None:
    call = a_call(office.document)
    outcome = office.step.perform(call)

    with office.database.transaction() as session:
        data = office.step.record(call, outcome, session)

    assert data["undelivered"] == 0
    assert len(data["dispatch_seal"]) == 64
    assert office.books.sent == [("surat-1", office.document, dict(outcome))]


def test_a_permanent_failure_names_who_was_not_reached_after_the_others_were(
    office: Office,
) -> None:
    office.mail.failures["a"] = Undeliverable("Ditolak peladen surat (550).")

    with pytest.raises(BusinessError) as caught:
        office.send()

    assert caught.value.code == "SENDING_FAILED"
    assert caught.value.sentence == (
        "Surat belum sampai ke 1 tujuan: Camat A (Ditolak peladen surat (550).)"
    )
    assert office.states() == {"a": "failed", "b": "delivered", "c": "delivered"}


def test_after_a_correction_only_the_missing_ones_are_sent_to(office: Office) -> None:
    office.mail.failures["a"] = Undeliverable("Ditolak.")
    with pytest.raises(BusinessError):
        office.send()
    office.mail.failures.clear()
    office.books.order = an_order(a_recipient(id="a", address="baru@wanajaya.example"), B, C)

    assert office.send() == {"undelivered": 0, "delivered": 3}
    assert office.mail.reached() == ["b", "a"]
    assert office.deliveries()[0].address == "baru@wanajaya.example"


def test_a_recipient_taken_off_the_list_holds_nothing_up(office: Office) -> None:
    office.mail.failures["a"] = Undeliverable("Ditolak.")
    with pytest.raises(BusinessError):
        office.send()
    office.books.order = an_order(B, C)

    assert office.send() == {"undelivered": 0, "delivered": 2}


def test_a_server_that_is_down_is_waited_for(office: Office) -> None:
    office.books.order = an_order(A, B)
    down = TemporaryFailure("Peladen surat tidak menjawab.")
    office.mail.failures = {"a": down, "b": down}

    with pytest.raises(TemporaryFailure):
        office.send()

    assert office.states() == {"a": "pending", "b": "pending"}
    assert office.deliveries()[0].last_error == "Peladen surat tidak menjawab."
    office.mail.failures.clear()
    assert office.send() == {"undelivered": 0, "delivered": 2}


def test_waiting_ends_with_the_sender(office: Office) -> None:
    office.mail.failures["a"] = TemporaryFailure("Peladen surat menunda.")

    for _ in range(5):
        with pytest.raises(TemporaryFailure):
            office.send()
    with pytest.raises(BusinessError, match="Camat A"):
        office.send()

    assert office.mail.reached() == ["b"]
    assert office.states()["a"] == "failed"


def test_a_second_release_has_all_attempts_again(office: Office) -> None:
    office.books.order = an_order(A, B)
    office.mail.failures = {"a": TemporaryFailure("Menunda."), "b": Undeliverable("Ditolak.")}
    with pytest.raises(BusinessError):
        office.send()  # nobody tries again by itself: the sender was asked
    del office.mail.failures["b"]

    for _ in range(5):
        with pytest.raises(TemporaryFailure):
            office.send()

    del office.mail.failures["a"]
    assert office.send() == {"undelivered": 0, "delivered": 2}


def test_with_a_permanent_failure_the_sender_is_asked_at_once(office: Office) -> None:
    office.mail.failures = {"a": TemporaryFailure("Menunda."), "b": Undeliverable("Ditolak.")}

    with pytest.raises(BusinessError, match=r"2 tujuan: Camat A \(Menunda\.\); Camat B"):
        office.send()


def test_a_fault_between_two_recipients_loses_no_receipt(office: Office) -> None:
    office.mail.failures["b"] = KeyError("fault")
    with pytest.raises(KeyError):
        office.send()
    office.mail.failures.clear()

    office.send()

    assert office.mail.reached() == ["a", "b"]


def test_a_performer_who_was_overtaken_sends_nothing_more(office: Office) -> None:
    def overtaken(parcel: Parcel) -> None:
        if parcel.recipient.id == "a" and not office.mail.parcels:
            office.mail.before = lambda _parcel: None
            office.send()  # another node was given the work of this one

    office.mail.before = overtaken

    office.send()

    assert office.mail.reached() == ["a", "b", "a"]  # "a" was on its way already
    assert office.hand.reached() == ["c"]


def test_a_late_second_receipt_changes_nothing_that_was_sealed(office: Office) -> None:
    sealed: list[str] = []

    def overtaken(_parcel: Parcel) -> None:
        office.mail.before = lambda _parcel: None
        office.send()
        sealed.append(office.seal())

    office.mail.before = overtaken

    office.send()

    assert sealed == [office.seal()]


def test_a_performer_who_meets_another_leaves_the_rest_to_it(office: Office) -> None:
    def another_begins(parcel: Parcel) -> None:
        with office.database.transaction() as session:
            [second] = [one for one in deliveries(session, "surat-1") if one.recipient == "b"]
            assert begin(session, second, "email", second.at)

    office.mail.before = another_begins

    with pytest.raises(TemporaryFailure, match="sedang dikirim"):
        office.send()

    assert office.mail.reached() == ["a"]
    assert office.states() == {"a": "delivered", "b": "pending", "c": "delivered"}


def test_a_letter_without_recipients_goes_back(office: Office) -> None:
    office.books.order = SendingOrder("Kantor", "1", "Hal", False, ())

    with pytest.raises(BusinessError, match="belum mempunyai tujuan"):
        office.send()


def test_a_damaged_letter_is_sent_to_nobody(office: Office) -> None:
    path = office.documents.path(office.document)
    path.chmod(0o600)
    path.write_bytes(b"lain")

    with pytest.raises(BusinessError, match="tidak ada utuh"):
        office.send()
    assert office.mail.parcels == []


def test_of_a_secret_letter_nothing_is_read_on_the_outside(office: Office) -> None:
    extra = office.documents.put(b"daftar")
    office.books.order = an_order(
        A, secret=True, attachments=((extra, "Daftar tersangka.xlsx", "application/x"),)
    )

    office.send()

    (parcel,) = office.mail.parcels
    outside = " ".join(
        [parcel.subject, parcel.text, parcel.letter.name, parcel.mark]
        + [one.name for one in parcel.enclosures]
    )
    for telling in ("Undangan", "005/12/2026", "tersangka", "rahasia", "surat-1"):
        assert telling.lower() not in outside.lower()
    assert parcel.letter.name == "surat.pdf"
    assert parcel.enclosures[0].name == "lampiran-1.xlsx"
