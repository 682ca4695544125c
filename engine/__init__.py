"""The front door of the engine: all that neighbours may use of it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    Stop,
    TaskRouter,
    Topic,
)
from engine.clock import Clock, SystemClock  # noqa: E402
from engine.columns import UtcDateTime  # noqa: E402
from engine.database import Database, metadata  # noqa: E402
from engine.decisions import DecisionSheet, WrittenRule, decision_sheets  # noqa: E402
from engine.definitions import Definition  # noqa: E402
from engine.diagrams import Diagram, Element, Finding, Flow, Lane, drawn_in, vocabulary  # noqa: E402
from engine.errors import (  # noqa: E402
    AnswerRefused,
    BusinessError,
    DefinitionRejected,
    EngineError,
    HistoryBroken,
    InstanceChanged,
    MessageRefused,
    MoveBlocked,
    NoDecision,
    NoPathOpen,
    NothingToUndo,
    NoWayBack,
    NoWayOn,
    ReasonMissing,
    Refusal,
    SamePersonTwice,
    SecretNeeded,
    SkipForbidden,
    SkipRefused,
    SomebodyNeeded,
    TaskClaimed,
    TaskNotOpen,
    TaskNotYours,
    TemporaryFailure,
    UnknownDefinition,
    UnknownIncident,
    UnknownInstance,
    UnknownMessage,
    UnknownProcess,
    UnknownStart,
)
from engine.history import HistoryEvent, Kind  # noqa: E402
from engine.incidents import RETRIED, SENT_BACK, SKIPPED, Incident  # noqa: E402
from engine.instances import InstanceView  # noqa: E402
from engine.jobs import JobQueue  # noqa: E402
from engine.jobs.direct import DirectQueue  # noqa: E402
from engine.kept_messages import DiscardedMessage, KeptMessage  # noqa: E402
from engine.moving import MovePreview, Moves, OpenPlace  # noqa: E402
from engine.process_engine import ProcessEngine, StepResult  # noqa: E402
from engine.reexecution import Reexecution  # noqa: E402
from engine.replay import Frame  # noqa: E402
from engine.resolving import WaysOut  # noqa: E402
from engine.retrying import Delay, Failure, GiveUp, RetryPolicy  # noqa: E402
from engine.tasks import OpenTask  # noqa: E402
from engine.timed_starts import FailedStart  # noqa: E402
from engine.verification import Problem  # noqa: E402
from engine.working_calendar import WorkingCalendar  # noqa: E402

if TYPE_CHECKING:
    from engine.jobs.dbos_node import NodePace, WorkerNode
    from engine.jobs.dbos_queue import DbosQueue, migrate_jobs

#: Brought in at their first use: the job engine takes half a second that a linter need not wait.
_LATER = {
    "DbosQueue": "engine.jobs.dbos_queue",
    "NodePace": "engine.jobs.dbos_node",
    "WorkerNode": "engine.jobs.dbos_node",
    "migrate_jobs": "engine.jobs.dbos_queue",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"The engine has no {name!r}.")
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "RETRIED",
    "SENT_BACK",
    "SKIPPED",
    "SYSTEM",
    "Actor",
    "AnswerRefused",
    "AttendedHandler",
    "BusinessError",
    "Clock",
    "Database",
    "DbosQueue",
    "DecisionSheet",
    "Definition",
    "DefinitionRejected",
    "Delay",
    "Diagram",
    "DirectQueue",
    "DiscardedMessage",
    "Element",
    "EngineError",
    "FailedStart",
    "Failure",
    "Finding",
    "Flow",
    "Frame",
    "GiveUp",
    "HandlerCatalog",
    "HistoryBroken",
    "HistoryEvent",
    "ImmediateHandler",
    "Incident",
    "InstanceChanged",
    "InstanceView",
    "JobQueue",
    "JsonObject",
    "KeptMessage",
    "Kind",
    "Lane",
    "MessageRefused",
    "MoveBlocked",
    "MovePreview",
    "Moves",
    "NoDecision",
    "NoPathOpen",
    "NoWayBack",
    "NoWayOn",
    "NodePace",
    "NothingToUndo",
    "OpenPlace",
    "OpenTask",
    "Problem",
    "ProcessEngine",
    "QueuedHandler",
    "ReasonMissing",
    "Reexecution",
    "Refusal",
    "RetryPolicy",
    "RouteRequest",
    "SamePersonTwice",
    "Secret",
    "SecretNeeded",
    "SkipForbidden",
    "SkipRefused",
    "SomebodyNeeded",
    "StepCall",
    "StepResult",
    "Stop",
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
    "UnknownMessage",
    "UnknownProcess",
    "UnknownStart",
    "UtcDateTime",
    "WaysOut",
    "WorkerNode",
    "WorkingCalendar",
    "WrittenRule",
    "append_only_ddl",
    "canonical_json",
    "decision_sheets",
    "drawn_in",
    "keep_append_only",
    "metadata",
    "migrate_jobs",
    "sha256_of",
    "vocabulary",
]
