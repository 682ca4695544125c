"""A decision as it was written, for people who read or compare it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.canonical import canonical_json
from engine.decisions.model import DecisionModel, Input, Output, Table
from engine.decisions.reading import read_decisions


@dataclass(frozen=True)
class Column:
    """A column: what it is called, and all else that is written at its head."""

    name: str
    meaning: str


@dataclass(frozen=True)
class WrittenRule:
    """A row: the cells of the inputs and of the outputs, as they were typed."""

    tests: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class DecisionSheet:
    """One decision: a table with columns and rules, or an expression alone."""

    id: str
    name: str
    policy: str = ""  #: the hit policy with its aggregator: "COLLECT SUM"; "" without a table
    inputs: tuple[Column, ...] = ()
    outputs: tuple[Column, ...] = ()
    rules: tuple[WrittenRule, ...] = ()
    expression: str = ""
    variable: str = ""
    requires: tuple[str, ...] = ()  #: ids of decisions it builds on


def decision_sheets(decisions: Mapping[str, str]) -> dict[str, DecisionSheet]:
    """Return every decision of a version (name of the file -> DMN as text) by its id."""
    return {
        name: _sheet(model)
        for text in decisions.values()
        for name, model in read_decisions(text.encode())[0].items()
    }


def _sheet(model: DecisionModel) -> DecisionSheet:
    logic = model.logic
    if not isinstance(logic, Table):
        return DecisionSheet(
            model.id,
            model.name,
            expression=f"{logic.text}{_kind(model.kind)}",
            variable=model.variable,
            requires=model.requires,
        )
    return DecisionSheet(
        model.id,
        model.name,
        policy=f"{logic.policy} {logic.aggregator}".strip(),
        inputs=tuple(_input(each) for each in logic.inputs),
        outputs=tuple(_output(each) for each in logic.outputs),
        rules=tuple(
            WrittenRule(
                tuple(each.text for each in rule.tests), tuple(each.text for each in rule.results)
            )
            for rule in logic.rules
        ),
        variable=model.variable,
        requires=model.requires,
    )


def _input(column: Input) -> Column:
    allowed = f" ∈ {column.allowed.text}" if column.allowed else ""
    return Column(column.label, f"{column.expression.text}{_kind(column.kind)}{allowed}")


def _output(column: Output) -> Column:
    values = ", ".join(canonical_json(each).decode() for each in column.allowed)
    allowed = f" ∈ {values}" if values else ""
    default = f" = {column.default.text}" if column.default else ""
    return Column(column.name, f"{column.name}{_kind(column.kind)}{allowed}{default}")


def _kind(kind: str) -> str:
    return f": {kind}" if kind else ""
