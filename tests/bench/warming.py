"""Warm: what is compiled once is compiled, and the write-ahead log is one that is used again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_FRAME = 4096 + 24  #: one page in the write-ahead log
_CHECKPOINT = 1000  #: pages in the log after which SQLite copies them and begins it anew


def is_warm(database: Path) -> bool:
    """Tell whether the write-ahead log of the database has been through a checkpoint."""
    log = Path(f"{database}-wal")
    return log.exists() and log.stat().st_size > _CHECKPOINT * _FRAME


def warm(database: Path, walk: Callable[[int], object]) -> None:
    """Walk letters until the database is as that of a server that has run for a while.

    A log that still grows costs a dearer flush than one that is written over.
    """
    walk(1)
    while not is_warm(database):
        walk(1)
