"""The front door of the engine: all that neighbours may use of it."""

from engine.sqlite_library import use_current_sqlite

use_current_sqlite()

from engine.append_only import append_only_ddl, keep_append_only  # noqa: E402  # swap comes first
from engine.canonical import canonical_json, sha256_of  # noqa: E402
from engine.catalog import (  # noqa: E402
    SYSTEM,
    Actor,
    AttendedHandler,
    HandlerCatalog,
    ImmediateHandler,
    JsonObject,
    QueuedHandler,
    RouteRequest,
    Secret,
    StepCall,
    TaskRouter,
    Topic,
)
from engine.clock import Clock, SystemClock  # noqa: E402
from engine.columns import UtcDateTime  # noqa: E402
from engine.database import Database, metadata  # noqa: E402
from engine.errors import (  # noqa: E402
    AnswerRefused,
    BusinessError,
    DefinitionRejected,
    EngineError,
    HistoryBroken,
    InstanceChanged,
    NoPathOpen,
    SamePersonTwice,
    TaskClaimed,
    TaskNotOpen,
    TaskNotYours,
    TemporaryFailure,
    UnknownDefinition,
    UnknownIncident,
    UnknownInstance,
    UnknownProcess,
)
from engine.history import HistoryEvent, Kind  # noqa: E402
from engine.jobs import JobQueue  # noqa: E402
from engine.working_calendar import WorkingCalendar  # noqa: E402

__all__ = [
    "SYSTEM",
    "Actor",
    "AnswerRefused",
    "AttendedHandler",
    "BusinessError",
    "Clock",
    "Database",
    "DefinitionRejected",
    "EngineError",
    "HandlerCatalog",
    "HistoryBroken",
    "HistoryEvent",
    "ImmediateHandler",
    "InstanceChanged",
    "JobQueue",
    "JsonObject",
    "Kind",
    "NoPathOpen",
    "QueuedHandler",
    "RouteRequest",
    "SamePersonTwice",
    "Secret",
    "StepCall",
    "SystemClock",
    "TaskClaimed",
    "TaskNotOpen",
    "TaskNotYours",
    "TaskRouter",
    "TemporaryFailure",
    "Topic",
    "UnknownDefinition",
    "UnknownIncident",
    "UnknownInstance",
    "UnknownProcess",
    "UtcDateTime",
    "WorkingCalendar",
    "append_only_ddl",
    "canonical_json",
    "keep_append_only",
    "metadata",
    "sha256_of",
]
