"""The secret times of a letter: what of its history stays hidden after its sifat was lowered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import HistoryEvent
from webapp.languages import lazy_gettext

#: Stands where something was said or made while the letter was secret.
HIDDEN_THEN = lazy_gettext("disembunyikan: surat ini rahasia pada saat itu")


@dataclass(frozen=True)
class SecretTime:
    """What of one event stays hidden: all that was said at it, or values that outlived it."""

    now: bool = False  #: a hidden version stood before or after the event
    before: frozenset[str] = frozenset()  #: process data whose value then came from a secret time
    after: frozenset[str] = frozenset()  #: the same, after the event


OPEN = SecretTime()


def secret_times(events: Iterable[HistoryEvent], hidden: frozenset[int]) -> list[SecretTime]:
    """Return what stays hidden of each event; ``hidden`` are the versions the reader may not read.

    A document or a failure stays in the process data until a later step replaces it.
    """
    if not hidden:
        return [OPEN for _ in events]
    found: list[SecretTime] = []
    kept: frozenset[str] = frozenset()
    for event in events:
        now = _secret(event.data_before, hidden) or _secret(event.data_after, hidden)
        changed = _changed(event)
        before, kept = kept, kept | changed if now else kept - changed
        found.append(SecretTime(now, before, kept))
    return found


def _secret(data: Mapping[str, Any], hidden: frozenset[int]) -> bool:
    return any(data.get("version") == version for version in hidden)


def _changed(event: HistoryEvent) -> frozenset[str]:
    before, after = event.data_before, event.data_after
    if before == after:
        return frozenset()
    return frozenset(name for name in after if after[name] != before.get(name))
