"""The canary of the escapes: a file that only code which was executed could have made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Seconds of processor time after which a hostile input must be answered: the worst takes 0.8 on a
#: free core, and three times that beside a full run of the tests. What works would take minutes.
SOON = 5.0

#: What an escape would like to do; ``CANARY`` becomes the path of the file.
TOUCH = '__import__("os").system("touch CANARY")'
WALK = "().__class__.__base__.__subclasses__()"
JUEL = "${execution.getEngineServices().exec('touch CANARY')}"


@dataclass(frozen=True)
class Canary:
    """Knows whether an escape succeeded."""

    path: Path

    def armed(self, source: str | bytes) -> bytes:
        """Return the hostile input, with the place where its code would leave a trace."""
        text = source.encode() if isinstance(source, str) else source
        return text.replace(b"CANARY", str(self.path).encode())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is done here ends soon and executes nothing."""
        started = time.thread_time()
        yield
        assert time.thread_time() - started < SOON
        assert not self.path.exists(), "the input was executed"
