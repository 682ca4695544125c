"""Whatever a release wrote, this one reads: the chain holds, the commands lead to the very state.

A change that turns these red breaks the books of offices that run. Before its release a version may
be recorded anew: delete its folder, then ``python -m tests.recorded RELEASE``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Database, Kind, metadata
from recorded.shelf import SHELF, put_back
from recorded.sop_office import SCENARIOS, SOPS, SopOffice

RECORDED = sorted(file for file in SHELF.glob("*/*.json") if ".definition." not in file.name)


def taken_back(file: Path, database: Database) -> tuple[SopOffice, str, bytes]:
    """Put a recording into the books; return an office on them, the instance and its state."""
    rows = json.loads(file.read_text("utf-8"))
    standing = file.with_name(f"{file.name.split('.')[0]}.definition.json")
    deployed = json.loads(standing.read_text("utf-8"))
    rows["instance"][0]["definition_id"] = deployed["id"]
    with database.transaction() as session:
        put_back(session, "definition", [deployed])
        for name in sorted(rows, key=[each.name for each in metadata.sorted_tables].index):
            put_back(session, name, rows[name])
    kept = rows["instance"][0]
    return SopOffice(database, SCENARIOS[0]), kept["id"], bytes.fromhex(kept["state"]["hex"])


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_recorded_history_is_verified_and_leads_to_its_very_state(
    file: Path, sqlite_database: Database
) -> None:
    office, letter, state = taken_back(file, sqlite_database)

    assert office.engine.verify_instance(letter) == []
    assert office.engine.reexecute(letter).state == state


def test_every_scenario_of_both_sops_is_recorded() -> None:
    expected = {f"{sop}.{scenario.name}.json" for sop in SOPS for scenario in SCENARIOS}

    assert {file.name for file in RECORDED} >= expected


@pytest.mark.parametrize(
    ("scenario", "kind", "element"),
    [
        ("returned_once", Kind.TASK_COMPLETED, "revise_letter"),
        ("signing_failed", Kind.ERROR_THROWN, "apply_signature"),
        ("sending_failed", Kind.ERROR_THROWN, "dispatch_letter"),
        ("reminded", Kind.TIMER_FIRED, ""),
        ("cancelled", Kind.ELEMENT_LEFT, "letter_cancelled"),
    ],
)
@pytest.mark.parametrize("sop", SOPS)
def test_the_recordings_hold_what_they_are_named_after(
    sop: str, scenario: str, kind: Kind, element: str, sqlite_database: Database
) -> None:
    file = next(each for each in RECORDED if each.name == f"{sop}.{scenario}.json")

    office, letter, _ = taken_back(file, sqlite_database)

    told = office.engine.history(letter)
    assert any(each.kind is kind and element in ("", each.element) for each in told)
    assert told[-1].kind is Kind.INSTANCE_COMPLETED
