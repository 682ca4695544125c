"""The numbering schemes: which pattern and which series the letters of an office follow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from handlers.errors import NumberRefused
from handlers.numbering.patterns import UNIT_FIELDS, NumberParts, Pattern, refuse_unclear_series
from handlers.numbering.tables import letter_number, numbering_scheme


@dataclass(frozen=True)
class Scheme:
    """How the letters of one kind, or all others, are numbered in an office."""

    office: str
    kind: str  #: a letter kind; empty for all kinds without a scheme of their own
    pattern: Pattern
    scope: str

    @property
    def by_unit(self) -> bool:
        return self.scope in {"unit", "gabungan"}

    def series(self, kind: str, parts: NumberParts) -> str:
        """Return the name of the series: what is counted together.

        A unit's series is named by the code it prints: units that share a code share the series.
        """
        codes = {"unit": parts.unit_code, "unit_angka": parts.unit_numeric}
        printed = ",".join(codes[each] for each in sorted(self.pattern.fields & UNIT_FIELDS))
        return {
            "instansi": "instansi",
            "unit": f"unit:{printed}",
            "jenis": f"jenis:{kind}",
            "gabungan": f"gabungan:{printed}:{kind}",
        }[self.scope]


def schemes_of(session: Session, office: str) -> list[Scheme]:
    """Return the schemes of the office, the one for all kinds first."""
    table = numbering_scheme
    query = select(table).where(table.c.office == office).order_by(table.c.kind)
    return [
        Scheme(row.office, row.kind, Pattern.read(row.pattern), row.scope)
        for row in session.execute(query)
    ]


def scheme_for(session: Session, office: str, kind: str) -> Scheme:
    """Return the scheme that numbers letters of the kind. Raises ``NumberRefused``."""
    by_kind = {each.kind: each for each in schemes_of(session, office)}
    found = by_kind.get(kind) or by_kind.get("")
    if found is None:
        raise NumberRefused("Pola nomor untuk instansi ini belum diatur.", office=office)
    return found


def set_scheme(session: Session, office: str, kind: str, pattern: str, scope: str) -> None:
    """Set the scheme for the kind, or for all others when ``kind`` is empty.

    Numbers given before stay as printed. Raises ``PatternRefused``.
    """
    read = Pattern.read(pattern)
    others = [each for each in schemes_of(session, office) if each.kind != kind]
    refuse_unclear_series(kind, read, scope, [(each.pattern, each.scope) for each in others])
    table = numbering_scheme
    session.execute(delete(table).where(table.c.office == office, table.c.kind == kind))
    session.execute(
        insert(table).values(office=office, kind=kind, pattern=read.source, scope=scope)
    )


def has_numbers(session: Session, office: str, year: int) -> bool:
    """Say whether a number was given in the year: changing a scheme then deserves a warning."""
    table = letter_number
    query = select(table.c.id).where(table.c.office == office, table.c.year == year).limit(1)
    return session.execute(query).first() is not None
