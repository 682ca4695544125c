"""``python -m tests.recorded RELEASE`` records the histories of a release, once, to be kept."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from engine import Database, metadata
from tests.recorded.shelf import SHELF, definition_of, rows_of, write
from tests.recorded.sop_office import SCENARIOS, SOPS, Scenario, SopOffice


def main() -> int:
    """Record every scenario of both SOPs; a release that stands on the shelf stays as it is."""
    if len(sys.argv) != 2 or (SHELF / sys.argv[1]).exists():
        sys.stderr.write("Name a release that is not yet recorded.\n")
        return 2
    for scenario in SCENARIOS:
        for sop in SOPS:
            _record(SHELF / sys.argv[1], sop, scenario)
    return 0


def _record(folder: Path, sop: str, scenario: Scenario) -> None:
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/alur.db")
        metadata.create_all(database.connections)
        office = SopOffice(database, scenario)
        letter = office.take(sop)
        if found := office.engine.verify_instance(letter):
            raise AssertionError(found)
        with database.reading() as session:
            standing = folder / f"{sop}.definition.json"
            rows = rows_of(session, letter)
            if not standing.exists():
                write(standing, definition_of(session, rows["instance"][0]["definition_id"]))
            rows["instance"][0]["definition_id"] = ""
            write(folder / f"{sop}.{scenario.name}.json", rows)
        database.close()


if __name__ == "__main__":
    sys.exit(main())
