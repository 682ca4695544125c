"""The audit of the number book: every number of every series is there once, with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.numbering.tables import letter_number, number_series

_STATES = frozenset({"reserved", "used", "void"})


def audit_numbers(session: Session) -> Iterator[tuple[str, str]]:
    """Yield (series, sentence) for every gap, twin or unexplained void in the number book."""
    table = letter_number
    given: dict[tuple[str, str, int], list[tuple[int, str]]] = {}
    for row in session.execute(select(table)):
        key = (row.office, row.series, row.year)
        given.setdefault(key, []).append((row.sequence, row.insertion))
        name = _name(key)
        if row.letter_date.year != row.year:
            yield name, f"Nomor {row.text} bertanggal {row.letter_date}, di luar tahunnya."
        if row.state not in _STATES:
            yield name, f"Keadaan nomor {row.text} tidak dikenal: {row.state}."
        if row.state == "void" and not row.void_reason.strip():
            yield name, f"Nomor {row.text} batal tanpa alasan."
        if row.insertion and not row.insertion_reason.strip():
            yield name, f"Nomor sisipan {row.text} tanpa alasan."
    counters = {
        (row.office, row.series, row.year): (row.first, row.last)
        for row in session.execute(select(number_series))
    }
    for key, numbers in given.items():
        if key not in counters:
            yield _name(key), "Deret ini tidak mempunyai pencacah."
            continue
        yield from ((_name(key), each) for each in _flaws(numbers, *counters[key]))
    for key, (first, last) in counters.items():
        if key not in given and last >= first and not key[1].startswith("agenda"):
            yield _name(key), f"Pencacah menunjuk {last}, tetapi tidak ada nomor."


def _flaws(numbers: list[tuple[int, str]], first: int, last: int) -> Iterator[str]:
    for (sequence, insertion), times in Counter(numbers).items():
        if times > 1:
            yield f"Nomor {sequence}{insertion and '.' + insertion} diberikan {times} kali."
    whole = {sequence for sequence, insertion in numbers if not insertion}
    missing = sorted(set(range(first, last + 1)) - whole)
    if missing:
        yield f"Nomor hilang tanpa catatan: {', '.join(map(str, missing[:20]))}."
    beyond = sorted(each for each in whole if not first <= each <= last)
    if beyond:
        yield f"Nomor di luar pencacah: {', '.join(map(str, beyond[:20]))}."


def _name(key: tuple[str, str, int]) -> str:
    return f"{key[0]}/{key[1]}/{key[2]}"
