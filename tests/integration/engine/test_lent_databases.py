"""The databases that tests borrow: what one test leaves behind, the next does not find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from databases_for_tests import Shelf
from engine_for_tests import REVIEWING, SmallOffice, review_loop
from sqlalchemy import Table, select, text

from engine import Database, metadata


@pytest.fixture
def shelf(postgresql_url: str) -> Iterator[Shelf]:
    with closing(Shelf(postgresql_url)) as fresh:
        yield fresh


def test_the_next_test_finds_no_row(shelf: Shelf) -> None:
    with shelf.lent() as first, closing(Database(first)) as database:
        SmallOffice(database, **REVIEWING).begin(review_loop())
        assert _filled(database) != []

    with shelf.lent() as second, closing(Database(second)) as database:
        assert second == first
        assert _filled(database) == []


def test_two_at_once_are_two(shelf: Shelf) -> None:
    with shelf.lent() as first, shelf.lent() as second:
        assert second != first


def test_a_connection_left_open_holds_nothing(shelf: Shelf) -> None:
    with shelf.lent() as first:
        connection = Database(first).connections.connect()
        connection.execute(text("LOCK TABLE history"))

    with shelf.lent() as second, closing(Database(second)) as database:
        assert second == first
        assert _filled(database) == []
    connection.invalidate()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE history DISABLE TRIGGER USER",
        "DROP TRIGGER history_refuses_change ON history",
        "ALTER TABLE history ADD COLUMN forged text",
        "ALTER TABLE instance ALTER COLUMN business_key DROP NOT NULL",
        "DROP INDEX ix_instance_business_key",
        "CREATE TABLE left_behind (id integer)",
        "CREATE SCHEMA left_behind",
        "CREATE OR REPLACE FUNCTION alur_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
    ],
)
def test_a_database_that_was_changed_is_not_lent_again(shelf: Shelf, change: str) -> None:
    with shelf.lent() as first, closing(Database(first)) as database:
        _make(database, change)

    with shelf.lent() as second:
        assert second != first


def _make(database: Database, change: str) -> None:
    with database.transaction() as session:
        session.execute(text(change))


def _filled(database: Database) -> list[Table]:
    """The tables that hold a row."""
    with database.reading() as session:
        return [
            each
            for each in metadata.sorted_tables
            if session.execute(select(text("1")).select_from(each).limit(1)).first()
        ]
