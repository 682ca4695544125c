"""Canonical JSON: one spelling, and nothing is let in that JSON does not have."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import pytest

from engine.canonical import already_json, canonical_json, read_json


class Size(Enum):
    NONE = float("nan")
    BIG = 7


class Colour(StrEnum):
    RED = "red"


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        ({"b": 1, "a": [None, True, 1.5]}, '{"a":[null,true,1.5],"b":1}'),
        ({"é": "\u2028 \x7f \x1f"}, '{"é":"\u2028 \x7f \\u001f"}'),
        ((1, (2,)), "[1,[2]]"),
        (OrderedDict(b=1, a=2), '{"a":2,"b":1}'),
        ({"kind": Colour.RED, "size": Size.BIG}, '{"kind":"red","size":7}'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({"z": already_json('{"a":1}'), "b": 2}, '{"b":2,"z":{"a":1}}'),
        ([2**63 - 1, -(2**63)], "[9223372036854775807,-9223372036854775808]"),
    ],
)
def test_a_value_has_one_spelling(value: Any, spelt: str) -> None:
    assert canonical_json(value) == spelt.encode()


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        {"a": [1, {"b": float("inf")}]},
        defaultdict(float, sums=float("-inf")),
        OrderedDict(a=(float("nan"),)),
        {"size": Size.NONE},
    ],
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        canonical_json(value)


@pytest.mark.parametrize(
    "value",
    [2**64, {1: 2}, Decimal(1), datetime(2026, 11, 22, tzinfo=UTC), Point(1), b"x", {1}, "\ud800"],
)
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json({"value": value})


def test_nesting_without_an_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(TypeError):
        canonical_json(endless)


def test_what_was_written_is_read() -> None:
    value = {"a": [1, -0.5, None, "é"], "b": {"c": False}}

    assert read_json(canonical_json(value)) == value
    with pytest.raises(ValueError, match="unexpected"):
        read_json("{")
