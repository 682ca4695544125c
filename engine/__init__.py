"""The front door of the engine: all that neighbours may use of it."""

from engine.sqlite_library import use_current_sqlite

use_current_sqlite()

from engine.canonical import canonical_json, sha256_of  # noqa: E402  # the library swap comes first
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
    TaskClaimed,
    TaskNotOpen,
    TaskNotYours,
    TemporaryFailure,
    UnknownInstance,
    UnknownProcess,
)

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
    "ImmediateHandler",
    "InstanceChanged",
    "JsonObject",
    "NoPathOpen",
    "QueuedHandler",
    "RouteRequest",
    "Secret",
    "StepCall",
    "SystemClock",
    "TaskClaimed",
    "TaskNotOpen",
    "TaskNotYours",
    "TaskRouter",
    "TemporaryFailure",
    "Topic",
    "UnknownInstance",
    "UnknownProcess",
    "UtcDateTime",
    "canonical_json",
    "metadata",
    "sha256_of",
]
