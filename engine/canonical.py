"""Canonical JSON: one spelling for one value, so that equal values have equal hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the value as UTF-8 JSON with sorted keys and no white space (after RFC 8785).

    Only JSON types are taken; NaN and infinities raise ``ValueError``, anything else ``TypeError``.
    """
    return _ENCODER.encode(value).encode()


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the data as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
