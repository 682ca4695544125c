"""Append-only tables: the database itself refuses to change or delete their rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Table, event

_FUNCTION = """\
CREATE OR REPLACE FUNCTION alur_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = '23001';
END $$"""


def append_only_ddl(table_name: str, dialect: str) -> list[str]:
    """Return the statements that make the table append-only, for ``CREATE`` and for migrations.

    ``dialect`` is SQLAlchemy's name: "sqlite" or "postgresql". The statements hold neither
    parameters nor percent signs, so they may be run as they are. Raises ``ValueError`` for
    another dialect.
    """
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER "{table_name}_refuses_{change.lower()}" BEFORE {change} '
            f"ON \"{table_name}\" BEGIN SELECT RAISE(ABORT, '{table_name} is append-only'); END"
            for change in ("UPDATE", "DELETE")
        ]
    if dialect == "postgresql":
        run = "EXECUTE FUNCTION alur_refuse_change()"
        return [
            _FUNCTION,
            f'CREATE TRIGGER "{table_name}_refuses_change" BEFORE UPDATE OR DELETE '
            f'ON "{table_name}" FOR EACH ROW {run}',
            f'CREATE TRIGGER "{table_name}_refuses_truncate" BEFORE TRUNCATE '
            f'ON "{table_name}" FOR EACH STATEMENT {run}',
        ]
    raise ValueError(f"Expected sqlite or postgresql, found {dialect!r}.")


def keep_append_only(table: Table) -> None:
    """Have the database refuse changes to the table's rows as soon as it creates the table."""
    table.info["append_only"] = True  # migrations and their tests read it
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect):
            event.listen(table, "after_create", _ddl(statement, dialect))


def _ddl(statement: str, dialect: str) -> Any:
    ddl: Any = DDL  # its constructor has no annotations
    return ddl(statement).execute_if(dialect=dialect)
