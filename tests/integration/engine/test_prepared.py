"""Prepared statements behave as SQLAlchemy's own: types, transactions, errors, lost connections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from engine import Database, metadata
from engine.prepared import Prepared, savepoint
from engine.tables import definition

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=7)))
VERSION: dict[str, Any] = {
    "id": "one",
    "process_id": "surat",
    "version": 1,
    "name": "Surat",
    "source": b"<\x00>",
    "content_hash": "0" * 64,
    "forms": {"draft": "é"},
    "decisions": {},
    "callees": {},
    "deployed_by": "Budi",
    "deployed_at": NOON,
}

ADD = Prepared(insert(definition))
FIND = Prepared(select(definition).where(definition.c.id == bindparam("wanted")))
FIRST = Prepared(select(definition.c.name).where(definition.c.version == 1))


def test_values_come_back_as_they_went(database: Database) -> None:
    with database.transaction() as session:
        touched = ADD.change(session, VERSION)

    with database.reading() as session:
        prepared = FIND.row(session, {"wanted": "one"})
        core = session.execute(select(definition)).mappings().one()
    assert touched == 1
    assert prepared == dict(core) == {**VERSION, "deployed_at": NOON.astimezone(UTC)}


def test_many_rows_share_what_they_have_in_common(database: Database) -> None:
    own = ("id", "version")
    common = {name: value for name, value in VERSION.items() if name not in own}
    rows = [{"id": str(number), "version": number} for number in (1, 2, 3)]

    with database.transaction() as session:
        ADD.change_all(session, rows, common)
        ADD.change_all(session, [], common)

    with database.reading() as session:
        found = [FIND.rows(session, {"wanted": row["id"]})[0] for row in rows]
        nobody = FIND.row(session, {"wanted": "4"})
    assert [row["version"] for row in found] == [1, 2, 3]
    assert nobody is None


def test_values_written_in_the_statement_stand(database: Database) -> None:
    with database.transaction() as session:
        ADD.change(session, {**VERSION, "id": "two", "version": 2, "name": "Other"})
        ADD.change(session, VERSION)

    with database.reading() as session:
        assert FIRST.rows(session, {}) == [{"name": "Surat"}]


def test_what_was_prepared_vanishes_with_its_transaction(database: Database) -> None:
    def fail_half_way() -> None:
        with database.transaction() as session:
            ADD.change(session, VERSION)
            raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError):
        fail_half_way()

    with database.reading() as session:
        assert FIND.row(session, {"wanted": "one"}) is None


def test_an_error_is_sqlalchemys_and_tells_no_values(database: Database) -> None:
    with database.transaction() as session:
        ADD.change(session, VERSION)

    with database.transaction() as session:
        with pytest.raises(IntegrityError) as refused, session.begin_nested():
            ADD.change(session, VERSION)
        again = FIND.row(session, {"wanted": "one"})

    assert refused.value.params is None
    assert again is not None


def test_what_a_savepoint_holds_is_gone_when_it_is_given_up(database: Database) -> None:
    with database.transaction() as session:
        nested = session.begin_nested()
        ADD.change(session, VERSION)
        nested.rollback()
        within = FIND.row(session, {"wanted": "one"})
        ADD.change(session, VERSION)

    with database.reading() as session:
        kept = FIND.row(session, {"wanted": "one"})
    assert within is None
    assert kept is not None


def _add_and_fail(session: Session, version: int) -> None:
    with savepoint(session):
        ADD.change(session, {**VERSION, "id": str(version), "version": version})
        raise RuntimeError("half way")


def test_only_what_stands_behind_a_savepoint_is_undone(database: Database) -> None:
    with database.transaction() as session:
        ADD.change(session, VERSION)
        with savepoint(session):
            ADD.change(session, {**VERSION, "id": "two", "version": 2})
            with pytest.raises(RuntimeError):
                _add_and_fail(session, 3)
        with pytest.raises(RuntimeError):
            _add_and_fail(session, 4)
        ADD.change(session, {**VERSION, "id": "five", "version": 5})

    with database.reading() as session:
        found = session.execute(select(definition.c.version, definition.c.name)).all()
    assert sorted(found) == [(1, "Surat"), (2, "Surat"), (5, "Surat")]


def test_a_refused_statement_behind_a_savepoint_leaves_the_transaction_whole(
    database: Database,
) -> None:
    with database.transaction() as session:
        ADD.change(session, VERSION)
        with pytest.raises(IntegrityError), savepoint(session):
            ADD.change(session, VERSION)
        found = FIND.row(session, {"wanted": "one"})

    assert found is not None


def test_a_savepoint_in_a_session_of_its_own_is_undone_too(database: Database) -> None:
    with Session(database.connections) as session:
        with pytest.raises(RuntimeError):
            _add_and_fail(session, 1)
        session.commit()

        assert session.execute(select(definition)).all() == []


@pytest.fixture
def postgresql(empty_postgresql_url: str) -> Iterator[Database]:
    opened = Database(empty_postgresql_url)
    metadata.create_all(opened.connections)
    yield opened
    opened.close()


def test_a_connection_that_is_lost_is_not_used_again(postgresql: Database) -> None:
    def lose_it() -> None:
        with postgresql.transaction() as session, postgresql.transaction() as other:
            own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            FIND.row(session, {"wanted": "one"})

    with pytest.raises(OperationalError) as lost:
        lose_it()

    assert lost.value.connection_invalidated
    with postgresql.reading() as session:
        assert FIND.row(session, {"wanted": "one"}) is None


def test_a_connection_lost_behind_a_savepoint_is_told_as_that(postgresql: Database) -> None:
    def lose_it() -> None:
        with postgresql.transaction() as session, postgresql.transaction() as other:
            own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            with savepoint(session):
                pytest.fail("Expected that no savepoint is set on a lost connection.")

    def lose_it_inside() -> None:
        with postgresql.transaction() as session, savepoint(session):
            own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with postgresql.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            FIND.row(session, {"wanted": "one"})

    for lose in (lose_it, lose_it_inside):
        with pytest.raises(OperationalError) as lost:
            lose()
        assert lost.value.connection_invalidated
