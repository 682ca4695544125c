"""The signature: who signs a letter on a day, and the lines above the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.errors import SignerUnknown
from handlers.letters.sheet import SigningBlock
from handlers.organisation import Holding, OrganisationBook, Position


@dataclass(frozen=True)
class SigningOption:
    """A position that may sign for the office, and in which capacity."""

    position: Position
    capacity: str  #: direct, an, an_ub
    holder: str  #: name of who holds it today; empty when nobody does
    styled: str  #: title as its holder uses it today, e.g. "Plh. Kepala Dinas"


def signing_options(book: OrganisationBook, office_id: str, on: date) -> list[SigningOption]:
    """Return who may sign letters of the office: its head, one level down a.n., two levels u.b."""
    found = []
    for position in book.positions(office_id):
        if not position.heads_unit:
            continue
        depth = len(book.ancestry(position.unit)) - 1
        if depth > 2:
            continue
        holding = _holding(book, position.id, on)
        found.append(
            SigningOption(
                position,
                ("direct", "an", "an_ub")[depth],
                "" if holding is None else book.person(holding.person).name,
                position.title if holding is None else holding.styled(position.title),
            )
        )
    return sorted(found, key=lambda each: ("direct", "an", "an_ub").index(each.capacity))


def refuse_capacity(book: OrganisationBook, office_id: str, position_id: str, capacity: str) -> str:
    """Return an Indonesian sentence when the position may not sign in the capacity, else ""."""
    position = next((each for each in book.positions(office_id) if each.id == position_id), None)
    if position is None or not position.heads_unit:
        return "Jabatan ini tidak menandatangani surat instansi."
    depth = len(book.ancestry(position.unit)) - 1
    proper = {0: "direct", 1: "an", 2: "an_ub"}.get(depth)
    if capacity == proper:
        return ""
    return {
        "direct": "Hanya kepala yang menandatangani atas jabatan sendiri; pilih a.n.",
        "an": "a.n. hanya untuk pejabat satu tingkat di bawah kepala.",
        "an_ub": "a.n. dan u.b. hanya untuk pejabat dua tingkat di bawah kepala.",
    }.get(capacity, "Cara menandatangani tidak dikenal.")


def signing_block(
    book: OrganisationBook, position_id: str, capacity: str, on: date, *, simulated: bool
) -> SigningBlock:
    """Return the block of whoever is in charge of the position on the day.

    Raises ``SignerUnknown`` when nobody is.
    """
    position = book.position(position_id)
    holding = _holding(book, position_id, on)
    if holding is None:
        raise SignerUnknown(f"Hari ini tidak ada yang menjabat {position.title}.")
    person = book.person(holding.person)
    own = holding.styled(position.title) if holding.acting else position.name
    lines = (*_mandate(book, position, capacity), f"{own},")
    return SigningBlock(
        lines=lines,
        name=person.name,
        rank=person.rank,
        nip=person.nip,
        position=_label(lines),
        simulated=simulated,
        person=person.id,
    )


def _holding(book: OrganisationBook, position_id: str, on: date) -> Holding | None:
    return next(iter(book.in_charge(position_id, on)), None)


def _mandate(book: OrganisationBook, position: Position, capacity: str) -> tuple[str, ...]:
    """Return the lines that name whose mandate is used."""
    if capacity == "direct":
        return ()
    line = book.ancestry(position.unit)
    head = book.head_of(line[-1].id)
    if head is None:
        raise SignerUnknown("Instansi ini belum mempunyai jabatan kepala.")
    if capacity == "an":
        return (f"a.n. {head.mandate_title}",)
    between = book.head_of(line[1].id)
    if between is None:
        raise SignerUnknown(f"{line[1].name} belum mempunyai jabatan kepala.")
    return (f"a.n. {head.mandate_title}", between.name, "u.b.")


def _label(lines: tuple[str, ...]) -> str:
    """Return the lines as one: ``a.n. Kepala Dinas, Sekretaris``."""
    return ", ".join(line.rstrip(",") for line in lines if line != "u.b.")
