"""Each measurement measures: sound figures of a few steps. How fast they are, no test asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml.etree import QName, fromstring

from engine import Database
from tests.bench.__main__ import main
from tests.bench.against_stock import against_stock
from tests.bench.bare_rows import bare_rows
from tests.bench.costs import costs
from tests.bench.flow import (
    BPMN_ENGINE,
    BPMN_SERVER,
    MODEL,
    SERVED,
    STARTED,
    STOCK,
    Dialect,
    check_end,
    diagram,
    path_with,
    source,
)
from tests.bench.many_revisions import many_revisions
from tests.bench.ours import OurEngine
from tests.bench.parallel import parallel
from tests.bench.report import Table, Verdict
from tests.bench.warming import warm

_DRAWN = ("id", "sourceRef", "targetRef", "attachedToRef", "cancelActivity", "default", "errorRef")
_NOTES = {"documentation", "extensionElements", "textAnnotation", "text", "association"}


def _drawn(diagram: bytes) -> list[tuple[str | None, ...]]:
    """Return what is executed: the kinds of all elements, and how they hang together."""
    found = [(QName(each), each) for each in fromstring(diagram).iter()]
    return [
        (name.localname.replace("sendTask", "serviceTask"), *map(each.get, _DRAWN))
        for name, each in found
        if name.namespace == MODEL and name.localname not in _NOTES
    ]


@pytest.mark.parametrize("measure", [against_stock, bare_rows, costs])
def test_a_measurement_gives_figures(measure: Callable[[Path, int], Table], tmp_path: Path) -> None:
    table = measure(tmp_path, 1)

    assert table.failure == ""
    assert all(len(row) == len(table.heads) for row in table.rows)
    assert all(found > 0 for verdict in table.verdicts for found in verdict.rounds)


@pytest.mark.parametrize("dialect", [STOCK, BPMN_ENGINE, BPMN_SERVER])
def test_every_engine_walks_what_the_office_has_drawn(dialect: Dialect) -> None:
    assert _drawn(diagram(dialect)) == _drawn(source())


def test_the_flow_is_as_large_as_the_readme_says() -> None:
    kinds = Counter(kind for kind, *_ in _drawn(source()))

    assert (kinds["userTask"], kinds["serviceTask"]) == (7, 6 + 8)  # eight of them send
    assert (kinds["exclusiveGateway"], kinds["boundaryEvent"]) == (13, 10)
    assert (kinds["sequenceFlow"], kinds["conditionExpression"]) == (52, 7)


def test_a_letter_that_ended_otherwise_is_no_measurement() -> None:
    ended = {**STARTED}
    for given in (*(given for _, given in path_with(2)), *SERVED.values()):
        ended |= given

    check_end(ended, 2)
    with pytest.raises(AssertionError, match="signed_document"):
        check_end({**ended, "signed_document": "another"}, 2)


def test_the_log_of_a_warm_database_is_written_over(tmp_path: Path) -> None:
    ours = OurEngine(Database(f"sqlite:///{tmp_path / 'warm.db'}"))
    warm(tmp_path / "warm.db", ours.walk)
    log = tmp_path / "warm.db-wal"
    size = log.stat().st_size

    ours.walk(1)

    assert log.stat().st_size == size
    ours.close()


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
