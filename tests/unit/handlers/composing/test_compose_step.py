"""The step letter.compose."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx_for_tests import a_letter, refused_files
from sheets_for_tests import a_sheet, signing_block

from engine import SYSTEM, BusinessError, StepCall
from handlers.composing import ComposeLetter, Composer, LetterToCompose, WheelConverter, page_texts
from handlers.documents import DocumentStore

CALL = StepCall(
    key="i.compose.1",
    topic="letter.compose",
    instance_id="i",
    business_key="S01",
    scope="dpmptsp",
    process_id="p",
    element="compose",
    element_name="Susun surat",
    occurrence=1,
    actor=SYSTEM,
    at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC),
)


class Books:
    """Stands in for the letters: knows one letter, remembers what is entered."""

    def __init__(self, letter: LetterToCompose) -> None:
        self.letter = letter
        self.entered: list[Any] = []

    def read(self, call: StepCall) -> LetterToCompose:
        return self.letter

    def enter(self, call: StepCall, outcome: Any, session: Any) -> dict[str, Any]:
        self.entered.append((call.business_key, outcome, session))
        return {}


def step_of(books: Books, documents: DocumentStore) -> ComposeLetter:
    return ComposeLetter(Composer(WheelConverter()), documents, books.read, books.enter)


def test_the_composed_letter_lies_in_the_store(tmp_path: Path) -> None:
    documents = DocumentStore(tmp_path)
    sheet = replace(a_sheet(), signing=signing_block(person="kadis"))
    books = Books(LetterToCompose(sheet))

    outcome = step_of(books, documents).perform(CALL)

    assert "Undangan Rapat" in page_texts(documents.get(outcome["document"]))[0]
    assert outcome["pages"] == 1
    assert outcome["anchor"]["page"] == 0
    assert outcome["producer"] == "typst"
    assert (outcome["version"], outcome["signer"]) == (1, "kadis")
    assert outcome["content_hash"] == "0" * 64


def test_a_repeated_step_gives_the_same_document(tmp_path: Path) -> None:
    step = step_of(Books(LetterToCompose(a_sheet())), DocumentStore(tmp_path))

    assert step.perform(CALL) == step.perform(CALL)


def test_the_document_is_entered_and_the_process_remembers_its_hash(tmp_path: Path) -> None:
    books = Books(LetterToCompose(a_sheet()))
    session: Any = object()

    data = step_of(books, DocumentStore(tmp_path)).record(CALL, {"document": "abc"}, session)

    assert data == {"document": "abc"}
    assert books.entered == [("S01", {"document": "abc"}, session)]


def test_an_uploaded_letter_is_taken_from_the_store(tmp_path: Path) -> None:
    documents = DocumentStore(tmp_path)
    books = Books(LetterToCompose(a_sheet(), documents.put(a_letter())))

    outcome = step_of(books, documents).perform(CALL)

    assert outcome["producer"] == "word2pdf"
    text = page_texts(documents.get(outcome["document"]))[0]
    assert "undangan rapat koordinasi" in text
    assert "500.16.7.2/41/DPMPTSP/2026" in text


def test_a_refusal_is_thrown_at_the_diagram_with_its_sentence(tmp_path: Path) -> None:
    documents = DocumentStore(tmp_path)
    docx = documents.put(refused_files()["tracked-insertion"])
    books = Books(LetterToCompose(a_sheet(), docx))

    with pytest.raises(BusinessError) as thrown:
        step_of(books, documents).perform(CALL)

    assert thrown.value.code == "COMPOSE_REFUSED"
    assert "perubahan terlacak" in thrown.value.sentence
