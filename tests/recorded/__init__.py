"""Histories recorded by each release, and what must be true of them ever after."""

import sys
from pathlib import Path

# What the tests share is imported here under the same names as there.
sys.path.append(str(Path(__file__).resolve().parents[1]))
