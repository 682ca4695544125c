"""Alembic's entry: runs the migrations on the connection that it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import handlers  # noqa: F401  # registers its tables
import webapp  # noqa: F401  # registers its tables
from engine import UtcDateTime, metadata


def _ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """The job engine keeps tables of its own in the same file; they are not ours to change."""
    return kind != "table" or name in metadata.tables


def _frozen(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A migration names plain types, so that it says the same when our own types change."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=_ours,
    render_as_batch=True,
    compare_type=True,
    render_item=_frozen,
)
with context.begin_transaction():
    context.run_migrations()
