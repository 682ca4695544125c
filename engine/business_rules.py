"""Business rules: asks the decision that was deployed with the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog import JsonObject
from engine.decisions import MAPPINGS, Decision, DecisionFailed
from engine.diagrams import Element
from engine.errors import EngineError, NoDecision


def decide(decisions: Mapping[str, Decision], element: Element, data: JsonObject) -> dict[str, Any]:
    """Return what the element's decision adds to the process data.

    Raises ``NoDecision`` where the table does not cover the data as it promises.
    """
    decision = decisions.get(element.decision_ref)
    if decision is None:
        raise EngineError(f"No decision {element.decision_ref!r} is deployed.", element=element.id)
    try:
        result = decision.outputs(data, element.result_mapping or MAPPINGS[0])
    except DecisionFailed as error:
        raise NoDecision(str(error), element=element.id, sentence=error.sentence) from error
    return {element.result_variable: result}
