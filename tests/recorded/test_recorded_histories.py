"""Whatever a release wrote, this one reads: the chain holds, the commands lead to the very state.

A change that turns these red breaks the books of offices that run. Before its release a version may
be recorded anew: delete its files, then ``python -m tests.recorded RELEASE``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Database, Kind, ProcessEngine, metadata
from recorded.shelf import SHELF, put_back
from recorded.small_histories import SMALL, RecordedOffice
from recorded.sop_office import SCENARIOS, SOPS, SopOffice

RECORDED = sorted(file for file in SHELF.glob("*/*.json") if ".definition." not in file.name)


def taken_back(file: Path, database: Database) -> tuple[ProcessEngine, str, bytes]:
    """Put a recording into the books; return an engine on them, the instance and its state."""
    rows = json.loads(file.read_text("utf-8"))
    if "definition" in rows:
        engine = RecordedOffice(database).engine
    else:
        engine = SopOffice(database, SCENARIOS[0]).engine
        standing = file.with_name(f"{file.name.split('.')[0]}.definition.json")
        rows["definition"] = [json.loads(standing.read_text("utf-8"))]
        rows["instance"][0]["definition_id"] = rows["definition"][0]["id"]
    with database.transaction() as session:
        for name in sorted(rows, key=[each.name for each in metadata.sorted_tables].index):
            put_back(session, name, rows[name])
    kept = rows["instance"][0]
    return engine, kept["id"], bytes.fromhex(kept["state"]["hex"])


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_recorded_history_is_verified_and_leads_to_its_very_state(
    file: Path, database: Database
) -> None:
    engine, letter, state = taken_back(file, database)

    assert engine.verify_instance(letter) == []
    assert engine.reexecute(letter).state == state
    assert engine.replay(letter)[-1].data == engine.instance(letter).data


def test_every_scenario_of_both_sops_is_recorded() -> None:
    expected = {f"{sop}.{scenario.name}.json" for sop in SOPS for scenario in SCENARIOS}

    assert {file.name for file in RECORDED} >= expected


def test_every_small_history_is_recorded() -> None:
    assert {file.name for file in RECORDED} >= {f"small.{each.__name__}.json" for each in SMALL}


@pytest.mark.parametrize(
    ("history", "kinds"),
    [
        ("moved", "INSTANCE_MOVED TIMER_FIRED INSTANCE_COMPLETED"),
        ("moved_and_undone", "INSTANCE_MOVED INSTANCE_MOVED INSTANCE_COMPLETED"),
        ("skipped", "INCIDENT_RAISED INCIDENT_RESOLVED INSTANCE_COMPLETED"),
        ("sent_back", "INCIDENT_RAISED INCIDENT_RESOLVED ERROR_THROWN INSTANCE_COMPLETED"),
        ("error_caught", "ERROR_THROWN INSTANCE_COMPLETED"),
        ("sub_process", "TIMER_FIRED INSTANCE_COMPLETED"),
        ("parallel_instances", "ELEMENT_CANCELLED INSTANCE_COMPLETED"),
        ("sequential_instances", "INSTANCE_COMPLETED"),
        ("called", "INSTANCE_COMPLETED"),
        ("early_message", "MESSAGE_DELIVERED INSTANCE_COMPLETED"),
        ("race", "MESSAGE_DELIVERED TIMER_FIRED INSTANCE_COMPLETED"),
        ("decided", "INSTANCE_COMPLETED"),
    ],
)
def test_the_small_recordings_hold_what_they_are_named_after(
    history: str, kinds: str, sqlite_database: Database
) -> None:
    file = next(each for each in RECORDED if each.name == f"small.{history}.json")

    engine, letter, _ = taken_back(file, sqlite_database)

    told = iter(each.kind.value for each in engine.history(letter))
    assert all(kind in told for kind in kinds.split())  # in this order


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

    engine, letter, _ = taken_back(file, sqlite_database)

    told = engine.history(letter)
    assert any(each.kind is kind and element in ("", each.element) for each in told)
    assert told[-1].kind is Kind.INSTANCE_COMPLETED
