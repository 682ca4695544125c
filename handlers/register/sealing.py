"""The seals of the register's lines: a hash over what was entered, which the history carries on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from engine import canonical_json, sha256_of

#: All but the day of sending, which is entered later.
_SEALED = (
    "letter_id",
    "office",
    "year",
    "sequence",
    "number",
    "recipients",
    "subject",
    "classification",
    "attachment",
    "unit",
    "sifat",
    "note",
)


def seal_of_entry(entry: Mapping[str, Any]) -> str:
    """Return the seal of a line as it stands, or is about to stand, in the register.

    The step that enters it returns it as process data, so it becomes part of the hash-chained
    history: a recipient or a remark changed afterwards shows.
    """
    sealed = {name: entry[name] for name in _SEALED}
    moments = {
        "letter_date": entry["letter_date"].isoformat(),
        "entered_at": entry["entered_at"].astimezone(UTC).isoformat(),
    }
    return sha256_of(canonical_json({**sealed, **moments}))
