"""The tables of numbering: schemes, series with their counters, and every number ever given."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine import UtcDateTime, metadata

numbering_scheme = Table(
    "numbering_scheme",
    metadata,
    Column("office", String(60), primary_key=True),
    Column("kind", String(60), primary_key=True),  # a letter kind, or "" for all others
    Column("pattern", Text, nullable=False),
    Column("scope", String(20), nullable=False),  # instansi, unit, jenis, gabungan
)

number_series = Table(
    "number_series",
    metadata,
    Column("office", String(60), primary_key=True),
    Column("series", String(200), primary_key=True),
    Column("year", Integer, primary_key=True),  # of the letter date
    Column("first", Integer, nullable=False),  # above 1 where a paper book is continued
    Column("last", Integer, nullable=False),
)

letter_number = Table(
    "letter_number",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("office", String(60), nullable=False),
    Column("series", String(200), nullable=False),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("insertion", String(10), nullable=False),  # "" or the suffix of a nomor sisipan
    Column("text", Text, nullable=False),  # as printed; never taken apart again
    Column("letter_id", String(64), nullable=False),
    Column("letter_date", Date, nullable=False),
    Column("state", String(10), nullable=False),  # reserved, used, void
    Column("insertion_reason", Text, nullable=False, default=""),
    Column("void_reason", Text, nullable=False, default=""),
    Column("reserved_by", String(100), nullable=False),
    Column("reserved_at", UtcDateTime, nullable=False),
    Column("settled_by", String(100), nullable=False, default=""),
    Column("settled_at", UtcDateTime),  # when it became used or void
    UniqueConstraint("office", "series", "year", "sequence", "insertion"),
    # Two series may not print the same number, whatever the patterns say.
    UniqueConstraint("office", "year", "text"),
)
Index(
    "uq_letter_number_one_living",
    letter_number.c.letter_id,
    unique=True,
    sqlite_where=text("state <> 'void'"),
    postgresql_where=text("state <> 'void'"),
)
