"""Extensions: the Camunda attributes we read; whatever would execute something is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.diagrams.bridge import local_name
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import HUMAN, SERVICE, Finding
from engine.diagrams.reading import BPMN, CAMUNDA, XmlNode

#: Camunda attribute -> elements on which we read it; an empty set means: anywhere, no meaning.
_READ: dict[str, frozenset[str]] = {
    "formKey": HUMAN,
    "candidateGroups": HUMAN,
    "topic": SERVICE,
    "type": SERVICE,
    "decisionRef": frozenset({"businessRuleTask"}),
    "resultVariable": frozenset({"businessRuleTask"}),
    "mapDecisionResult": frozenset({"businessRuleTask"}),
    "collection": frozenset({"multiInstanceLoopCharacteristics"}),
    "elementVariable": frozenset({"multiInstanceLoopCharacteristics"}),
    "modelerTemplate": frozenset(),
    "modelerTemplateVersion": frozenset(),
    "modelerTemplateIcon": frozenset(),
    "versionTag": frozenset(),
    "historyTimeToLive": frozenset(),
    "isStartableInTasklist": frozenset(),
}
#: Camunda attributes about its own job executor: they change nothing here.
_WITHOUT_EFFECT = frozenset(
    {"asyncBefore", "asyncAfter", "exclusive", "jobPriority", "taskPriority", "priority"}
)
_FOREIGN_ENGINES = ("spiffworkflow", "zeebe", "activiti", "flowable", "jboss", "drools")
_STRUCTURE = frozenset(
    {
        f"{CAMUNDA}properties",
        f"{CAMUNDA}property",
        f"{CAMUNDA}inputOutput",
        f"{CAMUNDA}inputParameter",
    }
)


#: Written in a call activity, with the attributes that we read.
_MAPPINGS = frozenset({f"{CAMUNDA}in", f"{CAMUNDA}out"})


def check_extensions(drawing: Drawing) -> Iterator[Finding]:
    """Every extension is one we read; those of other engines would silently do nothing."""
    for node in drawing.root.iter():
        if not str(node.tag).startswith(BPMN):
            continue
        for attribute, value in node.attrib.items():
            yield from _check_attribute(node, str(attribute), str(value))
        yield from _check_names(node)
        for holder in node.iterfind(f"{BPMN}extensionElements"):
            for extension in holder.iterdescendants():
                yield from _check_extension(node, extension)


def _check_names(node: XmlNode) -> Iterator[Finding]:
    for tag in ("property", "inputParameter"):
        found = node.iterfind(f"{BPMN}extensionElements/{CAMUNDA}*/{CAMUNDA}{tag}")
        names = Counter(each.get("name", "") for each in found)
        for name, count in names.items():
            if count > 1:
                yield Finding(
                    _nearest_id(node),
                    "duplicate-name",
                    f"Nama {name!r} ditulis {count} kali pada unsur ini. Tulis sekali saja.",
                    f"Name {name!r} is written {count} times on this element. Write it once.",
                )


def _check_attribute(node: XmlNode, attribute: str, value: str) -> Iterator[Finding]:
    name = attribute.rpartition("}")[2]
    if attribute.startswith(CAMUNDA):
        where = _READ.get(name)
        if name in _WITHOUT_EFFECT:
            yield _ignored(node, f"camunda:{name}")
        elif where is None or (where and local_name(node) not in where):
            yield _refused(node, f"camunda:{name}")
        elif name == "type" and value != "external":
            yield _refused(node, f'camunda:type="{value}"')
    elif attribute.startswith("{") and _is_foreign_engine(attribute):
        yield _refused(node, name)


def _check_extension(node: XmlNode, extension: XmlNode) -> Iterator[Finding]:
    tag = str(extension.tag)
    if tag in _STRUCTURE:
        return
    if tag in _MAPPINGS and local_name(node) == "callActivity":
        for attribute in set(extension.attrib) - {"source", "target"}:
            yield _refused(node, f"camunda:{local_name(extension)} {attribute}")
        return
    if tag.startswith(CAMUNDA) or _is_foreign_engine(tag):
        yield _refused(node, local_name(extension))
    elif local_name(extension.getparent()) == "extensionElements":
        yield _ignored(node, local_name(extension))


def _is_foreign_engine(name: str) -> bool:
    namespace = name.partition("}")[0].lower()
    return any(engine in namespace for engine in _FOREIGN_ENGINES)


def _refused(node: XmlNode, what: str) -> Finding:
    return Finding(
        _nearest_id(node),
        "foreign-extension",
        f"{what} pada unsur ini tidak dijalankan. Hapus, dan pakai topic, formKey, candidateGroups,"
        " properti atau parameter masukan.",
        f"{what} on this element is not executed. Remove it, and use topic, formKey,"
        " candidateGroups, properties or input parameters.",
    )


def _ignored(node: XmlNode, what: str) -> Finding:
    return Finding(
        _nearest_id(node),
        "extension-ignored",
        f"{what} tidak dibaca dan tidak berpengaruh. Hapus bila tidak diperlukan alat lain.",
        f"{what} is not read and has no effect. Remove it unless another tool needs it.",
        "warning",
    )


def _nearest_id(node: XmlNode) -> str:
    while node is not None and not node.get("id"):
        node = node.getparent()
    return "" if node is None else str(node.get("id"))
