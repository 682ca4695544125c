"""Decisions: a business rule task names a decision, and where its result is put."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions import MAPPINGS
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import DATA_NAME, Finding


def check_decisions(drawing: Drawing) -> Iterator[Finding]:
    """A business rule task names a decision, and where its result is put."""
    for element in drawing.own:
        if element.type != "businessRuleTask":
            continue
        named = element.decision_ref and DATA_NAME.fullmatch(element.result_variable)
        if not named or (element.result_mapping or MAPPINGS[0]) not in MAPPINGS:
            yield Finding(
                element.id,
                "decision",
                f"«{element.name}» tidak menyebut keputusan beserta hasilnya. Isi «Decision"
                " reference», «Result variable», dan «Map decision result»"
                f" ({', '.join(MAPPINGS)}).",
                f'"{element.name}" does not name a decision and its result. Fill in "Decision'
                ' reference", "Result variable" and "Map decision result"'
                f" ({', '.join(MAPPINGS)}).",
            )
