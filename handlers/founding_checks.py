"""The checks of a founding: what the books would take, but no office could work with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Row = Mapping[str, Any]

#: What a role may be; the pages say what each may do.
ROLES = frozenset({"staff", "mail_officer", "owner", "auditor", "admin"})

#: What a position may be charged with beyond heading its unit.
DUTIES = frozenset({"office_head", "office_secretary", "office_admin", "mail_officer", "archivist"})


def flaws_of(source: Row) -> list[str]:
    """Name, in sentences, every value of ``offices.json`` that points at nothing or means nothing.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` where the file lacks a part.
    """
    offices: Sequence[Row] = source["offices"]
    people = [person for office in offices for person in office["people"]]
    everybody = [*people, *source["outsiders"]]
    positions = {each["id"] for office in offices for each in office["positions"]}
    flaws = [flaw for office in offices for flaw in _office(office)]
    flaws += _unknown("Orang", everybody, "roles", ROLES, "peran")
    flaws += _unknown("Orang", people, "position", positions, "jabatan")
    usernames = [str(person["username"]) for person in everybody]
    flaws += [
        f"Nama pengguna {name} dipakai lebih dari satu orang."
        for name in sorted({name for name in usernames if usernames.count(name) > 1})
    ]
    known = {str(person["id"]) for person in everybody}
    for each in source["acting"]:
        acting = [{**each, "id": each["basis"]}]
        flaws += _unknown("Penunjukan", acting, "person", known, "orang")
        flaws += _unknown("Penunjukan", acting, "position", positions, "jabatan")
    return flaws


def _office(office: Row) -> Iterator[str]:
    units = {unit["id"] for unit in office["units"]}
    yield from _unknown("Unit", office["units"], "parent", units | {None}, "unit induk")
    yield from _unknown("Jabatan", office["positions"], "unit", units, "unit")
    yield from _unknown("Jabatan", office["positions"], "duties", DUTIES, "tugas")
    try:
        ZoneInfo(office["zone"])
    except (ZoneInfoNotFoundError, ValueError):
        yield f"Instansi {office['id']} menyebut zona waktu {office['zone']} yang tidak dikenal."
    if not _working(office["shifts"]):
        yield (
            f"Jam kerja instansi {office['id']} tidak dapat dibaca: hari 0 (Senin) sampai 6, "
            "tiap jam dari pukul yang lebih awal ke yang lebih akhir, misalnya 07:30 dan 12:00."
        )


def _working(shifts: Mapping[str, Sequence[Sequence[str]]]) -> bool:
    """Whether the shifts name days of a week, and hours that begin before they end."""
    hours = [pair for day in shifts.values() for pair in day]
    try:
        return (
            bool(hours)
            and {int(day) for day in shifts} <= set(range(7))
            and all(
                time.fromisoformat(opens) < time.fromisoformat(closes) for opens, closes in hours
            )
        )
    except ValueError:
        return False


def _unknown(
    what: str, rows: Sequence[Row], field: str, known: Collection[str | None], name: str
) -> Iterator[str]:
    for row in rows:
        values = row[field] if isinstance(row[field], list) else [row[field]]
        for value in values:
            if value not in known:
                yield f"{what} {row['id']} menyebut {name} {value} yang tidak ada."
