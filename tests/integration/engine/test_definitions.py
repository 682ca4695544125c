"""Versions of a process: deployed when sound, never changed, read as they were."""

from __future__ import annotations

from typing import Any

import pytest
from databases_for_tests import empty_database_on
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import FORMS, REVIEWING, SmallOffice, review_loop
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from engine import Actor, Database, DefinitionRejected, HistoryBroken, UnknownDefinition, metadata

OWNER = Actor("owner", "Pemilik Proses")


@pytest.fixture
def office(sqlite_database: Database) -> SmallOffice:
    return SmallOffice(sqlite_database, **REVIEWING)


def test_a_version_keeps_diagram_forms_and_who_deployed_it(office: SmallOffice) -> None:
    source = review_loop().source()

    deployed = office.engine.deploy(source, FORMS, OWNER)

    read = office.engine.definition(deployed.id)
    assert read == deployed
    assert (read.source, dict(read.forms), read.version) == (source, FORMS, 1)
    assert (read.name, read.deployed_by) == ("Surat", "Pemilik Proses")
    assert office.engine.form(deployed.id, "form") == FORMS["form"]
    assert office.engine.diagram(deployed.id).elements["draft"].name == "draft"


def test_the_same_content_twice_is_one_version(office: SmallOffice) -> None:
    first = office.engine.deploy(review_loop().source(), FORMS, OWNER)

    again = office.engine.deploy(review_loop().source(), FORMS, Actor("x", "X"))

    assert again == first
    assert office.engine.versions("letter") == [first]


def test_another_form_is_another_version(office: SmallOffice) -> None:
    first = office.engine.deploy(review_loop().source(), FORMS, OWNER)

    second = office.engine.deploy(
        review_loop().source(), {"form": '{"type":"default","components":[],"x":1}'}, OWNER
    )

    assert [v.version for v in office.engine.versions("letter")] == [1, 2]
    assert office.engine.processes() == [second]
    assert first.content_hash != second.content_hash


def test_an_unsound_diagram_is_refused_with_its_findings(office: SmallOffice) -> None:
    unsound = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", form="missing")
        .service("fax", "letter.fax")
        .end()
        .path("begin", "draft", "fax", "done")
        .source()
    )

    with pytest.raises(DefinitionRejected) as refused:
        office.engine.deploy(unsound, FORMS, OWNER)

    findings = refused.value.details["findings"]
    assert {finding.element for finding in findings} >= {"draft", "fax"}  # type: ignore[attr-defined]
    assert office.engine.processes() == []


def test_a_file_that_is_no_diagram_is_refused(office: SmallOffice) -> None:
    with pytest.raises(DefinitionRejected):
        office.engine.deploy(b"PK\x03\x04", FORMS, OWNER)


def test_what_was_never_deployed_has_no_name(office: SmallOffice) -> None:
    deployed = office.engine.deploy(review_loop().source(), FORMS, OWNER)

    with pytest.raises(UnknownDefinition):
        office.engine.definition("missing")
    with pytest.raises(UnknownDefinition):
        office.engine.form(deployed.id, "missing")
    assert office.engine.versions("missing") == []


def test_a_tampered_version_does_not_run(office: SmallOffice) -> None:
    deployed = office.engine.deploy(review_loop().source(), FORMS, OWNER)
    with office.database.transaction() as session:
        session.execute(text("DROP TRIGGER definition_refuses_update"))
        session.execute(text("UPDATE definition SET forms = '{}'"))

    with pytest.raises(HistoryBroken, match="changed after it was deployed"):
        office.another_engine().start(deployed.process_id, "k", "s", {}, OWNER)


def test_a_deployment_that_the_database_refuses_is_not_tried_for_ever(office: SmallOffice) -> None:
    with office.database.transaction() as session:
        session.execute(
            text(
                "CREATE TRIGGER full_up BEFORE INSERT ON definition"
                " BEGIN SELECT RAISE(ABORT, 'the shelf is full'); END"
            )
        )

    with pytest.raises(IntegrityError, match="the shelf is full"):
        office.engine.deploy(review_loop().source(), FORMS, OWNER)

    assert office.engine.processes() == []


def test_an_owner_who_is_overtaken_every_time_is_told(postgresql_url: str) -> None:
    with empty_database_on(postgresql_url) as url:
        database, elsewhere = Database(url), Database(url)
        metadata.create_all(database.connections)
        office, rival = SmallOffice(database, **REVIEWING), SmallOffice(elsewhere, **REVIEWING)
        theirs: list[int] = []

        @event.listens_for(database.connections, "before_cursor_execute")
        def overtake(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("INSERT INTO definition"):
                other = review_loop().source().replace(b"Surat", f"Surat {len(theirs)}".encode())
                theirs.append(rival.engine.deploy(other, FORMS, OWNER).version)

        with pytest.raises(IntegrityError, match="uq_definition_process_id_version"):
            office.engine.deploy(review_loop().source(), FORMS, OWNER)

        assert theirs == [version.version for version in office.engine.versions("letter")]
        assert theirs == [1, 2, 3, 4, 5]
        database.close()
        elsewhere.close()
