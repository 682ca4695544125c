"""Insertions (nomor sisipan): a number between two neighbours, for a letter of an earlier day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from handlers.errors import NumberRefused, NumberTaken

_INSERTION = re.compile(r"(?:0*([1-9][0-9]{0,6})\.)?([0-9]{1,2}|[A-Z]|auto)", re.IGNORECASE)


class GivenNumber(Protocol):
    """What is looked at in a number of the series."""

    @property
    def sequence(self) -> int: ...
    @property
    def insertion(self) -> str: ...
    @property
    def letter_date(self) -> date: ...
    @property
    def state(self) -> str: ...


def place_of_insertion(series: Sequence[GivenNumber], day: date, wanted: str) -> tuple[int, str]:
    """Return the sequence and the suffix of an insertion dated ``day``.

    ``wanted`` is a suffix ("01", "A"), "auto" for the next free one, or the whole "15.01". The day
    must lie between those of the two neighbours. Raises ``NumberRefused``.
    """
    match = _INSERTION.fullmatch(wanted.strip())
    if match is None:
        raise NumberRefused("Nomor sisipan ditulis seperti 01, A, atau 15.01.")
    whole = sorted((each for each in series if not each.insertion), key=lambda each: each.sequence)
    base = _base(whole, day, None if match.group(1) is None else int(match.group(1)))
    taken = {each.insertion for each in series if each.sequence == base}
    suffix = match.group(2).upper()
    if suffix == "AUTO":
        free = (f"{each:02}" for each in range(1, 100))
        suffix = next((each for each in free if each not in taken), "")
    elif suffix.isdigit():
        suffix = f"{int(suffix):02}"
    if not suffix or suffix == "00":
        raise NumberRefused("Sisipan dimulai dari 01.")
    if suffix in taken:
        raise NumberTaken(f"Sisipan {base}.{suffix} sudah diberikan.")
    return base, suffix


def before_all(first: date, day: date) -> str:
    """Say what to do with a letter that is dated before every number of its series."""
    return (
        f"Nomor pertama deret ini bertanggal {first.isoformat()}, sehingga tanggal"
        f" {day.isoformat()} tidak dapat disisipkan; ubah Tanggal surat menjadi"
        f" {first.isoformat()} atau sesudahnya."
    )


def _base(whole: Sequence[GivenNumber], day: date, wanted: int | None) -> int:
    """Return the number after which the insertion stands; void neighbours keep their place."""
    before = [each for each in whole if each.letter_date <= day]
    if wanted is not None:
        before = [each for each in before if each.sequence == wanted]
        if not before:
            raise NumberRefused(
                f"Nomor {wanted} tidak ada atau bertanggal sesudah {day.isoformat()}."
            )
    if not before:
        if not whole:
            raise NumberRefused("Deret ini belum mempunyai nomor; kosongkan Nomor sisipan.")
        raise NumberRefused(before_all(min(each.letter_date for each in whole), day))
    base = max(each.sequence for each in before)
    after = [each for each in whole if each.sequence == base + 1]
    if not after:
        raise NumberRefused(
            f"Nomor {base} adalah nomor terakhir; berikan nomor berikutnya, bukan sisipan."
        )
    if after[0].letter_date < day:
        raise NumberRefused(
            f"Tanggal {day.isoformat()} tidak di antara tanggal nomor {base} dan {base + 1}."
        )
    return base
