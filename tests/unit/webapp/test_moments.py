"""The moments of a replay: what an auditor reads of each event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from small_office import POSITIONS, do, engine_in, returned_letter, start

from engine import Database, ProcessEngine
from handlers.documents import DocumentStore
from webapp.languages import speak
from webapp.moments import Moment, Reading, moments, stored_documents


def read(
    engine: ProcessEngine,
    instance: str,
    *,
    hidden: bool = False,
    hidden_versions: frozenset[int] = frozenset(),
) -> list[Moment]:
    reading = Reading(
        position_name=lambda position: POSITIONS.get(position, position),
        document_url=lambda sha256: f"/documents/{sha256}",
        element_name=lambda element: element,
        called_process=lambda version, call: f"{call} of version {version}" if call else "",
        hidden=hidden,
        hidden_versions=hidden_versions,
    )
    return moments(engine.replay(instance), reading)


def one(found: list[Moment], kind: str, element: str, occurrence: int = 1) -> Moment:
    (wanted,) = (
        each
        for each in found
        if (each.kind, each.element, each.occurrence) == (kind, element, occurrence)
    )
    return wanted


def test_every_event_is_a_moment_in_its_order(engine: ProcessEngine) -> None:
    instance = returned_letter(engine)

    found = read(engine, instance)

    assert [each.number for each in found] == list(range(1, len(engine.history(instance)) + 1))


def test_a_return_tells_who_in_which_position_and_why(engine: ProcessEngine) -> None:
    returned = one(read(engine, returned_letter(engine)), "TASK_COMPLETED", "review_by_unit_head")

    assert (returned.actor, returned.position) == ("Budi Rekaan", "Kepala Subbagian Umum")
    assert returned.reason == "Tanggal acara belum ditulis."
    assert returned.note == "Keputusan: dikembalikan"
    assert [row["name"] for row in returned.changes] == ["Keputusan"]


def test_acting_for_another_is_told(engine: ProcessEngine) -> None:
    signed = one(read(engine, returned_letter(engine)), "TASK_COMPLETED", "sign_letter")

    assert signed.on_behalf_of == "Plh. Kepala Dinas"


def test_a_failed_signature_stands_out_with_its_sentence(engine: ProcessEngine) -> None:
    failed = one(read(engine, returned_letter(engine)), "ERROR_THROWN", "apply_signature")

    assert failed.tone == "trouble"
    assert failed.note == "Passphrase salah; silakan ulangi."


def test_nobody_is_named_for_what_merely_followed(engine: ProcessEngine) -> None:
    found = read(engine, returned_letter(engine))

    assert {each.actor for each in found if each.technical} == {""}
    assert "Budi Rekaan" in {each.actor for each in found}


def test_an_opened_task_says_for_whom_and_until_when(engine: ProcessEngine) -> None:
    opened = one(read(engine, start(engine, "letter-1")), "TASK_OPENED", "draft_letter")

    assert opened.note.startswith("Ditujukan kepada Staf Umum; tenggat 16 November 2026")


def test_the_document_of_the_moment_is_the_signed_one_once_there_is_one(
    engine: ProcessEngine,
) -> None:
    found = read(engine, returned_letter(engine))

    composed = one(found, "JOB_FINISHED", "compose_letter").document
    signed = one(found, "JOB_FINISHED", "apply_signature", 2).document

    assert found[0].document is None
    assert composed is not None
    assert composed["label"] == "PDF konsep"
    assert signed is not None
    assert signed["label"] == "PDF bertanda tangan"
    assert signed["url"].endswith(signed["sha256"])


def test_positions_in_the_data_are_told_by_their_names(engine: ProcessEngine) -> None:
    begun = read(engine, start(engine, "letter-1"))[0]

    told = {row["name"]: row["after"] for row in begun.data}

    assert told["Jabatan konseptor"] == POSITIONS["drafter"]


def test_of_a_hidden_letter_only_the_path_is_told(engine: ProcessEngine) -> None:
    instance = returned_letter(engine)

    found = read(engine, instance, hidden=True)

    told = repr(found)
    assert "Tanggal acara belum ditulis." not in told
    assert "Passphrase salah" not in told
    assert all(each.document is None for each in found)
    assert not any(sha256[:16] in told for sha256 in stored_documents(engine.replay(instance)))
    assert "Budi Rekaan" in told
    assert "Keputusan: dikembalikan" in told


def test_an_answer_of_the_drawings_own_is_hidden_with_the_rest(engine: ProcessEngine) -> None:
    instance = returned_letter(engine, memo="Perkara Citra")

    assert "Perkara Citra" in repr(read(engine, instance))
    assert "Perkara Citra" not in repr(read(engine, instance, hidden=True))
    assert "Perkara Citra" not in repr(read(engine, instance, hidden_versions=frozenset({1})))


def test_of_a_secret_time_the_step_is_told_but_not_its_reason(engine: ProcessEngine) -> None:
    found = read(engine, returned_letter(engine), hidden_versions=frozenset({1}))

    returned = one(found, "TASK_COMPLETED", "review_by_unit_head")
    assert (returned.actor, returned.note) == ("Budi Rekaan", "Keputusan: dikembalikan")
    assert returned.reason == "disembunyikan: surat ini rahasia pada saat itu"
    failed = one(found, "ERROR_THROWN", "apply_signature")
    assert failed.note == "Passphrase salah; silakan ulangi."


def test_a_document_of_a_secret_time_is_not_shown_while_it_stands_later(
    engine: ProcessEngine,
) -> None:
    instance = a_letter_made_public_after_it_was_composed(engine)
    frames = engine.replay(instance)
    first, second = stored_documents(frames)

    found = read(engine, instance, hidden_versions=frozenset({1}))

    shown = [each.document["sha256"] for each in found if each.document]
    assert set(shown) == {second}
    assert stored_documents(frames, frozenset({1})) == [second]
    assert first[:16] not in repr(found)
    rewritten = one(found, "TASK_OPENED", "review_by_unit_head", 2)
    assert rewritten.document_note == "disembunyikan: surat ini rahasia pada saat itu"


def test_a_document_made_before_the_secret_time_stays_open(engine: ProcessEngine) -> None:
    frames = engine.replay(a_letter_made_public_after_it_was_composed(engine))

    assert stored_documents(frames, frozenset({2})) == stored_documents(frames)[:1]


def a_letter_made_public_after_it_was_composed(engine: ProcessEngine) -> str:
    """Two versions, a document of each."""
    instance = start(engine, "letter-1")
    do(engine, instance, {"decision": "submit"})
    for _ in range(3):
        do(engine, instance, {"decision": "approve"})
    do(engine, instance, {"decision": "return"}, reason="Hapus nama Citra.")
    do(engine, instance, {"decision": "resubmit", "version": 2})
    for _ in range(3):
        do(engine, instance, {"decision": "approve"})
    return instance


@pytest.fixture
def engine(sqlite_database: Database, tmp_path: Path) -> ProcessEngine:
    return engine_in(sqlite_database, DocumentStore(tmp_path / "documents"))


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        yield
