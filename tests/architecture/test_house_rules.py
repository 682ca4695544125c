"""Rules of the house that a machine can keep."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "handlers", "webapp")
ROOT = {
    "bpmn",
    "engine",
    "handlers",
    "webapp",
    "tests",
    "pyproject.toml",
    "README.md",
    "Makefile",
    "requirements.lock",
    "LICENSE",
    "CHANGELOG.md",
    ".ci",
    ".gitignore",
    ".gitattributes",
}
JUNK_ROOMS = re.compile(r"(^|/)(utils?|helpers?|misc|common|manager)(\.py|/|$)")


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=HOUSE, check=True, capture_output=True, text=True
    )
    return listed.stdout.splitlines()


def modules() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((HOUSE / package).rglob("*.py"))
        if "node_modules" not in path.parts and "versions" not in path.parts
    ]


def test_nothing_but_the_agreed_stands_at_the_root() -> None:
    found = {name.split("/", 1)[0] for name in tracked_files()}

    assert found == ROOT


def test_no_file_is_a_junk_room() -> None:
    assert [name for name in tracked_files() if JUNK_ROOMS.search(name)] == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_says_first_what_it_is_and_stays_readable(path: Path) -> None:
    source = path.read_text("utf-8")
    tree = ast.parse(source)

    sentence = ast.get_docstring(tree)
    assert sentence, "Expected a first sentence that says what the module is, but found none."
    assert len(source.splitlines()) <= 400


def test_no_module_keeps_state_of_its_own() -> None:
    kept = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Global)
    ]

    assert kept == []


def test_lock_files_name_no_registry() -> None:
    locks = [
        HOUSE / "requirements.lock",
        HOUSE / "tests/requirements.lock",
        HOUSE / "webapp/frontend/package-lock.json",
        HOUSE / "tests/bench/peers/package-lock.json",
    ]

    for lock in locks:
        text = lock.read_text("utf-8")
        assert "--index-url" not in text
        assert '"resolved"' not in text
        assert not re.search(r"https?://[^\s\"]*(\.whl|\.tar\.gz|\.tgz)", text)


def test_the_lock_of_the_tests_holds_the_lock_of_the_product() -> None:
    def pins(name: str) -> set[str]:
        text = (HOUSE / name).read_text("utf-8")
        return {line.split(" ", 1)[0] for line in text.splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("tests/requirements.lock")


def test_nobody_left_a_promise_instead_of_work() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        name
        for name in tracked_files()
        if name.endswith((".py", ".js", ".mjs", ".css", ".html", ".typ"))
        and "/dist/" not in name
        and not name.endswith("test_house_rules.py")
        and mark.search((HOUSE / name).read_text("utf-8"))
    ]

    assert found == []


def test_no_real_official_of_the_scanned_documents_is_named() -> None:
    # The two words and the number are kept apart, so that this file does not name him either.
    forbidden = ["AGUS " + "SUHERMAN", "19690809 " + "199101"]
    found = [
        name
        for name in tracked_files()
        if not (HOUSE / name).is_symlink()
        and any(word.encode().lower() in (HOUSE / name).read_bytes().lower() for word in forbidden)
    ]

    assert found == []
