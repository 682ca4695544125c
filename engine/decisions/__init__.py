"""Decisions: reads DMN 1.3 tables with S-FEEL, says what is wrong with them, and decides."""

from __future__ import annotations

from engine.decisions.decision import MAPPINGS, Decision, decision_ids
from engine.decisions.examination import examine_decisions
from engine.decisions.model import DecisionFailed
from engine.decisions.sheet import DecisionSheet, WrittenRule, decision_sheets

__all__ = [
    "MAPPINGS",
    "Decision",
    "DecisionFailed",
    "DecisionSheet",
    "WrittenRule",
    "decision_ids",
    "decision_sheets",
    "examine_decisions",
]
