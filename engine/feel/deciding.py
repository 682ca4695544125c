"""Decides which conditions can hold together, for comparisons of data with fixed values.

Such a condition changes its truth only at the values written in it. So it is enough to try those
values, one between each two neighbours, one beyond each end, and one of every other kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise, product
from math import prod
from typing import Any

from engine.feel import nodes
from engine.feel.parsing import CellTests, Expression

#: How many times conditions are evaluated before a gateway counts as undecidable.
MOST_TRIALS = 10_000

Name = tuple[str, ...]


class Undecidable(Exception):
    """The conditions compare more than data with fixed values."""


def truth_table(conditions: list[Expression]) -> set[tuple[bool, ...]]:
    """Return every combination of truths the conditions can have at one moment.

    Raises ``Undecidable``.
    """
    values: dict[Name, set[Any]] = {}
    for condition in conditions:
        for name, value in _comparisons(condition.root):
            values.setdefault(name, set())
            if value is not None and not isinstance(value, bool):
                values[name].add(value)
    _refuse_nested(values)
    samples = {name: values_to_try(found) for name, found in values.items()}
    if prod(len(tried) for tried in samples.values()) * len(conditions) > MOST_TRIALS:
        raise Undecidable
    rows = set()
    for combination in product(*samples.values()):
        data = _context(dict(zip(samples, combination, strict=True)))
        rows.add(tuple(condition.root.evaluate(data) is True for condition in conditions))
    return rows


def fixed_values(cell: CellTests) -> set[Any]:
    """Return the numbers and texts at which a cell can change its truth.

    Raises ``Undecidable`` where it compares with anything but fixed values.
    """
    found: set[Any] = set()
    for test in cell.root.tests:
        for node in test.parts:
            items = node.items if isinstance(node, nodes.ListOf) else (node,)
            found.update(_fixed(item) for item in items)
    return {value for value in found if isinstance(value, (Decimal, str))}


def _comparisons(root: nodes.Node) -> Iterator[tuple[Name, Any]]:
    """Yield each name with each value it is compared with; raise for anything else."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Path):
            yield node.names, None
        elif isinstance(node, (nodes.Conjunction, nodes.Disjunction)) or _negates(node):
            pending.extend(node.parts)
        elif isinstance(node, nodes.Compare):
            yield from _compared(node.left, [node.right])
        elif isinstance(node, nodes.Member):
            yield from _compared(node.value, [part for t in node.tests for part in t.parts])
        elif not isinstance(node, nodes.Literal):
            raise Undecidable


def _negates(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and node.name == "not"


def _compared(left: nodes.Node, right: list[nodes.Node]) -> Iterator[tuple[Name, Any]]:
    if not isinstance(left, nodes.Path) and len(right) == 1:
        left, right = right[0], [left]
    if not isinstance(left, nodes.Path):
        raise Undecidable
    for node in right:
        items = node.items if isinstance(node, nodes.ListOf) else (node,)
        for item in items:
            yield left.names, _fixed(item)
    if not right:
        yield left.names, None


def _fixed(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Negative) and isinstance(node.operand, nodes.Literal):
        return node.evaluate({})
    if isinstance(node, nodes.Literal):
        return node.value
    raise Undecidable


def values_to_try(found: set[Any]) -> list[Any]:
    """Return these numbers and texts, some between and beyond them, and one of each other kind."""
    numbers = sorted(value for value in found if isinstance(value, Decimal))
    texts = sorted(value for value in found if isinstance(value, str))
    samples: list[Any] = [None, True, False, "", *texts, *(text + "\0" for text in texts)]
    if numbers:
        between = [(low + high) / 2 for low, high in pairwise(numbers)]
        samples += [numbers[0] - 1, *numbers, *between, numbers[-1] + 1]
    return samples


def _refuse_nested(values: dict[Name, set[Any]]) -> None:
    for name in values:
        if any(name[:length] in values for length in range(1, len(name))):
            raise Undecidable


def _context(values: dict[Name, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in values.items():
        inner = data
        for part in name[:-1]:
            inner = inner.setdefault(part, {})
        inner[name[-1]] = value
    return data
