"""Which rules of a table can apply together: tried, column by column, at the values in its cells.

A column whose cells hold fixed values changes its truth only there. So each rule becomes a set of
tried values for each column, and two rules overlap where all their sets meet.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations, pairwise
from typing import Any

from engine.decisions.model import Input, Rule, Table, fits
from engine.feel import CellTests, Expression, fixed_values, nodes, values_to_try

Sets = tuple[int, ...]  #: for each input expression, the tried values as bits


def sets_of(table: Table) -> list[Sets]:
    """Return for each rule the tried values it takes. Raises ``Undecidable``."""
    columns: dict[str, list[int]] = {}
    for number, column in enumerate(table.inputs):
        columns.setdefault(column.expression.text, []).append(number)
    found = [_column_sets(table, numbers) for numbers in columns.values()]
    return list(zip(*found, strict=True)) if found else [() for _ in table.rules]


def overlaps(rules: Sequence[Rule], sets: Sequence[Sets]) -> Iterator[tuple[Rule, Rule]]:
    """Yield every two rules that can apply together, in the order of the table."""
    for (first, one), (second, other) in combinations(zip(rules, sets, strict=True), 2):
        if all(a & b for a, b in zip(one, other, strict=True)):
            yield first, second


def independent(table: Table) -> bool:
    """Return whether each input can take each value whatever the others are.

    Only then an overlap that was tried is one that will happen.
    """
    paths = {column.expression.text: column.expression for column in table.inputs}
    names = [_names(each) for each in paths.values()]
    if not all(names):
        return False
    return not any(
        long[: len(short)] == short
        for a, b in combinations(names, 2)
        for short, long in [sorted((a, b), key=len)]
    )


def _names(expression: Expression) -> tuple[str, ...]:
    return expression.root.names if isinstance(expression.root, nodes.Path) else ()


def _column_sets(table: Table, numbers: list[int]) -> list[int]:
    """One set for each rule, of the columns that ask the same expression."""
    columns = [table.inputs[number] for number in numbers]
    cells = {rule.tests[n].text: rule.tests[n] for rule in table.rules for n in numbers}
    allowed = [column.allowed for column in columns if column.allowed is not None]
    tried = _Tried(columns, [*cells.values(), *allowed])
    known = {text: tried.taken_by(cell) for text, cell in cells.items()}
    possible = tried.everything
    for each in allowed:
        possible &= tried.taken_by(each) | tried.null
    sets = []
    for rule in table.rules:
        common = possible
        for number in numbers:
            common &= known[rule.tests[number].text]
        sets.append(common)
    return sets


class _Tried:
    """The values that are tried in a column: null and truths, numbers in order, texts in order."""

    def __init__(self, columns: list[Input], cells: list[CellTests]) -> None:
        found = set().union(*(fixed_values(cell) for cell in cells))
        values = [
            value
            for value in values_to_try(found)
            if all(fits(value, column.kind) for column in columns)
        ]
        numbers = {value for value in values if isinstance(value, Decimal)}
        if all(column.kind == "integer" for column in columns):
            fixed = sorted(value for value in found if isinstance(value, Decimal))
            numbers |= {low.to_integral_value(ROUND_FLOOR) + 1 for low in fixed}
            numbers |= {high.to_integral_value(ROUND_CEILING) - 1 for high in fixed}
        self._plain = [value for value in values if not isinstance(value, (Decimal, str))]
        self._ordered: tuple[list[Any], list[Any]] = (
            sorted(numbers),
            sorted({value for value in values if isinstance(value, str)}),
        )
        count = len(self._plain) + sum(len(each) for each in self._ordered)
        self.everything = (1 << count) - 1
        self.null = 1 << self._plain.index(None)

    def taken_by(self, cell: CellTests) -> int:
        """Return the values the cell takes, as bits.

        Between two neighbouring values of its own a cell does not change its truth, so one value
        of each stretch is tried.
        """
        own = fixed_values(cell)
        taken = sum(1 << bit for bit, value in enumerate(self._plain) if cell.hold(value, {}))
        first = len(self._plain)
        numbers = {value for value in own if isinstance(value, Decimal)}
        for values, edges in zip(self._ordered, (numbers, own - numbers), strict=True):
            cuts = {0, len(values)}
            for edge in edges:
                cuts |= {bisect_left(values, edge), bisect_right(values, edge)}
            for low, high in pairwise(sorted(cuts)):
                if cell.hold(values[low], {}):
                    taken |= (1 << first + high) - (1 << first + low)
            first += len(values)
        return taken
