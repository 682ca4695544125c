"""What a part of the soak says at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What was counted, under what conditions, and what went wrong: no failure is a good end."""

    counted: Mapping[str, int]
    failures: list[str] = field(default_factory=list)  #: each says how to see it again


#: Gets a folder of its own and how many times its usual amount it shall do.
Part = Callable[[Path, float], Outcome]
