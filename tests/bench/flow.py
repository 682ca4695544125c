"""The flow that is measured, in the dialect of each engine: lanes, loops, timers, one service."""

from __future__ import annotations

from dataclasses import dataclass

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: user task -> lane
USER_TASKS = {
    "draft_letter": "drafter",
    "review_by_unit_head": "unit_head",
    "review_by_division_head": "division_head",
    "revise_letter": "drafter",
    "assign_number": "mail_officer",
    "sign_letter": "signer",
    "send_letter": "mail_officer",
}

#: what our SOPs keep of a letter: ids, decisions and hashes, never its text
LETTER = {
    "content_hash": "18c7f5a0e3b94d26" * 4,
    "drafter": "staf_umum",
    "drafter_position": "dinas:staf_umum",
    "kind": "surat_undangan",
    "number": "",
    "numbered": False,
    "sifat": "biasa",
    "signer_is_second_reviewer": False,
    "signer_position": "dinas:kepala",
    "signer_stage": "head",
    "unit": "dinas.sekretariat.umum",
    "urgency": "segera",
    "version": 1,
}


@dataclass(frozen=True)
class Dialect:
    """How an engine wants the same flow to be written."""

    condition: str = 'decision == "{}"'
    duration: str = "PT60M"
    service: str = ""  #: attributes of the service task
    lanes: bool = False  #: whether tasks say who does them, and who does not


OURS = Dialect(
    'decision = "{}"', service='camunda:type="external" camunda:topic="bench.number"', lanes=True
)
STOCK = Dialect(duration='"PT60M"')
BPMN_ENGINE = Dialect("${{environment.services.decided(environment.variables.decision,'{}')}}")
BPMN_SERVER = Dialect("data.decision == '{}'", service='implementation="number"')

_FLOWS = (
    ("letter_needed", "draft_letter"),
    ("draft_letter", "ready_for_review"),
    ("ready_for_review", "review_by_unit_head"),
    ("review_by_unit_head", "unit_head_approved"),
    ("unit_head_approved", "review_by_division_head", "approve"),
    ("unit_head_approved", "to_be_revised"),
    ("review_by_division_head", "division_head_approved"),
    ("division_head_approved", "assign_number", "approve"),
    ("division_head_approved", "to_be_revised"),
    ("to_be_revised", "revise_letter"),
    ("revise_letter", "ready_for_review"),
    ("assign_number", "reserve_number"),
    ("reserve_number", "sign_letter"),
    ("sign_letter", "signed"),
    ("signed", "send_letter", "approve"),
    ("signed", "to_be_revised"),
    ("send_letter", "letter_dispatched"),
)


def path_with(revisions: int) -> list[tuple[str, str]]:
    """Return the user tasks of one letter and their decisions, with so many revisions."""
    loop = [("review_by_unit_head", "return"), ("revise_letter", "")] * revisions
    return [
        ("draft_letter", ""),
        *loop,
        ("review_by_unit_head", "approve"),
        ("review_by_division_head", "approve"),
        ("assign_number", ""),
        ("sign_letter", "approve"),
        ("send_letter", ""),
    ]


def diagram(dialect: Dialect) -> bytes:
    """Return the flow as the engine reads it."""
    nodes = [_node("startEvent", "letter_needed", ""), _node("endEvent", "letter_dispatched", "")]
    nodes += [_user_task(element, lane, dialect) for element, lane in USER_TASKS.items()]
    nodes += [_timer(element, dialect) for element in USER_TASKS]
    nodes.append(_node("serviceTask", "reserve_number", dialect.service))
    for gateway in ("ready_for_review", "to_be_revised"):
        nodes.append(_node("exclusiveGateway", gateway, ""))
    for gateway in ("unit_head_approved", "division_head_approved", "signed"):
        nodes.append(
            _node("exclusiveGateway", gateway, f'default="{_flow_id(gateway, "to_be_revised")}"')
        )
    flows = [_flow(*flow, dialect=dialect) for flow in _FLOWS]
    return (
        f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" xmlns:xsi="{XSI}" '
        'targetNamespace="bench"><process id="bench_letter" name="Surat" isExecutable="true">'
        f"{_lanes()}{''.join(nodes)}{''.join(flows)}</process></definitions>"
    ).encode()


def _lanes() -> str:
    members: dict[str, list[str]] = {}
    for element, lane in USER_TASKS.items():
        members.setdefault(lane, []).append(element)
    members["mail_officer"] += ["reserve_number"]
    lanes = "".join(
        f'<lane id="lane_{lane}" name="{lane}">'
        + "".join(f"<flowNodeRef>{element}</flowNodeRef>" for element in elements)
        + "</lane>"
        for lane, elements in members.items()
    )
    return f'<laneSet id="lanes">{lanes}</laneSet>'


def _node(tag: str, element: str, attributes: str, inner: str = "") -> str:
    return f'<{tag} id="{element}" name="{element}" {attributes}>{inner}</{tag}>'


def _user_task(element: str, lane: str, dialect: Dialect) -> str:
    if not dialect.lanes:
        return _node("userTask", element, "")
    earlier = ",".join(other for other, of in USER_TASKS.items() if of != lane)
    rules = (
        "<extensionElements><camunda:properties>"
        f'<camunda:property name="separateFrom" value="{earlier}"/>'
        '<camunda:property name="samePerson" value="warn"/>'
        "</camunda:properties></extensionElements>"
    )
    who = f'camunda:formKey="any" camunda:candidateGroups="{lane}"'
    return _node("userTask", element, who, rules)


def _timer(element: str, dialect: Dialect) -> str:
    ended = f"reminded_{element}"
    return (
        f'<boundaryEvent id="late_{element}" attachedToRef="{element}" cancelActivity="false">'
        f'<timerEventDefinition id="timer_{element}"><timeDuration xsi:type="tFormalExpression">'
        f"{dialect.duration}</timeDuration></timerEventDefinition></boundaryEvent>"
        + _node("endEvent", ended, "")
        + _flow(f"late_{element}", ended, dialect=dialect)
    )


def _flow(source: str, target: str, decision: str = "", *, dialect: Dialect) -> str:
    condition = ""
    if decision:
        condition = (
            '<conditionExpression xsi:type="tFormalExpression">'
            f"{dialect.condition.format(decision)}</conditionExpression>"
        )
    return (
        f'<sequenceFlow id="{_flow_id(source, target)}" sourceRef="{source}" '
        f'targetRef="{target}">{condition}</sequenceFlow>'
    )


def _flow_id(source: str, target: str) -> str:
    return f"{source}_to_{target}"
