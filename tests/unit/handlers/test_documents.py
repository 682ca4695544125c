"""The document store: content is its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import TemporaryFailure, sha256_of
from handlers.documents import DocumentStore
from handlers.errors import DocumentDamaged, DocumentMissing


def test_a_document_stored_twice_is_stored_once(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)

    first, second = store.put(b"surat"), store.put(b"surat")

    assert first == second == sha256_of(b"surat")
    assert store.get(first) == b"surat"
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == [first]


def test_a_document_that_was_swapped_is_not_returned(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    sha256 = store.put(b"surat")
    store.path(sha256).write_bytes(b"Surat")

    with pytest.raises(DocumentDamaged):
        store.get(sha256)
    assert store.put(b"surat") == sha256  # storing it again mends it
    assert store.get(sha256) == b"surat"


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63])
def test_what_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    store = DocumentStore(tmp_path)

    assert not store.has(name)
    with pytest.raises(DocumentMissing):
        store.get(name)


def test_a_store_that_takes_nothing_may_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "full").touch()

    with pytest.raises(TemporaryFailure, match="tidak dapat ditulisi"):
        DocumentStore(tmp_path / "full").put(b"surat")
