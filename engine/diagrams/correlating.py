"""Correlation: the text by which a message finds who waits for it."""

from __future__ import annotations

import json

from engine.diagrams.model import Element
from engine.errors import EngineError


def as_correlation(element: Element, value: object) -> str:
    """Return the value of a correlation key as text. Raises ``EngineError`` for what is none."""
    if isinstance(value, str) and 0 < len(value) <= 200:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return json.dumps(value)
    # Not the value itself: whoever reads this may not be one of those who read the letter.
    found = f"a text of {len(value)}" if isinstance(value, str) else type(value).__name__
    raise EngineError(
        f"The correlation key of {element.id} gives {found}, neither a number nor a text of 1 to"
        " 200 characters.",
        element=element.id,
    )
