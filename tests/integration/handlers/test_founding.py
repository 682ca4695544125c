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

    with pytest.raises(FoundingRefused, match=r"unit dpm\.nowhere yang tidak ada"):
        found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert Organisation(database).offices() == []


@pytest.mark.parametrize(
    ("room", "mistake", "sentence"),
    [
        ("offices", {"zone": "Asia/Nowhere"}, "zona waktu Asia/Nowhere"),
        ("offices", {"shifts": {"7": [["07:30", "12:00"]]}}, "Jam kerja instansi dpmptsp"),
        ("offices", {"shifts": {"0": [["12:00", "07:30"]]}}, "Jam kerja instansi dpmptsp"),
        ("positions", {"duties": ["chief"]}, "tugas chief"),
        ("people", {"roles": ["boss"]}, "peran boss"),
        ("people", {"position": "dpmptsp:nobody"}, "jabatan dpmptsp:nobody"),
        ("people", {"username": "sekdis"}, "Nama pengguna sekdis"),
    ],
)
def test_a_value_that_means_nothing_is_named(
    database: Database, folder: Path, room: str, mistake: dict[str, object], sentence: str
) -> None:
    offices = json.loads((folder / "offices.json").read_text())
    office = offices["offices"][0]
    row = office if room == "offices" else office[room][0]
    row.update(mistake)
    (folder / "offices.json").write_text(json.dumps(offices))

    with pytest.raises(FoundingRefused, match=sentence):
        found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert Organisation(database).offices() == []


def test_a_database_without_tables_is_told_what_to_do(tmp_path: Path, folder: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(FoundingRefused, match="alur migrate"):
        found_offices(empty, folder_source(folder), date(2026, 1, 1))

    empty.close()


def test_a_missing_file_is_named(database: Database, folder: Path) -> None:
    (folder / "destinations.json").unlink()

    with pytest.raises(FoundingRefused, match=r"destinations\.json tidak dapat dibaca"):
        found_offices(database, folder_source(folder), date(2026, 1, 1))

    assert Organisation(database).offices() == []
