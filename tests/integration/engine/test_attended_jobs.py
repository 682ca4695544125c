"""Work that needs a person's secret: done in the request that brings it, never written down."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import HEAD, OFFICER, REVIEWING, SigningWorld, SmallOffice
from sqlalchemy import select

from engine import BusinessError, Database, Kind, Secret, StepCall, TemporaryFailure, metadata

PASSPHRASE = SigningWorld.passphrase


def signing() -> DiagramBuilder:
    """Consent, sign, file; a failed signature leads back to the signer."""
    return (
        DiagramBuilder()
        .start()
        .user("consent", "head", operation="letter.review")
        .service("sign", "letter.sign", abandonCode="SIGNING_FAILED")
        .error("sign_failed", "sign", "SIGNING_FAILED")
        .user("file", "officer")
        .end()
        .path("begin", "consent", "sign", "file", "done")
        .flow("sign_failed", "consent")
    )


@pytest.fixture
def world() -> SigningWorld:
    return SigningWorld(signed_document="abc")


@pytest.fixture
def office(database: Database, world: SigningWorld) -> SmallOffice:
    return SmallOffice(database, **REVIEWING, attended={"letter.sign": world})


def test_the_signature_is_made_in_the_request_of_the_signer(
    office: SmallOffice, world: SigningWorld
) -> None:
    letter = office.begin(signing())

    result = office.engine.complete_task(
        office.task(letter), HEAD, {"decision": "approve"}, secret=Secret(PASSPHRASE)
    )

    assert result.error == ""
    assert [task.element for task in result.opened] == ["file"]
    assert office.engine.instance(letter).data["signed_document"] == "abc"
    [finished] = [e for e in office.engine.history(letter) if e.kind is Kind.JOB_FINISHED]
    assert finished.name == "Budi"
    office.clock.pass_time(minutes=5)
    assert office.run_jobs() == 0
    assert office.engine.verify_instance(letter) == []


def test_no_transaction_is_open_while_the_signer_works(
    office: SmallOffice, world: SigningWorld
) -> None:
    other = []

    def meanwhile() -> None:
        other.append(office.engine.start("letter", "letter-2", "office", {}, OFFICER))

    world.while_signing = meanwhile
    letter = office.begin(signing())

    office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))

    assert office.task(other[0], "consent")


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (BusinessError("SIGNING_FAILED", "Passphrase salah."), "Passphrase salah."),
        (
            TemporaryFailure("no answer"),
            "Layanan belum dapat dihubungi; silakan tanda tangani ulang.",
        ),
    ],
)
def test_a_failed_signature_returns_to_the_signer_with_a_sentence(
    office: SmallOffice, world: SigningWorld, failure: Exception, sentence: str
) -> None:
    world.fails = [failure]
    letter = office.begin(signing())

    result = office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))

    assert result.error == sentence
    assert [task.id for task in result.opened] == [f"{letter}.consent.2"]
    assert result.opened[0].data["error"]["sentence"] == sentence
    again = office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))
    assert again.error == ""
    assert office.engine.verify_instance(letter) == []


def test_a_signature_lost_with_its_process_returns_to_the_signer(
    office: SmallOffice, world: SigningWorld
) -> None:
    def crash() -> None:
        raise SystemExit

    world.while_signing = crash
    letter = office.begin(signing())
    with pytest.raises(SystemExit):
        office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))
    assert office.run_jobs() == 0

    office.clock.pass_time(seconds=121)
    assert office.run_jobs() == 1

    task = office.engine.task(office.task(letter, "consent"))
    assert task.data["error"] == {
        "code": "SIGNING_FAILED",
        "sentence": "Passphrase tidak lagi tersedia; silakan tanda tangani ulang.",
    }
    assert office.engine.verify_instance(letter) == []


def test_a_signature_made_but_not_entered_is_entered_when_its_process_died(
    office: SmallOffice, world: SigningWorld
) -> None:
    def crash() -> None:
        raise SystemExit

    world.while_signing = crash
    letter = office.begin(signing())
    with pytest.raises(SystemExit):
        office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))
    world.remembered = {"signed": True}

    office.clock.pass_time(seconds=121)
    office.run_jobs()

    assert len(world.recorded) == 1
    assert ("ERROR_THROWN", "sign") not in office.kinds(letter)
    assert office.engine.verify_instance(letter) == []


def test_a_task_completed_without_the_secret_returns_to_the_signer(office: SmallOffice) -> None:
    letter = office.begin(signing())

    office.engine.complete_task(office.task(letter), HEAD, {})
    office.run_jobs()

    assert office.task(letter, "consent") == f"{letter}.consent.2"
    assert office.engine.verify_instance(letter) == []


def test_a_result_after_the_job_was_given_up_is_ignored(
    office: SmallOffice, world: SigningWorld
) -> None:
    def too_slow() -> None:
        office.clock.pass_time(seconds=121)
        office.run_jobs()

    world.while_signing = too_slow
    letter = office.begin(signing())

    result = office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))

    assert [task.id for task in result.opened] == [f"{letter}.consent.2"]
    assert (
        result.error == "Tanda tangan selesai sesudah batas waktunya; silakan tanda tangani ulang."
    )
    assert world.recorded == []
    assert office.engine.verify_instance(letter) == []


def test_a_result_that_a_worker_entered_first_is_no_trouble(
    office: SmallOffice, world: SigningWorld
) -> None:
    def slow_but_remembered() -> None:
        world.remembered = {"signed": True}
        office.clock.pass_time(seconds=121)
        office.run_jobs()

    world.while_signing = slow_but_remembered
    letter = office.begin(signing())

    result = office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))

    assert result.error == ""
    assert len(world.recorded) == 1
    assert office.task(letter, "file")


def test_an_operator_cannot_sign_and_so_returns_the_task(
    office: SmallOffice, world: SigningWorld
) -> None:
    world.fails = [ValueError("defect")]
    letter = office.begin(signing())
    result = office.engine.complete_task(office.task(letter), HEAD, {}, secret=Secret(PASSPHRASE))
    assert result.error == "Pekerjaan terhenti karena gangguan; operator sudah diberi tahu."
    [incident] = office.engine.incidents()

    office.engine.retry_incident(incident.id, OFFICER)
    office.run_jobs()

    assert office.task(letter, "consent")
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


class Leaking(SigningWorld):
    """A careless handler that puts the secret wherever it can."""

    def perform(self, call: StepCall, secret: Secret | None = None) -> Mapping[str, Any]:
        assert secret is not None
        passphrase = secret.reveal_once()
        raise ValueError(f"cannot sign with {passphrase}")


@pytest.mark.parametrize("world", [SigningWorld(), Leaking()], ids=["careful", "careless"])
def test_the_secret_is_in_no_table_log_or_traceback(
    office: SmallOffice, world: SigningWorld, everything_logged: list[str]
) -> None:
    letter = office.begin(signing())
    secret = Secret(PASSPHRASE)

    office.engine.complete_task(office.task(letter), HEAD, {"decision": "go"}, secret=secret)
    world.fails = [BusinessError("SIGNING_FAILED", "Salah.")]
    if office.engine.tasks_of(letter)[:1] == []:
        [incident] = office.engine.incidents()
        office.engine.retry_incident(incident.id, OFFICER)
        office.run_jobs()

    with office.database.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert PASSPHRASE not in repr(row)
                assert PASSPHRASE.encode() not in b"".join(c for c in row if isinstance(c, bytes))
    assert PASSPHRASE not in "".join(everything_logged)
    assert PASSPHRASE not in repr(secret)


def test_a_traceback_of_the_request_does_not_show_the_secret(
    office: SmallOffice, world: SigningWorld
) -> None:
    letter = office.begin(signing())

    try:
        office.engine.complete_task(
            office.task(letter), OFFICER, {"decision": "go"}, secret=Secret(PASSPHRASE)
        )
    except Exception as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert PASSPHRASE not in "".join(shown.format())
    else:
        pytest.fail("the officer may not sign")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """All that is logged, tracebacks and extras included."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{self.format(record)} {vars(record)!r}")

    listener = Listener(level=1)
    root = logging.getLogger()
    root.addHandler(listener)
    with caplog.at_level(logging.DEBUG):
        yield lines
    root.removeHandler(listener)
