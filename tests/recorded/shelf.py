"""The shelf: the rows of an instance as a file, and back into the tables of today."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select, true
from sqlalchemy.orm import Session

from engine import metadata
from engine.tables import definition, instance

SHELF = Path(__file__).resolve().parent


def rows_of(session: Session, instance_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return everything the books say of the instance, as JSON."""
    found = {"instance": _read(session, instance, instance.c.id == instance_id)}
    for table in metadata.sorted_tables:
        if "instance_id" in table.c:
            found[table.name] = _read(session, table, table.c.instance_id == instance_id)
    return {name: rows for name, rows in found.items() if rows}


def all_rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return everything that is in the books, as JSON."""
    found = {table.name: _read(session, table, true()) for table in metadata.sorted_tables}
    return {name: rows for name, rows in found.items() if rows}


def definition_of(session: Session, definition_id: str) -> dict[str, Any]:
    [row] = _read(session, definition, definition.c.id == definition_id)
    return row


def put_back(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    """Write recorded rows into a table."""
    if rows:
        plain = [{name: _load(value) for name, value in row.items()} for row in rows]
        session.execute(insert(metadata.tables[table]), plain)


def _read(session: Session, table: Table, wanted: Any) -> list[dict[str, Any]]:
    found = session.execute(select(table).where(wanted).order_by(*table.primary_key))
    return [{name: _dump(value) for name, value in row.items()} for row in found.mappings()]


def _dump(value: Any) -> Any:
    if isinstance(value, bytes):
        text = value.decode("utf-8", errors="replace")
        return (
            {"text": text} if text.encode() == value and len(value) > 2000 else {"hex": value.hex()}
        )
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _load(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        [(kind, content)] = value.items()
        if kind == "text":
            return content.encode()
        if kind in ("hex", "at"):
            return bytes.fromhex(content) if kind == "hex" else datetime.fromisoformat(content)
    return value


def write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", "utf-8")
