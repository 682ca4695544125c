"""``python -m tests.recorded RELEASE`` records the histories of a release, to be kept."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from engine import Database, ProcessEngine, metadata
from tests.recorded.shelf import SHELF, all_rows, definition_of, rows_of, write
from tests.recorded.small_histories import SMALL, RecordedOffice
from tests.recorded.sop_office import SCENARIOS, SOPS, Scenario, SopOffice


def main() -> int:
    """Record every scenario that is not yet on the shelf; what stands there stays as it is."""
    if len(sys.argv) != 2:
        sys.stderr.write("Name the release.\n")
        return 2
    folder = SHELF / sys.argv[1]
    for scenario in SCENARIOS:
        for sop in SOPS:
            _once(folder / f"{sop}.{scenario.name}.json", _record, sop, scenario)
    for history in SMALL:
        _once(folder / f"small.{history.__name__}.json", _record_small, history)
    return 0


def _once(file: Path, record: Callable[..., None], *what: Any) -> None:
    if file.exists():
        return
    # Ids come from the name of the file, so that recording it again changes nothing else.
    drawn = random.Random(file.name)  # noqa: S311  # reproducible, not secret
    with patch.object(uuid, "uuid4", lambda: uuid.UUID(int=drawn.getrandbits(128), version=4)):
        record(file, *what)


def _record(file: Path, sop: str, scenario: Scenario) -> None:
    with _empty_database() as database:
        office = SopOffice(database, scenario)
        letter = office.take(sop)
        _check(office.engine, letter)
        with database.reading() as session:
            rows = rows_of(session, letter)
            followed = definition_of(session, rows["instance"][0]["definition_id"])
        standing = file.with_name(f"{sop}.definition.json")
        if not standing.exists():
            write(standing, followed)
        if json.loads(standing.read_text("utf-8"))["content_hash"] != followed["content_hash"]:
            raise AssertionError(f"{sop} is not what it was when {standing.name} was written.")
        rows["instance"][0]["definition_id"] = ""
        write(file, rows)


def _record_small(file: Path, history: Callable[[RecordedOffice], str]) -> None:
    with _empty_database() as database:
        office = RecordedOffice(database)
        _check(office.engine, history(office))
        with database.reading() as session:
            write(file, all_rows(session))


def _check(engine: ProcessEngine, letter: str) -> None:
    if found := engine.verify_instance(letter):
        raise AssertionError(found)


@contextmanager
def _empty_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/alur.db")
        metadata.create_all(database.connections)
        yield database
        database.close()


if __name__ == "__main__":
    sys.exit(main())
