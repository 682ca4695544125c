"""An office starts with its own data: the commands that a newcomer types."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp import Settings, build_office
from webapp.commands import commands, main

DIAGRAMS = Path(__file__).resolve().parents[2] / "bpmn"


@pytest.fixture
def alur(tmp_path: Path) -> Alur:
    return Alur(tmp_path / "home")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """An office founded on data of its own; founding hashes a password for everybody."""
    place = tmp_path_factory.mktemp("founded")
    alur, folder = Alur(place / "home"), place / "data"
    alur("example", str(folder))
    offices = json.loads((folder / "offices.json").read_text())
    offices["offices"][0]["name"] = "Dinas Uji Coba"
    (folder / "offices.json").write_text(json.dumps(offices))
    alur("migrate")
    return Founded(alur, folder, *alur("found", str(folder), "--since", "2026-01-01"))


class Alur:
    """The commands of one installation."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            "ALUR_HOME": str(home),
            "ALUR_DATABASE_URL": f"sqlite:///{home / 'alur.db'}",
        }

    def __call__(self, *words: str, typed: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(commands, words, input=typed, env=self.environment)
        return done.exit_code, done.output + (repr(done.exception) if done.exception else "")


@dataclass(frozen=True)
class Founded:
    alur: Alur
    folder: Path
    code: int
    printed: str


def test_an_office_starts_with_its_own_data(founded: Founded) -> None:
    office = build_office(Settings.from_environment(founded.alur.environment))

    first_password = next(
        line.split()[1]
        for line in founded.printed.splitlines()
        if line.strip().startswith("kadis ")
    )

    assert founded.code == 0, founded.printed
    assert "Dinas Uji Coba" in {each.name for each in office.organisation.offices()}
    assert len(office.engine.processes()) == 2
    assert office.accounts.sign_in("kadis", first_password).person == "kadis"
    office.database.close()


def test_an_office_is_founded_once(founded: Founded) -> None:
    code, printed = founded.alur("found", str(founded.folder))

    assert code == 1
    assert "sudah berisi kantor" in printed


def test_example_data_never_overwrite_what_somebody_wrote(alur: Alur, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "offices.json").write_text("mine")

    code, _printed = alur("example", str(folder))

    assert code == 1
    assert (folder / "offices.json").read_text() == "mine"
    assert [file.name for file in folder.iterdir()] == ["offices.json"]


def test_a_new_password_and_a_new_key_are_typed_not_passed(founded: Founded) -> None:
    alur = founded.alur

    changed = alur("password", "kadis", typed="kata sandi baru\nkata sandi baru\n")
    enrolled = alur("enrol", "kadis", typed="frasa panjang\nfrasa panjang\n")
    stranger = alur("password", "siapa", typed="")

    assert changed[0] == 0
    assert enrolled[0] == 0
    assert "kata sandi baru" not in changed[1].lower().replace("kata sandi baru:", "")
    assert stranger[0] == 1
    office = build_office(Settings.from_environment(alur.environment))
    assert office.accounts.sign_in("kadis", "kata sandi baru").username == "kadis"
    assert office.authority.enrolled("kadis")
    office.database.close()


@pytest.mark.parametrize("diagram", sorted(DIAGRAMS.glob("*.bpmn")), ids=lambda file: file.stem)
def test_lint_and_deploy_take_the_shipped_diagrams(alur: Alur, diagram: Path) -> None:
    alur("migrate")

    linted = alur("lint", str(diagram))
    deployed = alur("deploy", str(diagram))

    assert linted == (0, "Diagram dapat dijalankan.\n")
    assert deployed[0] == 0
    assert "versi 1 berlaku" in deployed[1]


def test_lint_names_the_element_and_what_to_draw_instead(alur: Alur, tmp_path: Path) -> None:
    source = next(iter(sorted(DIAGRAMS.glob("*.bpmn")))).read_bytes()
    unsound = tmp_path / "unsound.bpmn"
    unsound.write_bytes(source.replace(b'camunda:topic="number.reserve"', b'camunda:topic="fax"'))
    alur("migrate")

    code, printed = alur("lint", str(unsound))
    refused, _ = alur("deploy", str(unsound))

    assert code == 1
    assert "reserve_number" in printed
    assert refused == 1


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("forms/evil.json", '{"components": [{"type": "textfield", "key": "x",'
         ' "validate": {"pattern": "(a+)+$"}}]}', "form-unsound"),
        ("decisions/evil.dmn", "<!DOCTYPE x><x/>", "doctype"),
    ],
)  # fmt: skip
def test_an_unsound_form_or_table_beside_a_diagram_is_refused(
    alur: Alur, tmp_path: Path, name: str, text: str, rule: str
) -> None:
    shutil.copytree(DIAGRAMS, tmp_path / "bpmn")
    (tmp_path / "bpmn" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "bpmn" / name).write_text(text)
    diagram = next(iter(sorted((tmp_path / "bpmn").glob("*.bpmn"))))
    alur("migrate")

    linted, printed = alur("lint", str(diagram))
    refused, _ = alur("deploy", str(diagram))

    assert (linted, refused) == (1, 1)
    assert f"[{rule}]" in printed


@pytest.mark.parametrize("command", ["serve", "web", "work"])
def test_no_node_begins_without_tables(alur: Alur, command: str) -> None:
    Path(alur.environment["ALUR_HOME"]).mkdir()

    code, said = alur(command)

    assert (code, "alur migrate" in said) == (1, True)


@pytest.mark.parametrize("words", [["verify"], ["password", "kadis"], ["demo"]])
def test_a_command_without_tables_says_what_to_do(
    alur: Alur,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(alur.environment["ALUR_HOME"]).mkdir()
    for name, value in alur.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["alur", *words])

    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 1
    assert "alur migrate" in capsys.readouterr().err
