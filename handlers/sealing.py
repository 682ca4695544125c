"""The seals of the books' rows: a hash over a row, which the step that wrote it returns.

So it becomes part of the hash-chained history, and what is changed in the row afterwards shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from engine import canonical_json, sha256_of


def seal_of_row(row: Mapping[str, Any]) -> str:
    """Return the seal of all columns of the row but its ``id``."""
    return sha256_of(
        canonical_json({str(name): _spelt(value) for name, value in row.items() if name != "id"})
    )


def _spelt(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
