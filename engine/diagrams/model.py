"""What a diagram says, as plain values: elements, sequence flows, lanes and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.findings import Finding

__all__ = [
    "EVENTS",
    "EXECUTED",
    "GATEWAYS",
    "HUMAN",
    "SERVICE",
    "TASKS",
    "Element",
    "Finding",
    "Flow",
    "Lane",
]

#: Tasks that wait for a person.
HUMAN = frozenset({"userTask", "manualTask"})
#: Tasks that ask a handler.
SERVICE = frozenset({"serviceTask", "sendTask"})
TASKS = HUMAN | SERVICE
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "boundaryEvent"})
#: Every element the engine executes.
EXECUTED = TASKS | GATEWAYS | EVENTS


@dataclass(frozen=True)
class Element:
    """One flow node of the process, with its Camunda attributes already read."""

    id: str
    name: str  #: label in the diagram; the id where nothing is written
    type: str  #: local name in BPMN: "userTask", "exclusiveGateway", "boundaryEvent", ...
    lane_id: str = ""
    lane_name: str = ""
    form_key: str = ""  #: camunda:formKey
    candidate_groups: tuple[str, ...] = ()  #: camunda:candidateGroups
    topic: str = ""  #: camunda:topic
    properties: Mapping[str, str] = field(default_factory=dict)  #: camunda:property
    parameters: Mapping[str, str] = field(default_factory=dict)  #: camunda:inputParameter
    event: str = ""  #: of events: "", "timer", "error" or "terminate"
    attached_to: str = ""  #: of boundary events: id of the activity
    interrupting: bool = True  #: of boundary events: whether the activity is cancelled
    timer: str = ""  #: of timer events: ISO 8601 duration
    error_code: str = ""  #: of error events
    documentation: str = ""


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""  #: S-FEEL as written
    default: bool = False  #: taken when no condition of its gateway holds


@dataclass(frozen=True)
class Lane:
    """A lane and the elements that stand directly in it."""

    id: str
    name: str
    elements: tuple[str, ...] = ()
