"""The database refuses to change what was written in ink."""

from __future__ import annotations

import pytest
from engine_for_tests import REVIEWING, SmallOffice, review_loop
from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import Database, append_only_ddl
from engine.tables import definition, history


@pytest.mark.parametrize("table", [history, definition], ids=lambda table: str(table.name))
def test_a_row_is_neither_changed_nor_deleted(database: Database, table: Table) -> None:
    SmallOffice(database, **REVIEWING).begin(review_loop())
    column = table.c.content_hash

    for statement in (update(table).values(content_hash="0" * 64), delete(table)):
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
            session.execute(statement)

    with database.reading() as session:
        assert "0" * 64 not in session.execute(select(column)).scalars().all()


def test_the_table_is_not_emptied_at_a_stroke(database: Database) -> None:
    SmallOffice(database, **REVIEWING).begin(review_loop())
    statement = text("DELETE FROM history" if database.is_sqlite else "TRUNCATE history")

    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(statement)


def test_a_migration_uses_the_same_statements(database: Database) -> None:
    book = Table("book", MetaData(), Column("page", Integer, primary_key=True))
    dialect = database.connections.dialect.name
    with database.transaction() as session:
        book.create(session.connection())
        for statement in append_only_ddl("book", dialect):
            session.connection().exec_driver_sql(statement)
        session.execute(insert(book).values(page=1))

    with pytest.raises(DBAPIError, match="book is append-only"), database.transaction() as session:
        session.execute(delete(book))


def test_an_unknown_database_gets_no_statements() -> None:
    with pytest.raises(ValueError, match="Expected sqlite or postgresql"):
        append_only_ddl("history", "oracle")
