"""The vocabulary: which BPMN elements we execute, and what to draw instead of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.diagrams.bridge import event_definitions, local_name
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import ACTIVITIES, EVENTS, EXECUTED, Finding
from engine.diagrams.reading import BPMN, XmlNode

#: What may stand in a process beside what is executed: documentation.
_DOCUMENTATION = frozenset(
    {
        "sequenceFlow",
        "laneSet",
        "documentation",
        "extensionElements",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "property",
    }
)
#: What may stand inside a flow node.
_INSIDE = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
    }
)
#: The one way in which an activity may be performed again.
_LOOP = "multiInstanceLoopCharacteristics"
#: What may stand in the description of a multi-instance activity.
_REPEATED = frozenset({"documentation", "extensionElements", "completionCondition"})
#: What may stand in the file beside the process.
_BESIDE = frozenset(
    {
        "process",
        "collaboration",
        "error",
        "documentation",
        "extensionElements",
        "category",
        "dataStore",
        "itemDefinition",
        "message",
        "signal",
        "escalation",
        "BPMNDiagram",
    }
)

#: Refused element -> what to draw instead, Indonesian and English.
_INSTEAD = {
    "scriptTask": ("tugas layanan dengan topic", "a service task with a topic"),
    "task": ("tugas pengguna atau tugas layanan", "a user task or a service task"),
    "transaction": (
        "subproses biasa dengan kejadian galat di tepinya",
        "a plain sub-process with an error event at its edge",
    ),
    "adHocSubProcess": (
        "subproses biasa dengan langkah berurutan",
        "a plain sub-process with its steps in an order",
    ),
    "triggeredByEvent": (
        "subproses biasa dengan kejadian tepi, bukan subproses kejadian",
        "a plain sub-process with boundary events, not an event sub-process",
    ),
    "isForCompensation": (
        "langkah pembatalan sesudah kejadian galat di tepi subproses",
        "the undoing steps behind an error event at the edge of a sub-process",
    ),
    "choreographyTask": ("tugas kirim dan tugas terima", "a send task and a receive task"),
    "callChoreography": ("aktivitas panggil (call activity)", "a call activity"),
    "subChoreography": ("subproses", "a sub-process"),
    "complexGateway": (
        "gerbang inklusif, eksklusif atau paralel",
        "an inclusive, an exclusive or a parallel gateway",
    ),
    "loopCardinality": (
        "daftar pada «Collection» dan nama pada «Element variable»",
        'a list in "Collection" and a name in "Element variable"',
    ),
    "messageRef": (
        "kejadian antara yang mengirim pesan (message throw)",
        "an intermediate event that throws the message",
    ),
    "instantiate": ("kejadian awal dengan pesan", "a message start event"),
    "eventGatewayType": (
        "gerbang paralel dengan satu kejadian pada tiap cabang",
        "a parallel gateway with one event on each branch",
    ),
    "standardLoopCharacteristics": (
        "gerbang eksklusif yang kembali ke tugas",
        "an exclusive gateway that leads back to the task",
    ),
    "ioSpecification": ("parameter masukan tugas layanan", "input parameters of a service task"),
    "potentialOwner": ("kelompok calon (candidateGroups)", "candidate groups"),
    "humanPerformer": ("kelompok calon (candidateGroups)", "candidate groups"),
    "performer": ("kelompok calon (candidateGroups)", "candidate groups"),
}
_OTHERWISE = (
    "tugas, subproses, gerbang, dan kejadian dengan waktu, pesan, galat atau eskalasi",
    "tasks, sub-processes, gateways, and events with a timer, message, error or escalation",
)
#: Event -> the definitions it may have, and what to draw instead.
_EVENTS: dict[str, tuple[list[list[str]], str, str]] = {
    "startEvent": (
        [[], ["messageEventDefinition"], ["timerEventDefinition"]],
        "kejadian awal polos, atau dengan satu pesan atau satu pengatur waktu",
        "a plain start event, or one with a message or a timer",
    ),
    "endEvent": (
        [
            [],
            ["terminateEventDefinition"],
            ["errorEventDefinition"],
            ["messageEventDefinition"],
            ["escalationEventDefinition"],
        ],
        "kejadian akhir polos, akhir total (terminate), atau dengan satu galat, pesan atau"
        " eskalasi",
        "a plain or a terminate end event, or one with an error, a message or an escalation",
    ),
    "boundaryEvent": (
        [
            ["timerEventDefinition"],
            ["errorEventDefinition"],
            ["messageEventDefinition"],
            ["escalationEventDefinition"],
        ],
        "kejadian tepi dengan satu pengatur waktu, galat, pesan atau eskalasi",
        "a boundary event with one timer, error, message or escalation",
    ),
    "intermediateCatchEvent": (
        [["timerEventDefinition"], ["messageEventDefinition"]],
        "kejadian antara yang menunggu satu waktu atau satu pesan; syarat digambar dengan gerbang"
        " eksklusif, tautan dengan aliran biasa",
        "an intermediate event that waits for a timer or a message; draw a condition as an"
        " exclusive gateway, a link as a plain flow",
    ),
    "intermediateThrowEvent": (
        [["messageEventDefinition"], ["escalationEventDefinition"]],
        "kejadian antara yang mengirim satu pesan atau satu eskalasi; sinyal digambar sebagai"
        " pesan, tautan sebagai aliran biasa",
        "an intermediate event that throws a message or an escalation; draw a signal as a message,"
        " a link as a plain flow",
    ),
}
#: Attributes that would change the meaning, and their harmless value.
_ATTRIBUTES = {
    "isForCompensation": "false",
    "triggeredByEvent": "false",
    "parallelMultiple": "false",
    "instantiate": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "operationRef": "",
    "eventGatewayType": "Exclusive",
}


def vocabulary() -> dict[str, Any]:
    """Return what may be drawn, for programs that draw.

    ``elements``: name -> the lists of event definitions it may have; ``attributes``: name -> the
    only value it may have; ``loops``: how an activity may be performed again.
    """
    plain: dict[str, list[list[str]]] = {kind: [[]] for kind in EXECUTED | _DOCUMENTATION}
    events = {kind: allowed for kind, (allowed, _, _) in _EVENTS.items()}
    return {"elements": plain | events, "attributes": _ATTRIBUTES, "loops": [_LOOP]}


def check_vocabulary(drawing: Drawing) -> Iterator[Finding]:
    """Nothing is drawn that would be dropped, downgraded or taken for something else."""
    for node in drawing.root:
        if local_name(node) not in _BESIDE:
            yield _unsupported(node, local_name(node))
    for container in (drawing.process, *drawing.process.iter(f"{BPMN}subProcess")):
        for node in container:
            if container is drawing.process or not _belongs(node):
                yield from _check_node(node)


def _check_node(node: XmlNode) -> Iterator[Finding]:
    kind = local_name(node)
    if kind not in EXECUTED | _DOCUMENTATION or not str(node.tag).startswith(BPMN):
        yield _unsupported(node, kind)
    elif kind in EXECUTED:
        yield from _check_inside(node)


def _belongs(node: XmlNode) -> bool:
    """Tell whether a child of a sub-process describes the sub-process itself."""
    return local_name(node) in _INSIDE or local_name(node).endswith("LoopCharacteristics")


def _check_inside(node: XmlNode) -> Iterator[Finding]:
    events, kind = event_definitions(node), local_name(node)
    for child in node:
        inner = local_name(child)
        if inner == _LOOP and kind in ACTIVITIES:
            yield from _check_repeated(node, child)
        elif kind == "subProcess" and not _belongs(child):
            continue  # what stands in a sub-process is checked by itself
        elif not (child in events or inner in _INSIDE) or not str(child.tag).startswith(BPMN):
            yield _unsupported(node, inner)
    for attribute, harmless in _ATTRIBUTES.items():
        if node.get(attribute, harmless) != harmless:
            yield _unsupported(node, attribute)
    if kind != "receiveTask" and node.get("messageRef"):
        yield _unsupported(node, "messageRef")
    if kind in EVENTS:
        yield from _check_event(node, [local_name(e) for e in events])
    elif events:
        yield _unsupported(node, local_name(events[0]))


def _check_repeated(node: XmlNode, drawn: XmlNode) -> Iterator[Finding]:
    for child in drawn:
        if local_name(child) not in _REPEATED:
            yield _unsupported(node, local_name(child))
    if drawn.get("behavior", "All") != "All":
        yield _unsupported(node, "behavior")


def _check_event(node: XmlNode, found: list[str]) -> Iterator[Finding]:
    allowed, instead, instead_en = _EVENTS[local_name(node)]
    if found not in allowed:
        kinds = ", ".join(found) or "-"
        name = node.get("name") or node.get("id", "")
        yield Finding(
            node.get("id", ""),
            "event-kind",
            f"Jenis kejadian «{name}» ({kinds}) tidak dijalankan. Gambar {instead}.",
            f'The kind of event "{name}" ({kinds}) is not executed. Draw {instead_en}.',
        )


def _unsupported(node: XmlNode, kind: str) -> Finding:
    instead, instead_en = _INSTEAD.get(kind, _OTHERWISE)
    name = node.get("name") or node.get("id") or kind
    return Finding(
        node.get("id", ""),
        "not-supported",
        f"«{name}» memakai {kind}, yang tidak dijalankan. Gambar {instead}.",
        f'"{name}" uses {kind}, which is not executed. Draw {instead_en}.',
    )
