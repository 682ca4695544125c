"""The audit of the register: every settled number stands in it once, as it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine import HistoryEvent
from handlers.errors import UnknownLetter
from handlers.letters import SIGNED_STATES, letter_row, sendings_told
from handlers.numbering import settled_numbers
from handlers.register.entering import remark_on
from handlers.register.sealing import seal_of_entry
from handlers.register.tables import register_entry


def audit_register(session: Session) -> Iterator[tuple[str, str]]:
    """Yield (letter id, sentence) for every letter the register tells wrongly or not at all."""
    entries = {row.letter_id: row for row in session.execute(select(register_entry))}
    for number in settled_numbers(session):
        entry = entries.pop(number.letter_id, None)
        if entry is None:
            yield number.letter_id, f"Nomor {number.text} tidak tercatat pada agenda."
            continue
        if (entry.number, entry.letter_date) != (number.text, number.letter_date):
            yield number.letter_id, f"Agenda mencatat {entry.number}, bukan {number.text}."
        try:
            row = letter_row(session, number.letter_id)
        except UnknownLetter:
            yield number.letter_id, f"Surat bernomor {number.text} hilang dari buku."
            continue
        if _copied(entry) != _copied(row):
            yield number.letter_id, "Agenda menyebut hal, kode, atau sifat lain daripada surat."
        if number.state == "used":
            if row.number != number.text:
                yield number.letter_id, f"Surat tidak memuat nomornya sendiri, {number.text}."
            if row.status not in SIGNED_STATES:
                yield number.letter_id, f"Nomor {number.text} terpakai tanpa tanda tangan."
        if entry.note != remark_on(number):
            yield number.letter_id, f"Agenda menyebut lain mengapa nomor {number.text} begitu."
    for letter_id, entry in entries.items():
        yield letter_id, f"Agenda mencatat {entry.number}, yang tidak ada pada buku nomor."
    yield from _gaps(session)


def audit_register_line(
    session: Session, letter_id: str, events: Sequence[HistoryEvent]
) -> Iterator[str]:
    """Yield a sentence where the line of a letter is not the one that its step entered."""
    line = select(register_entry).where(register_entry.c.letter_id == letter_id)
    entry = session.execute(line).first()
    outputs = [(event.sequence, event.details.get("outputs", {})) for event in events]
    told = [(at, each["register_seal"]) for at, each in outputs if "register_seal" in each]
    seal = None if entry is None else seal_of_entry(dict(entry._mapping))
    if seal != (told[-1][1] if told else None):
        yield "Baris agenda bukan yang tercatat pada riwayat."
    if entry is None or not told:
        return
    sendings = (moment for at, moment in sendings_told(events) if at > told[0][0])
    if entry.sent_at != next(sendings, None):
        yield "Waktu kirim pada agenda bukan yang tercatat pada riwayat."


def _gaps(session: Session) -> Iterator[tuple[str, str]]:
    series: dict[tuple[str, int], list[int]] = {}
    for row in session.execute(select(register_entry)):
        series.setdefault((row.office, row.year), []).append(row.sequence)
    for (office, year), found in series.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"{office}/{year}", "Nomor urut agenda tidak berurutan tanpa jeda."


def _copied(row: Row[Any]) -> tuple[str, ...]:
    return (row.subject, row.classification, row.sifat, row.unit, row.office)
