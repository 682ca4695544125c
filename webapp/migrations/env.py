"""Alembic's entry: runs the migrations on the connection that it is handed."""

from __future__ import annotations

from typing import Any

from alembic import context

import handlers
import webapp.tables  # noqa: F401  # registers the tables of the web application
from engine import metadata

__all__ = ["handlers"]


def _ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """The job engine keeps tables of its own in the same file; they are not ours to change."""
    return kind != "table" or name in metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=_ours,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
