"""The vocabulary: which BPMN elements we execute, and what to draw instead of the others."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.bridge import event_definitions, local_name
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import EVENTS, EXECUTED, Finding
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
    "businessRuleTask": ("gerbang eksklusif dengan syarat", "an exclusive gateway with conditions"),
    "receiveTask": (
        "tugas pengguna yang mencatat penerimaan",
        "a user task that notes the receipt",
    ),
    "callActivity": ("langkah-langkahnya langsung di diagram ini", "its steps in this diagram"),
    "subProcess": ("langkah-langkahnya langsung di diagram ini", "its steps in this diagram"),
    "transaction": ("langkah-langkahnya langsung di diagram ini", "its steps in this diagram"),
    "adHocSubProcess": ("langkah-langkahnya berurutan", "its steps in an order"),
    "inclusiveGateway": (
        "gerbang eksklusif, atau gerbang paralel bila semua cabang dijalankan",
        "an exclusive gateway, or a parallel one when all branches are taken",
    ),
    "complexGateway": ("gerbang eksklusif atau paralel", "an exclusive or a parallel gateway"),
    "eventBasedGateway": (
        "tugas pengguna dengan pengatur waktu di tepinya",
        "a user task with a timer at its edge",
    ),
    "intermediateCatchEvent": (
        "tugas pengguna dengan pengatur waktu di tepinya",
        "a user task with a timer at its edge",
    ),
    "intermediateThrowEvent": (
        "tugas kirim dengan topic, atau aliran biasa",
        "a send task with a topic, or a plain flow",
    ),
    "multiInstanceLoopCharacteristics": (
        "gerbang eksklusif yang kembali ke tugas",
        "an exclusive gateway that leads back to the task",
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
    "tugas, gerbang eksklusif atau paralel, dan kejadian awal, akhir atau tepi",
    "tasks, exclusive or parallel gateways, and start, end or boundary events",
)
#: Event -> the definitions it may have, and what to draw instead.
_EVENTS: dict[str, tuple[list[list[str]], str, str]] = {
    "startEvent": ([[]], "kejadian awal polos", "a plain start event"),
    "endEvent": (
        [[], ["terminateEventDefinition"]],
        "kejadian akhir polos atau akhir total (terminate)",
        "a plain or a terminate end event",
    ),
    "boundaryEvent": (
        [["timerEventDefinition"], ["errorEventDefinition"]],
        "kejadian tepi dengan satu pengatur waktu atau satu galat",
        "a boundary event with one timer or one error",
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
    "messageRef": "",
    "operationRef": "",
}


def check_vocabulary(drawing: Drawing) -> Iterator[Finding]:
    """Nothing is drawn that would be dropped, downgraded or taken for something else."""
    for node in drawing.root:
        if local_name(node) not in _BESIDE:
            yield _unsupported(node, local_name(node))
    for node in drawing.process:
        kind = local_name(node)
        if kind not in EXECUTED | _DOCUMENTATION or not str(node.tag).startswith(BPMN):
            yield _unsupported(node, kind)
        elif kind in EXECUTED:
            yield from _check_inside(node)


def _check_inside(node: XmlNode) -> Iterator[Finding]:
    events = event_definitions(node)
    for child in node:
        known = child in events or local_name(child) in _INSIDE
        if not known or not str(child.tag).startswith(BPMN):
            yield _unsupported(node, local_name(child))
    for attribute, harmless in _ATTRIBUTES.items():
        if node.get(attribute, harmless) != harmless:
            yield _unsupported(node, attribute)
    if local_name(node) in EVENTS:
        yield from _check_event(node, [local_name(e) for e in events])
    elif events:
        yield _unsupported(node, local_name(events[0]))


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
