"""Diagrams: the only door to SpiffWorkflow. Reads, examines, compiles and walks BPMN."""

from __future__ import annotations

from engine.diagrams.contract import LATER, Later, Passage, Waiting, WalkHost
from engine.diagrams.correlating import as_correlation
from engine.diagrams.diagram import Diagram
from engine.diagrams.drawing import called_processes
from engine.diagrams.examination import examine, vocabulary
from engine.diagrams.model import AGAIN, WITHIN, Element, Finding, Flow, Lane, drawn_as, drawn_in
from engine.diagrams.rehosting import Past, Rehosting
from engine.diagrams.walk import Walk

__all__ = [
    "AGAIN",
    "LATER",
    "WITHIN",
    "Diagram",
    "Element",
    "Finding",
    "Flow",
    "Lane",
    "Later",
    "Passage",
    "Past",
    "Rehosting",
    "Waiting",
    "Walk",
    "WalkHost",
    "as_correlation",
    "called_processes",
    "drawn_as",
    "drawn_in",
    "examine",
    "vocabulary",
]
