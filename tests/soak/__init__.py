"""Long runs: what ``make test`` does for a minute, done for as long as one likes."""

import sys
from pathlib import Path

# What the tests share is imported here under the same names as there.
sys.path.append(str(Path(__file__).resolve().parents[1]))
