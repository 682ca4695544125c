"""A node that was started a moment ago is killed like any other."""

from __future__ import annotations

from pathlib import Path

from tests.crash.nodes import nodes_of


def test_a_node_is_killed_however_young_it_is(tmp_path: Path) -> None:
    environment = {"ALUR_HOME": str(tmp_path), "ALUR_BIND": "127.0.0.1:0"}

    with nodes_of(environment, tmp_path / "journal") as nodes:
        nodes.start("work", "work")
        killed = [nodes.kill("work") for _ in range(40)]

    assert killed.count(True) > 30
