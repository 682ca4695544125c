"""The seals of the register's lines: a hash over what was entered, which the history carries on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.sealing import seal_of_row


def seal_of_entry(entry: Mapping[str, Any]) -> str:
    """Return the seal of a line as it stands, or is about to stand, in the register.

    The day of sending is not in it: that is entered later.
    """
    return seal_of_row({name: value for name, value in entry.items() if name != "sent_at"})
