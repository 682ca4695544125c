"""S-FEEL: conditions and input parameters of diagrams, parsed by a grammar, never by Python."""

from __future__ import annotations

from engine.feel.deciding import Undecidable, truth_table
from engine.feel.parsing import LONGEST, Expression, FeelError, parse

__all__ = ["LONGEST", "Expression", "FeelError", "Undecidable", "parse", "truth_table"]
