"""Translations: every sentence of the pages has its English, and pages read what is written."""

from __future__ import annotations

import ast
from pathlib import Path

from handlers.signing import verification
from webapp import translating


def test_every_sentence_has_its_english() -> None:
    standing = translating.english()
    unknown = [each.id for each in translating.sentences() if each.id and each.id not in standing]

    assert unknown == []
    assert translating.missing(standing) == []


def test_the_compiled_catalogue_is_the_one_that_is_written(tmp_path: Path) -> None:
    fresh = tmp_path / "messages.mo"

    translating.compiled(translating.english(), fresh)

    assert fresh.read_bytes() == translating.PO.with_suffix(".mo").read_bytes()


def test_placeholders_survive_the_translation() -> None:
    for message in translating.english():
        assert not list(message.check()), message.id


def test_every_doubt_about_a_signed_pdf_has_its_english() -> None:
    source = Path(verification.__file__).read_text("utf-8")
    pairs = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Tuple)]
    sentences = {
        each.value
        for pair in pairs
        for each in pair.elts
        if isinstance(each, ast.Constant) and str(each.value).endswith(".")
    }

    assert "Isi dokumen berubah sesudah ditandatangani." in sentences
    assert {each for each in sentences if each not in translating.english()} == set()
