"""The closed list of what a decision file may contain; all else is a finding, never ignored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.findings import Finding
from engine.hostile_xml import XmlNode

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMN = f"{{{NAMESPACE}}}"
#: Layout of the file: shapes and edges.
LAYOUT = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}DMNDI"
CAMUNDA = "{http://camunda.org/schema/1.0/dmn}"

_TEXT = frozenset({"text"})
#: Element -> what may stand in it. ``description`` and an empty ``extensionElements`` may always.
_CONTENT: Mapping[str, frozenset[str]] = {
    "definitions": frozenset(
        {"decision", "inputData", "knowledgeSource", "textAnnotation", "association"}
    ),
    "decision": frozenset(
        {
            "question",
            "allowedAnswers",
            "variable",
            "informationRequirement",
            "authorityRequirement",
            "decisionTable",
            "literalExpression",
        }
    ),
    "informationRequirement": frozenset({"requiredDecision", "requiredInput"}),
    "authorityRequirement": frozenset({"requiredDecision", "requiredInput", "requiredAuthority"}),
    "inputData": frozenset({"variable"}),
    "decisionTable": frozenset({"input", "output", "annotation", "rule"}),
    "input": frozenset({"inputExpression", "inputValues"}),
    "output": frozenset({"outputValues", "defaultOutputEntry"}),
    "rule": frozenset({"inputEntry", "outputEntry", "annotationEntry"}),
    "association": frozenset({"sourceRef", "targetRef"}),
    "knowledgeSource": frozenset({"authorityRequirement", "type"}),
    **dict.fromkeys(
        (
            "inputExpression",
            "inputValues",
            "outputValues",
            "defaultOutputEntry",
            "inputEntry",
            "outputEntry",
            "annotationEntry",
            "literalExpression",
            "textAnnotation",
        ),
        _TEXT,
    ),
}
_EVERYWHERE = frozenset({"description", "extensionElements"})
_HARMLESS = frozenset({f"{CAMUNDA}historyTimeToLive", f"{CAMUNDA}versionTag"})
_LANGUAGES = frozenset(
    {"", "feel", "s-feel", "sfeel", "https://www.omg.org/spec/dmn/20191111/feel/"}
)


def check_vocabulary(root: XmlNode) -> Iterator[Finding]:
    """Yield what the engine would not execute as it is written."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield from _check_attributes(node)
        allowed = _CONTENT.get(_local(node), frozenset()) | _EVERYWHERE
        for child in node:
            if child.tag == LAYOUT and node is root:
                continue
            known = child.tag.startswith(DMN) and _local(child) in allowed
            if not known or (_local(child) == "extensionElements" and len(child)):
                yield _unsupported(child)
            else:
                pending.append(child)


def _check_attributes(node: XmlNode) -> Iterator[Finding]:
    language = node.get("expressionLanguage", "")
    if language.lower() not in _LANGUAGES:
        yield Finding(
            place_of(node),
            "language",
            f"Ungkapan ditulis dalam bahasa {language!r:.60}. Tulis dengan FEEL.",
            f"The expression is written in {language!r:.60}. Write it in FEEL.",
        )
    for name in node.attrib:
        if name.startswith(CAMUNDA) and name not in _HARMLESS:
            yield Finding(
                place_of(node),
                "attribute",
                f"Atribut {name.removeprefix(CAMUNDA)!r:.60} tidak dilaksanakan. Hapus.",
                f"Attribute {name.removeprefix(CAMUNDA)!r:.60} is not executed. Remove it.",
            )


def _unsupported(node: XmlNode) -> Finding:
    return Finding(
        place_of(node),
        "not-supported",
        f"Unsur {_local(node)!r:.60} tidak dilaksanakan. Pakai tabel keputusan atau satu ungkapan"
        " FEEL.",
        f"Element {_local(node)!r:.60} is not executed. Use a decision table or one FEEL"
        " expression.",
    )


def place_of(node: XmlNode) -> str:
    """Return the id of the element, or of the nearest one around it that has one."""
    while node is not None:
        if found := node.get("id"):
            return str(found)
        node = node.getparent()
    return ""


def _local(node: XmlNode) -> str:
    return str(node.tag).rpartition("}")[2]
