"""The demo offices on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from letters_for_tests import LetterOffice

from engine import Database


@pytest.fixture
def office(database: Database, tmp_path: Path) -> LetterOffice:
    return LetterOffice.opened(database, tmp_path)


@pytest.fixture
def sqlite_office(sqlite_database: Database, tmp_path: Path) -> LetterOffice:
    return LetterOffice.opened(sqlite_database, tmp_path)
