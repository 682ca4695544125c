"""The tables of the engine: what was deployed, what runs, what is open, what happened."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.append_only import keep_append_only
from engine.columns import UtcDateTime
from engine.database import metadata

_ID = String(32)
_ELEMENT = String(200)
_KEY = String(300)

#: One immutable version of a process: diagram, forms and decisions as they were deployed, and
#: ``callees``, the versions of the processes it calls: id of the process -> id of the definition.
definition = Table(
    "definition",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("process_id", _ELEMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("forms", JSON, nullable=False),
    Column("callees", JSON, nullable=False),
    Column("decisions", JSON, nullable=False),
    Column("deployed_by", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    UniqueConstraint("process_id", "version"),
)
keep_append_only(definition)

#: One run of a process. ``lock_version`` grows with every step; ``history_length`` and
#: ``history_head`` let a reader see that the tail of the history was cut off; ``performers`` is
#: canonical JSON, element -> who completed it so far, for the separation of duties.
instance = Table(
    "instance",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("definition_id", ForeignKey(definition.c.id), nullable=False),
    Column("business_key", _ELEMENT, nullable=False, index=True),
    Column("scope", _ELEMENT, nullable=False),
    Column("status", String(20), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("data", Text, nullable=False),
    Column("lock_version", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("history_length", Integer, nullable=False),
    Column("history_head", String(64), nullable=False),
    Column("performers", Text, nullable=False),
)

#: What happened: one row for each step, sealed by one hash. ``sequence`` and ``last`` number its
#: events; ``events`` is the canonical JSON that was hashed (kind, element, name, occurrence,
#: reason, data after it where they changed, details); ``completed`` names the completed task.
history = Table(
    "history",
    metadata,
    Column("instance_id", ForeignKey(instance.c.id), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("person", _ELEMENT, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", _ELEMENT, nullable=False),
    Column("on_behalf_of", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("completed", _ELEMENT),
    Column("events", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
keep_append_only(history)

#: Human tasks that wait for somebody now. (Small rows with a key of their own live in the key's
#: tree on SQLite, without a second one for row numbers: fewer pages to write at each commit.)
#: ``local``: canonical JSON of what only this one of several instances of the task sees.
task = Table(
    "task",
    metadata,
    Column("instance_id", ForeignKey(instance.c.id), primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("element", _ELEMENT, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("claimed_by", _ELEMENT),
    Column("claimed_name", Text),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("local", Text, nullable=False),
    sqlite_with_rowid=False,
)

#: To which positions an open task is offered: the index of the inboxes. Its key says all there is;
#: a foreign key to the task would need a second index, one more page at each commit.
task_offer = Table(
    "task_offer",
    metadata,
    Column("position", _ELEMENT, primary_key=True),
    Column("instance_id", _ID, primary_key=True),
    Column("task_id", _KEY, primary_key=True),
    sqlite_with_rowid=False,
)

#: Timers that wait for their moment. A parked timer failed and waits for an operator.
timer = Table(
    "timer",
    metadata,
    Column("instance_id", ForeignKey(instance.c.id), primary_key=True),
    Column("waiting_id", _KEY, primary_key=True),
    Column("element", _ELEMENT, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("parked", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
# Whoever polls reads this index and nothing else; parked timers are not in it.
Index(
    "ix_timer_waiting",
    timer.c.due_at,
    timer.c.instance_id,
    timer.c.waiting_id,
    sqlite_where=text("parked IS 0"),
    postgresql_where=text("parked IS false"),
)

#: Messages that running instances wait for. A parked one failed to be received.
message_subscription = Table(
    "message_subscription",
    metadata,
    Column("instance_id", ForeignKey(instance.c.id), primary_key=True),
    Column("waiting_id", _KEY, primary_key=True),
    Column("element", _ELEMENT, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("name", _ELEMENT, nullable=False),
    Column("correlation", _ELEMENT, nullable=False),
    Column("parked", Boolean, nullable=False),
    Index("message_subscription_name", "name", "correlation"),
    sqlite_with_rowid=False,
)

#: Messages as they came, each received once: by a token that waits, or by a process that begins.
#: ``hops``: by how many processes in a row it came that began with a message. ``attempts`` and
#: ``last_error`` tell why no process could begin with it, ``run_after`` when that is tried again;
#: one that is ``stopped_at`` waits for an operator, one that is ``discarded_at`` for nobody.
message = Table(
    "message",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _ELEMENT, nullable=False),
    Column("correlation", _ELEMENT, nullable=False),
    Column("scope", _ELEMENT, nullable=False),
    Column("payload", Text, nullable=False),
    Column("hops", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("consumed_at", UtcDateTime),
    Column("consumed_by", _ID, index=True),
    Column("waiting_id", _KEY),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("run_after", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("discarded_at", UtcDateTime),
    Index("message_name", "name", "correlation", "consumed_at"),
)
# Whoever polls reads the kept ones only, the longest untried first.
_KEPT = text("consumed_at IS NULL AND discarded_at IS NULL")
Index(
    "ix_message_kept",
    message.c.run_after,
    message.c.id,
    sqlite_where=_KEPT,
    postgresql_where=_KEPT,
)

#: Messages that an operator discarded: who, when and why.
message_discard = Table(
    "message_discard",
    metadata,
    Column("message_id", ForeignKey(message.c.id), primary_key=True),
    Column("person", _ELEMENT, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", _ELEMENT, nullable=False),
    Column("on_behalf_of", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
keep_append_only(message_discard)

#: Messages with which the newest version of a process begins.
message_start = Table(
    "message_start",
    metadata,
    Column("name", _ELEMENT, primary_key=True),
    Column("process_id", _ELEMENT, primary_key=True),
    Column("definition_id", ForeignKey(definition.c.id), nullable=False),
    Column("element", _ELEMENT, nullable=False),
)

#: Moments at which the newest version of a process begins by itself. ``attempts``, ``last_error``,
#: ``run_after`` and ``stopped_at`` tell of one that could not begin, as those of a message do.
timer_start = Table(
    "timer_start",
    metadata,
    Column("process_id", _ELEMENT, primary_key=True),
    Column("element", _ELEMENT, primary_key=True),
    Column("definition_id", ForeignKey(definition.c.id), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("run_after", UtcDateTime, nullable=False, index=True),
    Column("stopped_at", UtcDateTime),
)

#: Work with the books closed. ``kind``: queued, attended or notice; ``state``: queued, running,
#: done, failed, incident or cancelled; ``call`` is enough to ask the handler again.
job = Table(
    "job",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("instance_id", ForeignKey(instance.c.id), nullable=False, index=True),
    Column("waiting_id", _KEY, nullable=False),
    Column("element", _ELEMENT, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("topic", _ELEMENT, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("call", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("run_after", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

#: What needs an operator. ``kind``: job, task or timer; ``reference`` is its key or id.
incident = Table(
    "incident",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("instance_id", ForeignKey(instance.c.id), nullable=False, index=True),
    Column("element", _ELEMENT, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", _KEY, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", Text),
)
