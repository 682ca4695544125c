"""The destinations: the address book of the offices a letter may go to, one by one or as groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, select
from sqlalchemy.orm import Session

from engine import metadata

destination = Table(
    "destination",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("addressee", Text, nullable=False),  # as printed after "Yth."
    Column("place", Text, nullable=False, default=""),
    Column("kind", String(30), nullable=False),
    Column("channel", String(30), nullable=False),
    Column("email", Text, nullable=False, default=""),
    Column("active", Boolean, nullable=False, default=True),
)

destination_group = Table(
    "destination_group",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("addressee", Text, nullable=False),
    Column("place", Text, nullable=False, default="Tempat"),
)

destination_member = Table(
    "destination_member",
    metadata,
    Column("group_id", String(60), primary_key=True),
    Column("destination_id", String(60), primary_key=True),
    Column("rank", Integer, nullable=False, default=0),
)


@dataclass(frozen=True)
class Destination:
    """Where a letter may go: one addressee, or a group that is addressed with one line."""

    id: str
    name: str
    addressee: str  #: printed after "Yth."
    place: str
    channel: str  #: empty for a group
    email: str
    members: tuple[Destination, ...] = ()

    @property
    def is_group(self) -> bool:
        return not self.channel


def all_destinations(session: Session) -> list[Destination]:
    """Return groups first, then single addressees, each in the order of their names."""
    single = {each.id: each for each in _single(session)}
    query = select(destination_group).order_by(destination_group.c.name)
    groups = [
        Destination(row.id, row.name, row.addressee, row.place, "", "", _members(session, row.id))
        for row in session.execute(query)
    ]
    return groups + list(single.values())


def find_destinations(session: Session, ids: Iterable[str]) -> dict[str, Destination]:
    """Return the destinations with these ids; unknown ids are missing in the answer."""
    wanted = list(ids)
    found = {each.id: each for each in _single(session, wanted)}
    query = select(destination_group).where(destination_group.c.id.in_(wanted))
    for row in session.execute(query):
        members = _members(session, row.id)
        found[row.id] = Destination(row.id, row.name, row.addressee, row.place, "", "", members)
    return found


def _single(session: Session, ids: list[str] | None = None) -> list[Destination]:
    query = select(destination).order_by(destination.c.name)
    if ids is None:
        query = query.where(destination.c.active.is_(True))
    else:
        query = query.where(destination.c.id.in_(ids))
    return [
        Destination(row.id, row.name, row.addressee, row.place, row.channel, row.email)
        for row in session.execute(query)
    ]


def _members(session: Session, group_id: str) -> tuple[Destination, ...]:
    member = destination_member
    query = select(member.c.destination_id).where(member.c.group_id == group_id)
    ids = list(session.execute(query.order_by(member.c.rank)).scalars())
    by_id = {each.id: each for each in _single(session, ids)}
    return tuple(by_id[each] for each in ids if each in by_id)
