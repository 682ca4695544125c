"""The functions of our S-FEEL: a closed list; arguments of a wrong kind give null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import reduce

from engine.feel.values import Value, calculate, equal, kind

#: How many arguments each function takes: least and most.
ARITY = {
    "list contains": (2, 2),
    "string length": (1, 1),
    "starts with": (2, 2),
    "ends with": (2, 2),
    "upper case": (1, 1),
    "lower case": (1, 1),
    "is defined": (1, 1),
    "contains": (2, 2),
    "count": (1, 1),
    "not": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
    "sum": (1, 20),
}

_OF_TWO_STRINGS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts with": str.startswith,
    "ends with": str.endswith,
}
_OF_A_STRING: dict[str, Callable[[str], Value]] = {
    "string length": lambda text: Decimal(len(text)),
    "upper case": str.upper,
    "lower case": str.lower,
}


def call(name: str, arguments: list[Value]) -> Value:
    """Return the result of the function; its name and number of arguments are known to fit."""
    first = arguments[0]
    if name in _OF_TWO_STRINGS:
        second = arguments[1]
        fits = isinstance(first, str) and isinstance(second, str)
        return _OF_TWO_STRINGS[name](first, second) if fits else None
    if name in _OF_A_STRING:
        return _OF_A_STRING[name](first) if isinstance(first, str) else None
    if name in _OF_A_LIST:
        return _OF_A_LIST[name](_as_list(first), arguments) if first is not None else None
    if name in _OF_NUMBERS:
        return _OF_NUMBERS[name](
            first if len(arguments) == 1 and isinstance(first, list) else arguments
        )
    if name == "not":
        return (not first) if isinstance(first, bool) else None
    return first is not None  # is defined


def _as_list(value: Value) -> list[Value]:
    """Where a list is expected, FEEL takes a single value for a list of one."""
    return value if isinstance(value, list) else [value]


def _contains(items: list[Value], arguments: list[Value]) -> bool:
    return any(equal(item, arguments[1]) is True for item in items)


def _sum(items: list[Value]) -> Value:
    if {kind(item) for item in items} != {"number"}:
        return None
    return reduce(lambda total, item: calculate("+", total, item), items, Decimal(0))


def _least(items: list[Value]) -> Value:
    return min(items) if _ordered(items) else None


def _greatest(items: list[Value]) -> Value:
    return max(items) if _ordered(items) else None


def _ordered(items: list[Value]) -> bool:
    return {kind(item) for item in items} in ({"number"}, {"string"})


_OF_A_LIST: dict[str, Callable[[list[Value], list[Value]], Value]] = {
    "list contains": _contains,
    "count": lambda items, _arguments: Decimal(len(items)),
}
_OF_NUMBERS: dict[str, Callable[[list[Value]], Value]] = {
    "sum": _sum,
    "min": _least,
    "max": _greatest,
}
