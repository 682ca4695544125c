"""What a diagram says, as plain values: elements, sequence flows, lanes and findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.findings import Finding

__all__ = [
    "ACTIVITIES",
    "AGAIN",
    "CATCHING",
    "DATA_NAME",
    "EVENTS",
    "EXECUTED",
    "GATEWAYS",
    "HUMAN",
    "SCOPES",
    "SERVICE",
    "TASKS",
    "WITHIN",
    "Element",
    "Finding",
    "Flow",
    "Lane",
    "Repetition",
    "drawn_as",
    "drawn_in",
]

#: Stands between a call activity and the elements of the process it calls: "check!review". No
#: XML name contains it, an address may, and ids of tasks and jobs are not cut at it.
WITHIN = "!"
#: What stands before a duration that is counted again and again.
AGAIN = "R/"
#: Names in process data, as conditions can write them.
DATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")

#: Tasks that wait for a person.
HUMAN = frozenset({"userTask", "manualTask"})
#: Tasks that ask a handler.
SERVICE = frozenset({"serviceTask", "sendTask"})
TASKS = HUMAN | SERVICE | {"receiveTask", "businessRuleTask"}
#: Activities that hold elements of their own.
SCOPES = frozenset({"subProcess", "callActivity"})
ACTIVITIES = TASKS | SCOPES
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
)
#: What waits for something from outside and may follow an event-based gateway.
CATCHING = frozenset({"intermediateCatchEvent", "receiveTask"})
#: Every element the engine executes.
EXECUTED = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True)
class Repetition:
    """That an activity is performed once for each item of a list."""

    collection: str  #: name of the list in the data
    variable: str  #: under which each instance sees its item; "" when it does not
    sequential: bool = False
    completion: str = ""  #: S-FEEL; when it holds, the instances that are left are cancelled


@dataclass(frozen=True)
class Element:
    """One flow node of the process, with its Camunda attributes already read."""

    id: str  #: of elements of a called process behind that of the call: "check!review"
    name: str  #: label in the diagram; the id where nothing is written
    type: str  #: local name in BPMN: "userTask", "exclusiveGateway", "boundaryEvent", ...
    lane_id: str = ""
    lane_name: str = ""
    form_key: str = ""  #: camunda:formKey
    candidate_groups: tuple[str, ...] = ()  #: camunda:candidateGroups
    topic: str = ""  #: camunda:topic
    properties: Mapping[str, str] = field(default_factory=dict)  #: camunda:property
    parameters: Mapping[str, str] = field(default_factory=dict)  #: camunda:inputParameter
    event: str = ""  #: of events: "", "timer", "error", "terminate", "message" or "escalation"
    attached_to: str = ""  #: of boundary events: id of the activity
    interrupting: bool = True  #: of boundary events: whether the activity is cancelled
    timer: str = ""  #: of timer events: ISO 8601 duration; of start events perhaps "R/" before it
    error_code: str = ""  #: of error events
    documentation: str = ""
    scope: str = ""  #: id of the sub-process or call activity around it
    message: str = ""  #: of message events and receive tasks: name of the message
    escalation_code: str = ""  #: of escalation events; of catching ones "" means any
    repetition: Repetition | None = None  #: of multi-instance activities
    called: str = ""  #: of call activities: id of the process
    inputs: Mapping[str, str] = field(default_factory=dict)  #: camunda:in, target -> source
    outputs: Mapping[str, str] = field(default_factory=dict)  #: camunda:out, target -> source
    decision_ref: str = ""  #: camunda:decisionRef
    result_variable: str = ""  #: camunda:resultVariable
    result_mapping: str = ""  #: camunda:mapDecisionResult


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


def drawn_as(element: str) -> str:
    """Return what stands for an element in the diagram of the instance itself.

    That is the element, or the call activity whose process it belongs to.
    """
    return element.partition(WITHIN)[0]


def drawn_in(element: str) -> tuple[str, str]:
    """Return the call activity whose process an element belongs to, and its id in that process.

    The call is "" for what the diagram of the instance itself shows.
    """
    call, _, there = element.rpartition(WITHIN)
    return call, there
