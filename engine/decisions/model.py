"""What a decision file says, with every expression already parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.feel import CellTests, Expression

#: typeRef as modelers write it -> what a value must be; "" is any value.
KINDS: Mapping[str, str] = {
    "string": "string",
    "number": "number",
    "double": "number",
    "integer": "integer",
    "long": "integer",
    "boolean": "boolean",
    "Any": "",
}


class DecisionFailed(ValueError):
    """The decision has no result for these data.

    ``sentence`` is Indonesian, ``str(error)`` English; both name the decision.
    """

    def __init__(self, english: str, sentence: str) -> None:
        super().__init__(english)
        self.sentence = sentence


@dataclass(frozen=True)
class Input:
    """A column of conditions."""

    id: str
    label: str
    expression: Expression
    kind: str  #: one of the values of ``KINDS``
    allowed: CellTests | None = None


@dataclass(frozen=True)
class Output:
    """A column of results."""

    id: str
    name: str
    kind: str
    allowed: tuple[Any, ...] = ()  #: highest priority first
    default: Expression | None = None  #: the result when no rule applies


@dataclass(frozen=True)
class Rule:
    """A row: one test for each input, one expression for each output."""

    id: str
    number: int  #: from 1, as the table shows it
    tests: tuple[CellTests, ...]
    results: tuple[Expression, ...]


@dataclass(frozen=True)
class Table:
    """A decision table."""

    policy: str  #: hitPolicy as DMN writes it: "UNIQUE", "RULE ORDER", ...
    aggregator: str  #: "", "SUM", "MIN", "MAX" or "COUNT"
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class DecisionModel:
    """One decision of the file: a table, or one expression."""

    id: str
    name: str
    variable: str  #: under which other decisions know its result
    kind: str
    logic: Table | Expression
    requires: tuple[str, ...] = field(default=())  #: ids of decisions it builds on


def fits(value: object, kind: str) -> bool:
    """Return whether a JSON value is of the kind; null is of every kind."""
    if value is None or not kind:
        return True
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    return kind == "number" or value == int(value)


def place_among(allowed: Sequence[Any], value: object) -> int:
    """Return the place of a value in the list of an output, from 0; what is missing comes last."""
    for place, each in enumerate(allowed):
        if each == value and isinstance(each, bool) == isinstance(value, bool):
            return place
    return len(allowed)
