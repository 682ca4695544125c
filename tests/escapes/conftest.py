"""What all escapes share."""

from __future__ import annotations

from pathlib import Path

import pytest
from escapes.canary import Canary


@pytest.fixture
def canary(tmp_path: Path, no_cover: None) -> Canary:
    """Time is measured: counting the lines that run would double it."""
    return Canary(tmp_path / "canary")
