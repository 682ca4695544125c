"""Canonical JSON: one spelling for one value, so that equal values have equal hashes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable
from typing import Any

#: How deep process data may be nested.
DEEPEST = 50


def canonical_json(value: Any) -> bytes:
    """Return the value as UTF-8 JSON with sorted keys and no white space (after RFC 8785).

    Only JSON types are taken; NaN and infinities raise ``ValueError``, anything else ``TypeError``.
    """
    return _spell(value).encode()


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the data as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def refuse_foreign_values(data: object) -> None:
    """Raise ``TypeError`` unless the data is made of JSON types only.

    Without recursion, level by level, so that hostile nesting ends in a sentence.
    """
    level: list[object] = [data]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise TypeError(f"Process data is nested deeper than {DEEPEST} levels.")


def _inside(value: object) -> Iterable[object]:
    if value is None or isinstance(value, (bool, str)):
        return ()
    if type(value) is int and value in _INTEGERS:
        return ()
    if type(value) is float and math.isfinite(value):
        return ()
    if type(value) is list:
        return value
    if type(value) is dict and all(type(key) is str for key in value):
        return value.values()
    raise TypeError(
        f"Process data holds JSON values only, not {type(value).__name__} {value!r:.60}."
    )


def _speller() -> Callable[[Any], str]:
    plain = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    make, quote = (getattr(json.encoder, f"c_{name}", None) for name in _IN_C)
    if make is None or quote is None:  # an interpreter without the parts written in C
        return plain.encode
    # The encoder sets these parts up anew for each value, which takes three times as long as to
    # spell a small one, and a step spells six.
    spell = make(None, plain.default, quote, None, ":", ",", True, False, False)
    return lambda value: "".join(spell(value, 0))


_IN_C = ("make_encoder", "encode_basestring")
_spell = _speller()
_INTEGERS = range(-(2**63), 2**63)
