"""The migrations lead to exactly the tables that the code expects, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import handlers  # noqa: F401  # registers its tables
import webapp  # noqa: F401  # registers its tables
from engine import Database, metadata, migrate_jobs
from webapp.migrations import upgrade

APPEND_ONLY = [table.name for table in metadata.sorted_tables if table.info.get("append_only")]


def test_an_upgraded_database_is_the_one_the_code_expects(database_url: str) -> None:
    database = Database(database_url)

    upgrade(database)
    migrate_jobs(database)

    with database.connections.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _thing, name, kind, *_: (
                    kind != "table" or name in metadata.tables
                ),
            },
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    before = set(inspect(database.connections).get_table_names())

    upgrade(database)

    assert set(inspect(database.connections).get_table_names()) == before
    database.close()


def test_an_upgraded_database_refuses_to_forget_what_was_appended(database_url: str) -> None:
    assert {"history", "letter_version", "approval"} <= set(APPEND_ONLY)
    database = Database(database_url)
    upgrade(database)

    for table in APPEND_ONLY:
        with database.connections.connect() as connection:
            triggers = _triggers(connection, database.is_sqlite, table)
        assert len(triggers) >= 2, f"Expected {table} to be append-only."
    database.close()


def _triggers(connection: Connection, is_sqlite: bool, table: str) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) "
        "AND NOT tgisinternal"
    )
    return list(connection.execute(text(query), {"t": table}).scalars())
