"""Each measurement measures: sound figures of a few steps. How fast they are, no test asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml.etree import fromstring

from tests.bench.__main__ import main
from tests.bench.against_stock import against_stock
from tests.bench.bare_rows import bare_rows
from tests.bench.costs import costs
from tests.bench.flow import BPMN_ENGINE, BPMN_SERVER, OURS, STOCK, Dialect, diagram
from tests.bench.many_revisions import many_revisions
from tests.bench.parallel import parallel
from tests.bench.report import Table, Verdict

_DRAWN = ("id", "sourceRef", "targetRef", "attachedToRef", "cancelActivity", "default")


@pytest.mark.parametrize("measure", [against_stock, bare_rows, costs])
def test_a_measurement_gives_figures(measure: Callable[[Path, int], Table], tmp_path: Path) -> None:
    table = measure(tmp_path, 1)

    assert table.failure == ""
    assert all(len(row) == len(table.heads) for row in table.rows)
    assert all(found > 0 for verdict in table.verdicts for found in verdict.rounds)


def test_every_engine_walks_the_same_flow() -> None:
    def shape(dialect: Dialect) -> list[tuple[str, ...]]:
        drawn = [each for each in fromstring(diagram(dialect)).iter() if each.get("id")]
        return [(str(each.tag), *map(each.get, _DRAWN)) for each in drawn]

    assert shape(STOCK) == shape(OURS) == shape(BPMN_ENGINE) == shape(BPMN_SERVER)


def test_bytes_of_state_hardly_grow_with_revisions(tmp_path: Path) -> None:
    _, size = many_revisions(tmp_path, 1, past=20).verdicts

    assert size.met


@pytest.mark.slow
def test_workers_on_their_own_letters_wait_for_nobody(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgresql_url)

    table = parallel(tmp_path, 1, workers=(2,))

    assert table.heads == ("", "2 workers")
    (waits,) = table.verdicts
    assert waits.met


def test_a_verdict_is_of_the_median_of_its_rounds() -> None:
    faster = Verdict("faster", (5.0, 7.0, 6.5), at_least=6.0)
    dearer = Verdict("dearer", (1.0, 2.5, 2.1), at_most=2.0)

    assert (faster.found, faster.met, faster.target) == (6.5, True, ">= 6")
    assert (dearer.found, dearer.met, dearer.target) == (2.1, False, "<= 2")


def test_a_missed_target_is_a_failure_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = Table("Speed", ("", "ms"), (("step", "9"),), (Verdict("speed", (9.0,), at_most=1.0),))
    monkeypatch.setattr("tests.bench.__main__.MEASUREMENTS", {"speed": lambda *_: missed})

    assert main(["speed"]) == 0
    assert main(["speed", "--strict"]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_peers_that_cannot_be_installed_are_a_failure_that_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _program: None)

    assert main(["node", "--rounds", "1"]) == 1
    assert "not measured: PeersUnavailable: node and npm" in capsys.readouterr().out


def test_the_other_parts_are_measured_beside_one_that_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = Table("Sound", ("", "ms"), (("step", "9"),))
    monkeypatch.setattr(
        "tests.bench.__main__.MEASUREMENTS", {"broken": lambda *_: 1 / 0, "sound": lambda *_: sound}
    )

    assert main([]) == 1
    assert "Sound" in capsys.readouterr().out
