"""The tables of letters: the letter as it stands, and all that was ever written about it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine import UtcDateTime, keep_append_only, metadata

letter = Table(
    "letter",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("office", ForeignKey("office.id"), nullable=False),
    Column("unit", ForeignKey("unit.id"), nullable=False),
    Column("drafter", ForeignKey("person.id"), nullable=False),
    Column("drafter_position", ForeignKey("position.id"), nullable=False),
    Column("instance_id", String(64), nullable=False, default=""),
    Column("token", String(64), nullable=False, unique=True),  # behind the QR code
    Column("status", String(20), nullable=False),
    Column("version", Integer, nullable=False),  # the current one
    Column("content_hash", String(64), nullable=False),
    # The current version's values, repeated for lists and searches.
    Column("kind", String(60), nullable=False),
    Column("classification", String(30), nullable=False),
    Column("subject", Text, nullable=False),
    Column("sifat", String(20), nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("letter_date", Date, nullable=False),
    Column("signer_position", ForeignKey("position.id"), nullable=False),
    Column("capacity", String(10), nullable=False),
    Column("number", Text),
    Column("reason", Text, nullable=False, default=""),  # of the last return or cancellation
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("signed_at", UtcDateTime),
    Column("signed_by", String(100)),
    Column("signed_as", Text, nullable=False, default=""),
    Column("sent_at", UtcDateTime),
    Column("filed_at", UtcDateTime),
)
Index("ix_letter_office_changed", letter.c.office, letter.c.changed_at)
Index("ix_letter_drafter", letter.c.drafter)

#: Append-only.
letter_version = Table(
    "letter_version",
    metadata,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("element", String(200), nullable=False),  # of the diagram in which it was written
    Column("author", String(100), nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_position", String(100), nullable=False),
    Column("on_behalf_of", Text, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
)

#: Append-only. Bound to the version that was read; a later version leaves it behind.
approval = Table(
    "approval",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # in the order of deciding
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("decision", String(20), nullable=False),  # approve, amend, return, cancel, sign
    Column("document", String(64), nullable=False, default=""),  # the PDF shown to the signer
    Column("reason", Text, nullable=False, default=""),
    Column("element", String(200), nullable=False),
    Column("element_name", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("person", String(100), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("position", String(100), nullable=False),
    Column("position_name", Text, nullable=False),
    Column("on_behalf_of", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("letter_id", "element", "occurrence"),
)

#: Everyone a letter passed: who drafted it, whose positions had its tasks, who decided.
letter_party = Table(
    "letter_party",
    metadata,
    Column("letter_id", String(64), primary_key=True),  # may precede the letter's first version
    Column("party", String(110), primary_key=True),  # "person:<id>" or "position:<id>"
    Column("since", UtcDateTime, nullable=False),
)
Index("ix_letter_party_party", letter_party.c.party)

letter_document = Table(
    "letter_document",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),  # composed, signed
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("pages", Integer, nullable=False),
    Column("anchor", JSON),  # where the visible signature stands
    Column("signer", String(100), nullable=False),  # the person whose name is printed
    Column("details", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

#: What the mail officer asked of the number book; read in the same step.
number_request = Table(
    "number_request",
    metadata,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("letter_date", Date, nullable=False),
    Column("insertion", String(20), nullable=False),
    Column("insertion_reason", Text, nullable=False),
    Column("person", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

#: How the sender wants each recipient to get the letter.
letter_release = Table(
    "letter_release",
    metadata,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("channels", JSON, nullable=False),  # recipient id -> channel
    Column("note", Text, nullable=False),
    Column("person", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

keep_append_only(letter_version)
keep_append_only(approval)
