"""The conditions of a form: S-FEEL, as in the diagrams, evaluated on what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.feel import Expression, FeelError, parse


def holds(expression: str, known: Mapping[str, Any]) -> bool:
    """Whether the condition holds; what cannot be decided does not hold."""
    return _parsed(expression).evaluate(_plain(known)) is True


def value_of(rule: Any, known: Mapping[str, Any]) -> Any:
    """Return the rule itself, or what it evaluates to when it is an expression."""
    if isinstance(rule, str) and rule.startswith("="):
        return _parsed(rule).evaluate(_plain(known))
    return rule


def unsound(expression: str) -> str:
    """Return what is wrong with the expression, or nothing."""
    try:
        parse(expression)
    except FeelError as error:
        return error.sentence
    return ""


@lru_cache(maxsize=512)
def _parsed(expression: str) -> Expression:
    # Forms are immutable and few: each expression is parsed once in the life of the process.
    return parse(expression)


def _plain(known: Mapping[str, Any]) -> dict[str, Any]:
    # What is no JSON value, such as letters in a field for numbers, counts as not answered.
    plain = (bool, int, float, str, list, dict)
    return {key: value if isinstance(value, plain) else None for key, value in known.items()}
