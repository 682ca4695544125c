"""What all escapes share."""

from __future__ import annotations

from pathlib import Path

import pytest
from escapes.canary import Canary


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    return Canary(tmp_path / "canary")
