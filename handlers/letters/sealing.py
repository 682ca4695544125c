"""The seals of decisions: a hash over all that was decided, which the history carries on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import canonical_json, sha256_of

_SEALED = (
    "letter_id",
    "version",
    "content_hash",
    "decision",
    "document",
    "reason",
    "element",
    "element_name",
    "occurrence",
    "person",
    "person_name",
    "position",
    "position_name",
    "on_behalf_of",
)


def seal_of(decision: Mapping[str, Any]) -> str:
    """Return the seal of a decision as it stands, or is about to stand, in the books.

    A step returns it as process data, so it becomes part of the hash-chained history: changing,
    adding or taking away a decision afterwards shows.
    """
    sealed = {name: decision[name] for name in _SEALED}
    return sha256_of(canonical_json({**sealed, "at": decision["at"].isoformat()}))
