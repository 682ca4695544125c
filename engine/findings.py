"""Findings: what is wrong with what is to be deployed, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What is wrong with a diagram or a decision, where, and what to draw instead."""

    element: str  #: id of the element, flow, process or rule; "" when the file itself is meant
    rule: str  #: short name of the broken rule, e.g. "unreachable"
    message: str  #: Indonesian
    message_en: str
    severity: Literal["error", "warning"] = "error"
