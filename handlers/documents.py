"""The document store: files by the SHA-256 of their content; storing twice is storing once."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from engine import TemporaryFailure, sha256_of
from handlers.errors import DocumentDamaged, DocumentMissing

_SHA256 = re.compile(r"[0-9a-f]{64}")


class DocumentStore:
    """Keeps documents in a folder; a document never changes, so it needs no name but its hash."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Store the data and return its SHA-256.

        The file appears whole or not at all, and survives a loss of power once this returns.
        Raises ``TemporaryFailure`` when the folder takes nothing, as a full disk does.
        """
        sha256 = sha256_of(data)
        target = self._place(sha256)
        try:
            if not target.is_file() or sha256_of(target.read_bytes()) != sha256:
                _write(target, data)
        except OSError as problem:
            sentence = f"Penyimpanan dokumen tidak dapat ditulisi ({problem.strerror})."
            raise TemporaryFailure(sentence) from problem
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the document.

        Raises ``DocumentMissing``, or ``DocumentDamaged`` when the content has another hash.
        """
        data = self.path(sha256).read_bytes()
        if sha256_of(data) != sha256:
            raise DocumentDamaged(sha256=sha256)
        return data

    def has(self, sha256: str) -> bool:
        """Say whether the document is here; its content is not looked at."""
        return bool(_SHA256.fullmatch(sha256)) and self._place(sha256).is_file()

    def path(self, sha256: str) -> Path:
        """Return where the document lies, to be read only. Raises ``DocumentMissing``."""
        if not self.has(sha256):
            raise DocumentMissing(sha256=sha256)
        return self._place(sha256)

    def _place(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Make the folder's new entry durable, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
