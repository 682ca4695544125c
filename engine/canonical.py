"""Canonical JSON: one spelling for one value, so that equal values have equal hashes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from enum import Enum
from typing import Any

import orjson

#: How deep process data may be nested.
DEEPEST = 50


def canonical_json(value: Any) -> bytes:
    """Return the value as UTF-8 JSON with sorted keys and no white space (after RFC 8785).

    Taken are JSON types, tuples as lists, and members of enumerations and UUIDs as their texts.
    NaN and infinities raise ``ValueError``, anything else ``TypeError``.
    """
    spelt: bytes = orjson.dumps(value, option=_OPTIONS)
    if b"null" in spelt:  # what is no number would stand there so
        _refuse_no_numbers(value)
    return spelt


def read_json(text: str | bytes) -> Any:
    """Return the value of JSON that this house wrote. Raises ``ValueError`` for what is no JSON.

    JSON of others is read elsewhere: here a number that fits no column loses its last digits.
    """
    return orjson.loads(text)


def already_json(text: str) -> Any:
    """Return canonical JSON as a value that is written into other JSON just as it stands."""
    return orjson.Fragment(text)


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the data as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def refuse_foreign_values(data: object) -> None:
    """Raise ``TypeError`` unless the data is made of JSON types only.

    Without recursion, level by level, so that hostile nesting ends in a sentence.
    """
    level: list[object] = [data]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value) if type(inner) not in _PLAIN]
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
    if type(value) is dict and _KEYS.issuperset(map(type, value)):
        return value.values()
    raise TypeError(
        f"Process data holds JSON values only, not {type(value).__name__} {value!r:.60}."
    )


def _refuse_no_numbers(value: object) -> None:
    left: list[object] = [value]
    while left:
        each = left.pop()
        if isinstance(each, Enum):
            each = each.value
        if isinstance(each, dict):
            left.extend(each.values())
        elif isinstance(each, (list, tuple)):
            left.extend(each)
        elif isinstance(each, float) and not math.isfinite(each):
            raise ValueError(f"{each} cannot be written as JSON.")


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_PLAIN = frozenset({str, bool, type(None)})
_KEYS = frozenset({str})
_INTEGERS = range(-(2**63), 2**63)
