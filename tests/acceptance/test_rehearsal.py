"""Every sample letter through its SOP, on both databases."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pdfsigner
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from handlers.demo import DemoPlay, demo_plays
from webapp.bootstrap import Office
from webapp.proof import prove
from webapp.rehearsal import Performance, Stage, row_of, stage_on

PLAYS = {play.name: play for play in demo_plays()}


# The same way through the house: its lines are counted once.
ON_SERVER = pytest.param("postgresql", marks=pytest.mark.no_cover)


@pytest.fixture(scope="module", params=["sqlite", ON_SERVER])
def stage(
    request: pytest.FixtureRequest, prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("rehearsal")
    shutil.copytree(prepared_demo / "authority", home / "authority")
    if request.param == "sqlite":
        url = f"sqlite:///{home / 'alur.db'}"
    else:
        url = request.getfixturevalue("empty_postgresql_url")
    with stage_on(home, url, lambda _line: None) as standing:
        yield standing


@pytest.fixture(scope="module")
def performances(stage: Stage) -> dict[str, Performance]:
    return {name: stage.perform(play) for name, play in PLAYS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS)
def test_a_sample_letter_goes_the_way_its_scenario_tells(
    stage: Stage, performances: dict[str, Performance], play: DemoPlay
) -> None:
    performance = performances[play.name]

    _row, problems = row_of(stage.office, performance)

    assert problems == []


@pytest.mark.slow
def test_nothing_is_found_where_nothing_was_changed(
    stage: Stage, performances: dict[str, Performance]
) -> None:
    assert performances
    assert prove(stage.office) == []


@pytest.mark.slow
def test_a_second_verifier_and_poppler_confirm_the_signed_letters(
    stage: Stage, performances: dict[str, Performance], tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(stage.office.authority.root_pem())
    for name in ("S01", "S07", "S13"):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(_signed_pdf(stage.office, performances[name]))

        report = pdfsigner.verify_pdf_report(str(file), roots=str(roots))
        seen = subprocess.run(
            ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False
        )

        assert report["document_intact"]
        assert report["all_trusted"]
        assert "Signature is Valid" in seen.stdout


def _signed_sha256(session: Session, letter_id: str) -> str:
    found = session.execute(
        text("SELECT sha256 FROM letter_document WHERE letter_id = :id AND role = 'signed'"),
        {"id": letter_id},
    ).scalar_one()
    return str(found)


def _signed_pdf(office: Office, performance: Performance) -> bytes:
    with office.database.reading() as session:
        return office.documents.get(_signed_sha256(session, performance.letter_id))
