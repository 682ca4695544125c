"""The tables of the organisation: offices, units, positions, people, and who holds what when."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine import metadata

office = Table(
    "office",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("abbreviation", String(60), nullable=False),
    Column("government", Text, nullable=False),  # as printed in the letterhead
    Column("letterhead_name", Text, nullable=False),
    Column("address", Text, nullable=False, default=""),
    Column("phone", String(60), nullable=False, default=""),
    Column("website", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("emblem", LargeBinary),
    Column("place", Text, nullable=False),  # where letters are dated
    Column("zone", String(60), nullable=False),
    Column("paper", String(4), nullable=False, default="A4"),
    Column("process_id", String(200), nullable=False),  # the diagram its letters follow
    Column("shifts", JSON, nullable=False),  # weekday 0..6 -> [["07:30", "12:00"], ...]
)

unit = Table(
    "unit",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("office", ForeignKey("office.id"), nullable=False, index=True),
    Column("parent", ForeignKey("unit.id")),
    Column("name", Text, nullable=False),
    Column("kind", String(30), nullable=False),  # instansi, sekretariat, bidang, seksi, subunit
    Column("letter_code", String(60), nullable=False, default=""),
    Column("numeric_code", String(60), nullable=False, default=""),
    Column("rank", Integer, nullable=False, default=0),  # order in lists
)

position = Table(
    "position",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("office", ForeignKey("office.id"), nullable=False, index=True),
    Column("unit", ForeignKey("unit.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),  # "Camat"
    Column("title", Text, nullable=False),  # with Plt., Plh., Pj.: "Camat Tirtasari"
    Column("mandate_title", Text, nullable=False),  # after a.n.: "CAMAT TIRTASARI"
    Column("letter_code", String(60), nullable=False, default=""),  # {jabatan} in a number
    Column("heads_unit", Boolean, nullable=False, default=False),
    Column("rank", Integer, nullable=False, default=0),
)

position_duty = Table(
    "position_duty",
    metadata,
    Column("position", ForeignKey("position.id"), primary_key=True),
    # mail_officer, office_admin, office_secretary, office_head, archivist
    Column("duty", String(60), primary_key=True),
)

person = Table(
    "person",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("office", ForeignKey("office.id")),  # null: from outside, e.g. an auditor
    Column("username", String(100), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("nip", String(30), nullable=False, default=""),  # as printed
    Column("rank", Text, nullable=False, default=""),
    Column("job", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("active", Boolean, nullable=False, default=True),
)

holding = Table(
    "holding",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("position", ForeignKey("position.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # definitive, Plt, Plh, Pj
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),  # the last day; null: until further notice
    Column("basis", Text, nullable=False, default=""),  # the order that appoints
    UniqueConstraint("person", "position", "kind", "valid_from"),
)
Index("ix_holding_person", holding.c.person)
Index("ix_holding_position", holding.c.position)

person_role = Table(
    "person_role",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("office", ForeignKey("office.id"), primary_key=True),
    Column("role", String(30), primary_key=True),  # staff, mail_officer, owner, auditor, admin
)

holiday = Table(
    "holiday",
    metadata,
    Column("office", ForeignKey("office.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", Text, nullable=False),
)
