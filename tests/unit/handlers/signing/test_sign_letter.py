"""The step letter.sign, with a signer that is only pretended."""

from __future__ import annotations

import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from signing_bench import (
    PASSPHRASE,
    SIGNER,
    BooksOnPaper,
    StampSigner,
    SteppedClock,
    a_call,
    a_letter,
    locals_of_the_house,
)
from sqlalchemy import select

from engine import BusinessError, Database, Secret, TemporaryFailure
from handlers.documents import DocumentStore
from handlers.signing import (
    SignerUnavailable,
    SigningRefused,
    SignLetter,
)
from handlers.signing.ledger import signing_attempt, signing_ledger


@dataclass
class Desk:
    step: SignLetter
    signer: StampSigner
    documents: DocumentStore
    books: BooksOnPaper
    clock: SteppedClock
    database: Database
    document: str

    def sign(self, passphrase: str = PASSPHRASE) -> str:
        outcome = self.step.perform(a_call(self.document), Secret(passphrase))
        return str(outcome["signed_document"])

    def refusal(self, passphrase: str = PASSPHRASE) -> str:
        with pytest.raises(BusinessError) as caught:
            self.sign(passphrase)
        assert caught.value.code == "SIGNING_FAILED"
        return caught.value.sentence

    def attempts(self) -> list[str]:
        with self.database.reading() as session:
            query = select(signing_attempt.c.outcome).order_by(signing_attempt.c.started_at)
            return list(session.scalars(query))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    documents, books = DocumentStore(tmp_path / "documents"), BooksOnPaper()
    signer, clock = StampSigner(), SteppedClock()
    document = documents.put(a_letter())
    books.consent("surat-1", document)
    step = SignLetter(signer, documents, database, books, clock=clock)
    return Desk(step, signer, documents, books, clock, database, document)


def test_the_signed_document_is_stored_and_named(desk: Desk) -> None:
    outcome = desk.step.perform(a_call(desk.document), Secret(PASSPHRASE))

    assert desk.documents.get(outcome["signed_document"]).startswith(a_letter())
    assert outcome["level"] == "B-LTA"
    assert outcome["subject"] == "Dr. Ratna"
    assert outcome["signed_at"] == "2026-02-03T02:00:00+00:00"
    assert desk.signer.signed[0].key == "i1.sign.1"


def test_a_letter_signed_once_is_never_signed_again(desk: Desk) -> None:
    first = desk.sign()

    again = desk.sign()

    assert again == first
    assert len(desk.signer.signed) == 1


def test_a_signature_is_recalled_without_the_passphrase_and_nothing_else_is(desk: Desk) -> None:
    call = a_call(desk.document)
    before = desk.step.recall(call)
    desk.refusal("salah")
    after_refusal = desk.step.recall(call)

    signed = desk.sign()

    assert before is None
    assert after_refusal is None
    recalled = desk.step.recall(call)
    assert recalled is not None
    assert recalled["signed_document"] == signed
    assert len(desk.signer.signed) == 1


def test_a_recall_waits_for_nobody_who_is_signing(desk: Desk) -> None:
    desk.sign()
    call = a_call(desk.document)

    with desk.database.reading() as other:
        other.execute(select(signing_ledger).with_for_update())
        with ThreadPoolExecutor(1) as pool:
            recalled = pool.submit(desk.step.recall, call).result(timeout=10)

    assert recalled is not None


def test_the_books_learn_of_the_signed_document_in_the_finishing_step(desk: Desk) -> None:
    call = a_call(desk.document)
    outcome = desk.step.perform(call, Secret(PASSPHRASE))

    with desk.database.transaction() as session:
        data = desk.step.record(call, outcome, session)

    assert data == {"signed_document": outcome["signed_document"]}
    assert desk.books.entered[0]["document"] == desk.document


def test_a_document_other_than_the_one_agreed_to_is_refused(desk: Desk) -> None:
    other = desk.documents.put(a_letter("Setujui pembayaran Rp 900.000.000."))
    desk.document = other

    assert "Dokumen berubah" in desk.refusal()
    assert desk.signer.signed == []
    assert desk.attempts() == []


def test_without_any_consent_nothing_is_signed(desk: Desk) -> None:
    desk.books.consents.clear()

    assert "Dokumen berubah" in desk.refusal()


def test_consent_of_somebody_else_does_not_count(desk: Desk) -> None:
    desk.books.consent("surat-1", desk.document, "contoh:sekretaris")

    assert "Dokumen berubah" in desk.refusal()


def test_a_wrong_passphrase_is_said_in_a_sentence_and_leaves_the_way_open(desk: Desk) -> None:
    assert desk.refusal("salah") == "Passphrase salah. Silakan coba lagi."

    assert desk.sign()
    assert desk.attempts() == ["wrong_passphrase", "signed"]


def test_after_five_wrong_passphrases_even_the_right_one_waits(desk: Desk) -> None:
    for _ in range(5):
        desk.refusal("salah")
        desk.clock.moment += timedelta(minutes=1)

    assert desk.refusal() == (
        "Terlalu banyak percobaan dengan passphrase yang salah. Coba lagi sesudah pukul 09.15."
    )

    desk.clock.moment += timedelta(minutes=11)
    assert desk.sign()


