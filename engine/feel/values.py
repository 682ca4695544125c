"""The values of FEEL: three-valued logic, exact numbers, and null wherever types do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from math import isfinite
from typing import Any

#: Thirty-four digits as FEEL asks; no traps, for an operation without a result gives null.
ARITHMETIC = Context(prec=34, Emax=6144, Emin=-6143, traps=[])

#: Characters in a text that ``+`` makes: results that feed each other must not grow for ever.
LONGEST_TEXT = 100_000

Value = Any  #: Decimal, str, bool, None, list, Mapping


def from_json(value: object) -> Value:
    """Return the FEEL value of a JSON value; whatever FEEL has no kind for becomes null."""
    if value is None or isinstance(value, (bool, str, Decimal, Mapping)):
        return value
    if isinstance(value, int):
        return finite(ARITHMETIC.create_decimal(value))
    if isinstance(value, float):
        return finite(ARITHMETIC.create_decimal(repr(value)))
    if isinstance(value, (list, tuple)):
        return [from_json(item) for item in value]
    return None


def to_json(value: Value) -> Any:
    """Return the JSON value of a FEEL value.

    Numbers become ``int`` where they are whole, and null where JSON has no number of their size.
    """
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        if whole and abs(value) < 2**63:
            return int(value)
        number = float(value)
        return number if isfinite(number) else None
    if isinstance(value, list):
        return [to_json(item) for item in value]
    return value


def finite(number: Decimal) -> Decimal | None:
    """Return the number, or null for what is none (division by zero, overflow)."""
    return number if number.is_finite() else None


def kind(value: Value) -> str:
    """Return the kind of a value; only values of one kind can be compared."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "context"


def equal(left: Value, right: Value) -> bool | None:
    """Return whether two values are equal; null equals only null, other kinds give null."""
    if left is None or right is None:
        return left is None and right is None
    if kind(left) != kind(right):
        return None
    if isinstance(left, list):
        if len(left) != len(right):
            return False
        return all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    return bool(left == right)


def compare(operator: str, left: Value, right: Value) -> bool | None:
    """Return the result of a comparison; order exists among numbers and among strings only."""
    if operator in ("=", "!="):
        same = equal(left, right)
        return same if operator == "=" or same is None else not same
    if kind(left) != kind(right) or kind(left) not in ("number", "string"):
        return None
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    return bool(left > right) if operator == ">" else bool(left >= right)


def conjunction(values: list[Value]) -> bool | None:
    """Return ``and`` of the values: one false decides, an unknown one leaves it unknown."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def disjunction(values: list[Value]) -> bool | None:
    """Return ``or`` of the values: one true decides, an unknown one leaves it unknown."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def calculate(operator: str, left: Value, right: Value) -> Value:
    """Return the result of ``+ - * /``; strings can be added, everything else gives null."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= LONGEST_TEXT else None
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        return None
    if operator == "+":
        return finite(ARITHMETIC.add(left, right))
    if operator == "-":
        return finite(ARITHMETIC.subtract(left, right))
    if operator == "*":
        return finite(ARITHMETIC.multiply(left, right))
    return finite(ARITHMETIC.divide(left, right))
