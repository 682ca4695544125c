"""S-FEEL: conditions, parameters and cells of tables, parsed by a grammar, never by Python."""

from __future__ import annotations

from engine.feel import nodes
from engine.feel.deciding import Undecidable, fixed_values, truth_table, values_to_try
from engine.feel.parsing import LONGEST, CellTests, Expression, FeelError, parse, parse_tests

__all__ = [
    "LONGEST",
    "CellTests",
    "Expression",
    "FeelError",
    "Undecidable",
    "fixed_values",
    "nodes",
    "parse",
    "parse_tests",
    "truth_table",
    "values_to_try",
]
