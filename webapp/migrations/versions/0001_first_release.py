"""The tables of the first release.

Revision: 0001, after nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import append_only_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "definition",
    "message_discard",
    "paper_receipt",
    "history",
    "approval",
    "letter_version",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("username", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "classification",
        sa.Column("code_set", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("active_years", sa.Integer(), nullable=True),
        sa.Column("inactive_years", sa.Integer(), nullable=True),
        sa.Column("disposal", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "code", name=op.f("pk_classification")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("callees", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("process_id", "version", name=op.f("uq_definition_process_id_version")),
        info={"append_only": True},
    )
    op.create_table(
        "destination",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
    )
    op.create_table(
        "destination_group",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination_group")),
    )
    op.create_table(
        "destination_member",
        sa.Column("group_id", sa.String(length=60), nullable=False),
        sa.Column("destination_id", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "destination_id", name=op.f("pk_destination_member")),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("copy", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint(
            "letter_id",
            "document",
            "recipient",
            name=op.f("uq_dispatch_letter_id_document_recipient"),
        ),
    )
    op.create_table(
        "letter_number",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("insertion", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("insertion_reason", sa.Text(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("reserved_by", sa.String(length=100), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=100), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_number")),
        sa.UniqueConstraint(
            "office",
            "series",
            "year",
            "sequence",
            "insertion",
            name=op.f("uq_letter_number_office_series_year_sequence_insertion"),
        ),
        sa.UniqueConstraint(
            "office", "year", "text", name=op.f("uq_letter_number_office_year_text")
        ),
    )
    with op.batch_alter_table("letter_number", schema=None) as batch_op:
        batch_op.create_index(
            "uq_letter_number_one_living",
            ["letter_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )

    op.create_table(
        "letter_party",
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=110), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "party", name=op.f("pk_letter_party")),
    )
    with op.batch_alter_table("letter_party", schema=None) as batch_op:
        batch_op.create_index("ix_letter_party_party", ["party"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consumed_by", sa.String(length=32), nullable=True),
        sa.Column("waiting_id", sa.String(length=300), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_consumed_by"), ["consumed_by"], unique=False)
        batch_op.create_index(
            "ix_message_kept",
            ["run_after", "id"],
            unique=False,
            sqlite_where=sa.text("consumed_at IS NULL AND discarded_at IS NULL"),
            postgresql_where=sa.text("consumed_at IS NULL AND discarded_at IS NULL"),
        )
        batch_op.create_index("message_name", ["name", "correlation", "consumed_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", "person", name=op.f("uq_notice_key_person")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_person_at", ["person", "at"], unique=False)

    op.create_table(
        "number_series",
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "numbering_scheme",
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("office", "kind", name=op.f("pk_numbering_scheme")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("abbreviation", sa.String(length=60), nullable=False),
        sa.Column("government", sa.Text(), nullable=False),
        sa.Column("letterhead_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("emblem", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("paper", sa.String(length=4), nullable=False),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_table(
        "signing_ledger",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_document", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_ledger")),
        sa.UniqueConstraint(
            "letter_id", "document", name=op.f("uq_signing_ledger_letter_id_document")
        ),
    )
    op.create_table(
        "signing_person",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_signing_person")),
    )
    op.create_table(
        "task_draft",
        sa.Column("task_id", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "person", name=op.f("pk_task_draft")),
    )
    op.create_table(
        "task_offer",
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("position", "instance_id", "task_id", name=op.f("pk_task_offer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holiday",
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_holiday_office")),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("definition_id", sa.String(length=32), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("history_length", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.String(length=64), nullable=False),
        sa.Column("performers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instance_business_key"), ["business_key"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_instance_started_at"), ["started_at"], unique=False)

    op.create_table(
        "message_discard",
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_discard_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_discard")),
        info={"append_only": True},
    )
    op.create_table(
        "message_start",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.String(length=32), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_message_start_definition_id")
        ),
        sa.PrimaryKeyConstraint("name", "process_id", name=op.f("pk_message_start")),
    )
    op.create_table(
        "paper_receipt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("position", sa.String(length=100), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["dispatch.id"], name=op.f("fk_paper_receipt_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_receipt")),
        info={"append_only": True},
    )
    with op.batch_alter_table("paper_receipt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_receipt_delivery_id"), ["delivery_id"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=True),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("nip", sa.String(length=30), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_person_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "signing_attempt",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ledger_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id"], ["signing_ledger.id"], name=op.f("fk_signing_attempt_ledger_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_attempt")),
    )
    with op.batch_alter_table("signing_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signing_attempt_ledger_id"), ["ledger_id"], unique=False
        )
        batch_op.create_index(
            "ix_signing_attempt_person_started_at", ["person", "started_at"], unique=False
        )

    op.create_table(
        "timer_start",
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_timer_start_definition_id")
        ),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_timer_start")),
    )
    with op.batch_alter_table("timer_start", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timer_start_run_after"), ["run_after"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("parent", sa.String(length=100), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("letter_code", sa.String(length=60), nullable=False),
        sa.Column("numeric_code", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_unit_office")),
        sa.ForeignKeyConstraint(["parent"], ["unit.id"], name=op.f("fk_unit_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_office"), ["office"], unique=False)

    op.create_table(
        "history",
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed", sa.String(length=200), nullable=True),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_history_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "sequence", name=op.f("pk_history")),
        info={"append_only": True},
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("waiting_id", sa.String(length=300), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("call", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "message_subscription",
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("waiting_id", sa.String(length=300), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_message_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "waiting_id", name=op.f("pk_message_subscription")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.create_index("message_subscription_name", ["name", "correlation"], unique=False)

    op.create_table(
        "person_role",
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_person_role_office")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_person_role_person")),
        sa.PrimaryKeyConstraint("person", "office", "role", name=op.f("pk_person_role")),
    )
    op.create_table(
        "position",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mandate_title", sa.Text(), nullable=False),
        sa.Column("letter_code", sa.String(length=60), nullable=False),
        sa.Column("heads_unit", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_position_office")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_position_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_office"), ["office"], unique=False)
        batch_op.create_index(batch_op.f("ix_position_unit"), ["unit"], unique=False)

    op.create_table(
        "task",
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("claimed_by", sa.String(length=200), nullable=True),
        sa.Column("claimed_name", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("local", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_task_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "id", name=op.f("pk_task")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timer",
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("waiting_id", sa.String(length=300), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_timer_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "waiting_id", name=op.f("pk_timer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timer_waiting",
            ["due_at", "instance_id", "waiting_id"],
            unique=False,
            sqlite_where=sa.text("parked IS 0"),
            postgresql_where=sa.text("parked IS false"),
        )

    op.create_table(
        "holding",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("position", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_holding_person")),
        sa.ForeignKeyConstraint(["position"], ["position.id"], name=op.f("fk_holding_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.UniqueConstraint(
            "person",
            "position",
            "kind",
            "valid_from",
            name=op.f("uq_holding_person_position_kind_valid_from"),
        ),
    )
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.create_index("ix_holding_person", ["person"], unique=False)
        batch_op.create_index("ix_holding_position", ["position"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("drafter", sa.String(length=100), nullable=False),
        sa.Column("drafter_position", sa.String(length=100), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("classification", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sifat", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("signer_position", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=100), nullable=True),
        sa.Column("signed_as", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["drafter"], ["person.id"], name=op.f("fk_letter_drafter")),
        sa.ForeignKeyConstraint(
            ["drafter_position"], ["position.id"], name=op.f("fk_letter_drafter_position")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_letter_office")),
        sa.ForeignKeyConstraint(
            ["signer_position"], ["position.id"], name=op.f("fk_letter_signer_position")
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_letter_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("token", name=op.f("uq_letter_token")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_drafter", ["drafter"], unique=False)
        batch_op.create_index("ix_letter_office_changed", ["office", "changed_at"], unique=False)

    op.create_table(
        "position_duty",
        sa.Column("position", sa.String(length=100), nullable=False),
        sa.Column("duty", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"], ["position.id"], name=op.f("fk_position_duty_position")
        ),
        sa.PrimaryKeyConstraint("position", "duty", name=op.f("pk_position_duty")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("position", sa.String(length=100), nullable=False),
        sa.Column("position_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_approval_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "letter_id",
            "element",
            "occurrence",
            name=op.f("uq_approval_letter_id_element_occurrence"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_letter_id"), ["letter_id"], unique=False)

    op.create_table(
        "letter_document",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.JSON(), nullable=True),
        sa.Column("signer", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_document_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_document")),
    )
    with op.batch_alter_table("letter_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_letter_document_letter_id"), ["letter_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_letter_document_sha256"), ["sha256"], unique=False)

    op.create_table(
        "letter_release",
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_release_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_release")),
    )
    op.create_table(
        "letter_version",
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_position", sa.String(length=100), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_version_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", "version", name=op.f("pk_letter_version")),
        info={"append_only": True},
    )
    op.create_table(
        "number_request",
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("insertion", sa.String(length=20), nullable=False),
        sa.Column("insertion_reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_number_request_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_number_request")),
    )
    op.create_table(
        "register_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("classification", sa.String(length=30), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("sifat", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_register_entry_letter_id")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.id"], name=op.f("fk_register_entry_office")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_register_entry_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_register_entry_letter_id")),
        sa.UniqueConstraint(
            "office", "year", "sequence", name=op.f("uq_register_entry_office_year_sequence")
        ),
    )
    for table in APPEND_ONLY:
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("register_entry")
    op.drop_table("number_request")
    op.drop_table("letter_version")
    op.drop_table("letter_release")
    with op.batch_alter_table("letter_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_document_sha256"))
        batch_op.drop_index(batch_op.f("ix_letter_document_letter_id"))

    op.drop_table("letter_document")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_letter_id"))

    op.drop_table("approval")
    op.drop_table("position_duty")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_office_changed")
        batch_op.drop_index("ix_letter_drafter")

    op.drop_table("letter")
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.drop_index("ix_holding_position")
        batch_op.drop_index("ix_holding_person")

    op.drop_table("holding")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_timer_waiting",
            sqlite_where=sa.text("parked IS 0"),
            postgresql_where=sa.text("parked IS false"),
        )

    op.drop_table("timer")
    op.drop_table("task")
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_position_unit"))
        batch_op.drop_index(batch_op.f("ix_position_office"))

    op.drop_table("position")
    op.drop_table("person_role")
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.drop_index("message_subscription_name")

    op.drop_table("message_subscription")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_instance_id"))

    op.drop_table("job")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_instance_id"))

    op.drop_table("incident")
    op.drop_table("history")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_office"))

    op.drop_table("unit")
    with op.batch_alter_table("timer_start", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_start_run_after"))

    op.drop_table("timer_start")
    with op.batch_alter_table("signing_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_signing_attempt_person_started_at")
        batch_op.drop_index(batch_op.f("ix_signing_attempt_ledger_id"))

    op.drop_table("signing_attempt")
    op.drop_table("person")
    with op.batch_alter_table("paper_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_receipt_delivery_id"))

    op.drop_table("paper_receipt")
    op.drop_table("message_start")
    op.drop_table("message_discard")
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_started_at"))
        batch_op.drop_index(batch_op.f("ix_instance_business_key"))

    op.drop_table("instance")
    op.drop_table("holiday")
    op.drop_table("task_offer")
    op.drop_table("task_draft")
    op.drop_table("signing_person")
    op.drop_table("signing_ledger")
    op.drop_table("office")
    op.drop_table("numbering_scheme")
    op.drop_table("number_series")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_person_at")

    op.drop_table("notice")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("message_name")
        batch_op.drop_index(
            "ix_message_kept",
            sqlite_where=sa.text("consumed_at IS NULL AND discarded_at IS NULL"),
            postgresql_where=sa.text("consumed_at IS NULL AND discarded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_message_consumed_by"))

    op.drop_table("message")
    with op.batch_alter_table("letter_party", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_party_party")

    op.drop_table("letter_party")
    with op.batch_alter_table("letter_number", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_letter_number_one_living",
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )

    op.drop_table("letter_number")
    op.drop_table("dispatch")
    op.drop_table("destination_member")
    op.drop_table("destination_group")
    op.drop_table("destination")
    op.drop_table("definition")
    op.drop_table("classification")
    op.drop_table("account")
