"""Diagrams: the only door to SpiffWorkflow. Reads, examines, compiles and walks BPMN."""

from __future__ import annotations

from engine.diagrams.contract import LATER, Later, Passage, Waiting, WalkHost
from engine.diagrams.diagram import Diagram
from engine.diagrams.examination import examine
from engine.diagrams.model import Element, Finding, Flow, Lane
from engine.diagrams.walk import Walk

__all__ = [
    "LATER",
    "Diagram",
    "Element",
    "Finding",
    "Flow",
    "Lane",
    "Later",
    "Passage",
    "Waiting",
    "Walk",
    "WalkHost",
    "examine",
]
