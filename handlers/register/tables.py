"""The table of the register (buku agenda surat keluar)."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from engine import UtcDateTime, metadata

register_entry = Table(
    "register_entry",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("office", ForeignKey("office.id"), nullable=False),
    Column("year", Integer, nullable=False),  # of the letter date
    Column("sequence", Integer, nullable=False),  # no. urut
    Column("letter_id", ForeignKey("letter.id"), nullable=False, unique=True),
    Column("number", Text, nullable=False),
    Column("letter_date", Date, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("classification", String(30), nullable=False),
    Column("attachment", Text, nullable=False),
    Column("unit", ForeignKey("unit.id"), nullable=False),  # pengolah
    Column("sifat", String(20), nullable=False),
    Column("note", Text, nullable=False, default=""),  # keterangan
    Column("entered_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("office", "year", "sequence"),
)
