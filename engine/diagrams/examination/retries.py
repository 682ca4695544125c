"""Retries: what a service task says of its failures can be read, and is within bounds."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import Finding
from engine.retrying import LONGEST_WAIT, MOST_RETRIES
from engine.working_calendar import Duration


def check_retries(drawing: Drawing) -> Iterator[Finding]:
    """``retries`` is a small number, ``retryAfter`` a duration, ``skip`` nothing but "refuse"."""
    for element in drawing.elements.values():
        retries = element.properties.get("retries")
        if retries is not None and not _is_small(retries):
            yield Finding(
                element.id,
                "retries",
                f"Banyaknya percobaan ulang «{retries}» pada «{element.name}» tidak terbaca. Tulis"
                f" bilangan 0 sampai {MOST_RETRIES}.",
                f'The number of retries "{retries}" of "{element.name}" cannot be read. Write a'
                f" number from 0 to {MOST_RETRIES}.",
            )
        after = element.properties.get("retryAfter")
        if after is not None and not _is_short(after):
            yield Finding(
                element.id,
                "retry-after",
                f"Jeda «{after}» pada «{element.name}» bukan jangka waktu 1 detik sampai 1 hari."
                " Tulis misalnya PT30S atau PT10M.",
                f'The wait "{after}" of "{element.name}" is no duration from 1 second to 1 day.'
                " Write e.g. PT30S or PT10M.",
            )
        skip = element.properties.get("skip")
        if skip not in (None, "refuse"):
            yield Finding(
                element.id,
                "skip",
                f"Properti skip «{skip}» pada «{element.name}» tidak dikenal. Tulis refuse, atau"
                " hapus bila admin boleh melewati langkah ini.",
                f'The property skip "{skip}" of "{element.name}" is unknown. Write refuse, or'
                " delete it if an operator may skip this step.",
            )


def _is_small(text: str) -> bool:
    digits = text.strip()
    return digits.isdecimal() and len(digits) <= 2 and int(digits) <= MOST_RETRIES


def _is_short(text: str) -> bool:
    try:
        elapsed = Duration.parse(text.strip()).elapsed()
    except (ValueError, OverflowError):
        return False
    return 1 <= elapsed.total_seconds() <= LONGEST_WAIT.total_seconds()
