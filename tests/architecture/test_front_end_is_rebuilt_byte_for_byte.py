"""The committed front end is what its sources give: built again in a copy and compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SOURCES = HOUSE / "webapp" / "frontend"
BUILT = HOUSE / "webapp" / "static" / "dist"


@pytest.mark.slow
def test_the_committed_front_end_is_what_its_sources_give(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None and not os.environ.get("CI"):
        pytest.skip("npm is missing; the front end was not rebuilt")
    assert npm is not None, "npm is missing"
    copy = tmp_path / "elsewhere"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))

    _run(copy, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _run(copy, shutil.which("node") or "node", "build.mjs", str(tmp_path / "dist"))

    rebuilt, committed = _bytes_of(tmp_path / "dist"), _bytes_of(BUILT)
    assert sorted(rebuilt) == sorted(committed)
    assert [name for name in rebuilt if rebuilt[name] != committed[name]] == []


def test_the_lock_file_names_hashes_and_no_registry() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())

    packages = [each for name, each in lock["packages"].items() if name]

    assert all("integrity" in each for each in packages)
    assert not any("resolved" in each for each in packages)


def test_every_library_is_pinned_to_one_version() -> None:
    wanted = json.loads((SOURCES / "package.json").read_text())["dependencies"]

    assert all(version[0].isdigit() for version in wanted.values())


def test_the_licences_travel_with_the_code() -> None:
    texts = (BUILT / "THIRD_PARTY.txt").read_text()

    for name in ("bpmn-js 18", "bootstrap 5", "htmx.org 4", "bootstrap-icons"):
        assert f"\n{name}" in texts
    assert "logo" in texts


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _bytes_of(folder: Path) -> dict[str, bytes]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {str(each.relative_to(folder)): each.read_bytes() for each in files}
