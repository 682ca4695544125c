"""The strict gate: what must be asked before anybody is told that a PDF is validly signed."""

from __future__ import annotations

import threading
from datetime import datetime

from handlers.signing.trust import Trust
from handlers.signing.verdict import Limits, Verdict, doubt


def verify_pdf(
    pdf: bytes, trust: Trust, *, at: datetime | None = None, limits: Limits | None = None
) -> Verdict:
    """Judge a PDF as of a moment (now, unless given).

    Never touches the network, whatever the file asks for. Never raises: whatever goes wrong while
    judging makes the verdict ``unknown``.
    """
    # pyHanko takes a second to load; the start of the house does not wait for it.
    from handlers.signing.verification import judge

    limits = limits or Limits()
    if len(pdf) > limits.size:
        return doubt("Berkas terlalu besar untuk diperiksa.")
    answers: list[Verdict] = []
    worker = threading.Thread(
        target=lambda: answers.append(judge(pdf, trust, at, limits)), daemon=True
    )
    worker.start()
    worker.join(limits.seconds)
    return answers[0] if answers else doubt("Pemeriksaan berkas memakan waktu terlalu lama.")
