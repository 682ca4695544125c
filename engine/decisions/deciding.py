"""Decides: evaluates the inputs of a table, finds the rules that apply, gives their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from engine.decisions.model import (
    DecisionFailed,
    DecisionModel,
    Input,
    Rule,
    Table,
    fits,
    place_among,
)
from engine.decisions.policies import MULTIPLE, Hit, Row, combine

#: How many values one result may hold: a chain of decisions could double it at every link.
MOST_VALUES = 1_000

Data = Mapping[str, object]


def rows_of(model: DecisionModel, data: Data) -> list[Row]:
    """Return the rows the decision gives for the data; raise ``DecisionFailed``."""
    if isinstance(model.logic, Table):
        return _of_table(model, model.logic, data)
    value = model.logic.evaluate(data)
    _check_result(model, model.variable, model.kind, (), value)
    return [{model.variable: value}]


def value_of(model: DecisionModel, rows: list[Row]) -> Any:
    """Return the result as DMN has it: a value, a context of several outputs, or a list."""
    entries = [next(iter(row.values())) if len(row) == 1 else dict(row) for row in rows]
    table = model.logic
    if isinstance(table, Table) and table.policy in MULTIPLE and not table.aggregator:
        return entries
    return entries[0] if entries else None


def _of_table(model: DecisionModel, table: Table, data: Data) -> list[Row]:
    values = [_input(model, column, data) for column in table.inputs]
    applying = _applying(table, values, data)
    if table.policy == "FIRST":
        applying = islice(applying, 1)
    hits = [Hit(rule, _results(model, table, rule, data)) for rule in applying]
    rows = combine(model.id, table, hits)
    if rows or not any(output.default for output in table.outputs):
        return rows
    return [
        {
            output.name: output.default.evaluate(data) if output.default else None
            for output in table.outputs
        }
    ]


def _applying(table: Table, values: list[Any], data: Data) -> Iterator[Rule]:
    """Yield the rules that apply; a cell that stands in many rows is tried once."""
    known: list[dict[str, bool]] = [{} for _ in values]
    for rule in table.rules:
        for test, value, tried in zip(rule.tests, values, known, strict=True):
            held = tried.get(test.text)
            if held is None:
                held = tried[test.text] = test.hold(value, data)
            if not held:
                break
        else:
            yield rule


def _input(model: DecisionModel, column: Input, data: Data) -> Any:
    value = column.expression.evaluate(data)
    allowed = column.allowed is None or value is None or column.allowed.hold(value, data)
    if not fits(value, column.kind) or not allowed:
        raise DecisionFailed(
            f"Decision {model.id!r}: input {column.label!r} does not take {value!r:.100}.",
            f"Keputusan «{model.id}»: masukan «{column.label}» tidak menerima {value!r:.100}.",
        )
    return value


def _results(model: DecisionModel, table: Table, rule: Rule, data: Data) -> Row:
    row = {
        output.name: result.evaluate(data)
        for output, result in zip(table.outputs, rule.results, strict=True)
    }
    for output in table.outputs:
        _check_result(model, output.name, output.kind, output.allowed, row[output.name])
    return row


def _check_result(
    model: DecisionModel, name: str, kind: str, allowed: tuple[Any, ...], value: Any
) -> None:
    listed = not allowed or value is None or place_among(allowed, value) < len(allowed)
    if not fits(value, kind) or not listed or not _small(value):
        raise DecisionFailed(
            f"Decision {model.id!r}: output {name!r} may not be {value!r:.100}.",
            f"Keputusan «{model.id}»: keluaran «{name}» tidak boleh {value!r:.100}.",
        )


def _small(value: Any) -> bool:
    level, count = [value], 0
    while level:
        count += len(level)
        if count > MOST_VALUES:
            return False
        level = [
            part
            for each in level
            if isinstance(each, (list, Mapping))
            for part in (each.values() if isinstance(each, Mapping) else each)
        ]
    return True