def test_guessing_from_many_sides_at_once_buys_no_further_try(desk: Desk) -> None:
    letters = [desk.documents.put(a_letter(f"Surat {n}.")) for n in range(8)]
    for n, document in enumerate(letters):
        desk.books.consent(f"surat-{n}", document)
    tries: list[int] = []
    desk.signer.before = lambda: tries.append(1)

    def guess(n: int) -> str:
        call = a_call(letters[n], letter_id=f"surat-{n}")
        try:
            desk.step.perform(call, Secret("tebakan"))
        except BusinessError as problem:
            return problem.sentence
        return ""

    with ThreadPoolExecutor(8) as crowd:
        said = list(crowd.map(guess, range(8)))

    assert len(tries) == 5
    assert sum("Terlalu banyak" in sentence for sentence in said) == 3


def test_a_success_forgives_earlier_mistakes(desk: Desk) -> None:
    for _ in range(4):
        desk.refusal("salah")
    desk.clock.moment += timedelta(seconds=1)
    desk.sign()
    desk.document = desk.documents.put(a_letter("Surat kedua."))
    desk.books.consent("surat-1", desk.document)
    desk.clock.moment += timedelta(seconds=1)

    desk.refusal("salah")

    assert desk.sign()


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (SigningRefused("Sertifikat dicabut."), "Sertifikat dicabut."),
        (SignerUnavailable("TSA"), "Layanan tanda tangan elektronik tidak menjawab"),
    ],
)
def test_a_failing_service_ends_in_a_sentence(
    desk: Desk, failure: Exception, sentence: str
) -> None:
    def fail() -> None:
        raise failure

    desk.signer.before = fail

    assert desk.refusal().startswith(sentence)
    assert desk.attempts() == ["failed"]


def test_a_fault_of_our_own_closes_the_attempt_and_is_not_hidden(desk: Desk) -> None:
    def fail() -> None:
        raise KeyError("fault")

    desk.signer.before = fail

    with pytest.raises(KeyError):
        desk.sign()
    assert desk.attempts() == ["failed"]


def test_two_attempts_at_once_make_one_signature(desk: Desk) -> None:
    arrived, go = threading.Event(), threading.Event()

    def wait() -> None:
        arrived.set()
        assert go.wait(10)

    desk.signer.before = wait
    results: list[str] = []
    first = threading.Thread(target=lambda: results.append(desk.sign()))
    first.start()
    assert arrived.wait(10)

    second = desk.refusal()
    go.set()
    first.join()

    assert "sedang berjalan" in second
    assert desk.sign() == results[0]
    assert len(desk.signer.signed) == 1


def test_an_attempt_whose_process_died_is_taken_over(desk: Desk) -> None:
    def die() -> None:
        raise SystemExit

    desk.signer.before = die
    with pytest.raises(SystemExit):
        desk.sign()
    desk.signer.before = lambda: None
    assert "sedang berjalan" in desk.refusal()

    desk.clock.moment += timedelta(minutes=3)

    assert desk.sign()


def test_a_late_attempt_gives_way_to_the_signature_made_meanwhile(desk: Desk) -> None:
    made: list[str] = []

    def somebody_is_faster() -> None:
        desk.signer.before = lambda: None
        desk.clock.moment += timedelta(minutes=3)
        made.append(desk.sign())

    desk.signer.before = somebody_is_faster

    assert desk.sign() == made[0]
    assert sorted(desk.attempts()) == ["signed", "superseded"]


def test_the_passphrase_is_written_nowhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "Salah-Sekali-9911"

    try:
        desk.sign(wrong)
    except BusinessError:
        told = locals_of_the_house(sys.exc_info()[1])

    desk.sign()
    with desk.database.reading() as session:
        rows = [*session.execute(select(signing_ledger)), *session.execute(select(signing_attempt))]
    for passphrase in (wrong, PASSPHRASE):
        assert passphrase not in caplog.text
        assert passphrase not in repr(rows)
        assert passphrase not in told
    assert SIGNER in repr(rows)


def test_a_store_that_takes_nothing_is_named_and_the_letter_may_be_signed_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_data: bytes) -> str:
        raise TemporaryFailure("Penyimpanan dokumen tidak dapat ditulisi (penuh).")

    monkeypatch.setattr(desk.documents, "put", full)

    said = desk.refusal()

    assert said.startswith("Penyimpanan dokumen tidak dapat ditulisi (penuh).")
    assert desk.attempts() == ["failed"]
    monkeypatch.undo()
    assert desk.sign()


def test_how_long_an_attempt_lasts_is_a_choice_of_the_installation(desk: Desk) -> None:
    def die() -> None:
        raise SystemExit

    hasty = SignLetter(
        desk.signer,
        desk.documents,
        desk.database,
        desk.books,
        clock=desk.clock,
        attempt_lasts=timedelta(seconds=5),
    )
    desk.signer.before = die
    with pytest.raises(SystemExit):
        desk.sign()
    desk.signer.before = lambda: None

    desk.clock.moment += timedelta(seconds=6)

    assert "sedang berjalan" in desk.refusal()
    assert hasty.perform(a_call(desk.document), Secret(PASSPHRASE))
