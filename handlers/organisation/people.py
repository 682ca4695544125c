"""The nouns of the organisation: office, unit, position, person, holding, reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

HoldingKind = Literal["definitive", "Plt", "Plh", "Pj"]

#: Somebody who stands in for the holder; while it lasts, only he or she acts.
ACTING: tuple[HoldingKind, ...] = ("Plh", "Plt", "Pj")


@dataclass(frozen=True)
class Office:
    """An office with books of its own (instansi, perangkat daerah)."""

    id: str
    name: str
    abbreviation: str
    government: str
    letterhead_name: str
    address: str
    phone: str
    website: str
    email: str
    emblem: bytes | None
    place: str
    zone: str
    paper: Literal["A4", "F4"]
    process_id: str
    shifts: Mapping[str, Any]


@dataclass(frozen=True)
class Unit:
    """A unit of the office (bidang, seksi, subbagian)."""

    id: str
    office: str
    parent: str | None
    name: str
    kind: str
    letter_code: str
    numeric_code: str


@dataclass(frozen=True)
class Position:
    """A position (jabatan); tasks are offered to positions, not to people."""

    id: str
    office: str
    unit: str
    name: str
    title: str
    mandate_title: str
    letter_code: str
    heads_unit: bool


@dataclass(frozen=True)
class Person:
    id: str
    office: str | None
    username: str
    name: str
    nip: str
    rank: str
    job: str
    email: str
    active: bool


@dataclass(frozen=True)
class Holding:
    """A person holds a position for a while, for good or for somebody else."""

    id: str
    person: str
    position: str
    kind: HoldingKind
    valid_from: date
    valid_until: date | None  #: the last day
    basis: str = ""

    @property
    def acting(self) -> bool:
        return self.kind != "definitive"

    def styled(self, title: str) -> str:
        """Return the title as its bearer uses it: ``Plh. Kepala Dinas``."""
        return f"{self.kind}. {title}" if self.acting else title


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at the books, with what he or she holds at the moment."""

    person: str
    positions: frozenset[str] = frozenset()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)  #: office -> roles

    def has(self, office: str, *roles: str) -> bool:
        """Say whether the reader has one of the roles in the office."""
        return bool(self.roles.get(office, frozenset()).intersection(roles))
