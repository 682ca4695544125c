"""The founding: an office writes its own files and gets its own books."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from engine import Database
from handlers.errors import FoundingRefused
from handlers.founding import folder_source, found_offices
from handlers.organisation import Organisation

DEMO = Path(__file__).parents[3] / "handlers" / "demo" / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("offices", "destinations", "classification"):
        shutil.copy(DEMO / f"{name}.json", tmp_path / f"{name}.json")
    return tmp_path


def test_an_office_founds_its_books_once(database: Database, folder: Path) -> None:
    offices = json.loads((folder / "offices.json").read_text())
    offices["offices"][0]["name"] = "Dinas Contoh Sendiri"
    (folder / "offices.json").write_text(json.dumps(offices))

    first = found_offices(database, folder_source(folder), date(2026, 1, 1))
    second = found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert (first, second) == (True, False)
    assert Organisation(database).office("dpmptsp").name == "Dinas Contoh Sendiri"


def test_incomplete_files_found_nothing(database: Database, folder: Path) -> None:
    codes = json.loads((folder / "classification.json").read_text())
    del codes["sets"][0]["codes"][3]["name"]
    (folder / "classification.json").write_text(json.dumps(codes))

    with pytest.raises(FoundingRefused, match="name"):
        found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert Organisation(database).offices() == []


def test_a_position_in_no_unit_founds_nothing(database: Database, folder: Path) -> None:
    offices = json.loads((folder / "offices.json").read_text())
    offices["offices"][0]["positions"][0]["unit"] = "dpm.nowhere"
    (folder / "offices.json").write_text(json.dumps(offices))

    with pytest.raises(FoundingRefused):
        found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert Organisation(database).offices() == []
