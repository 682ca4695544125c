"""The examination of a deployment: a diagram, its forms and its decisions, and how they fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from engine.catalog import HandlerCatalog
from engine.decisions import decision_ids, examine_decisions
from engine.diagrams import Diagram, Finding, examine
from engine.errors import DefinitionRejected


def examine_deployment(
    source: bytes,
    forms: Mapping[str, str] | None,
    decisions: Mapping[str, str] | None,
    catalog: HandlerCatalog,
) -> list[Finding]:
    """Return every finding, errors first; never raises.

    What is ``None`` is not looked at, nor whether the diagram needs it.
    """
    findings = examine(source, None if forms is None else list(forms), catalog)
    if decisions is not None:
        for text in decisions.values():
            findings += examine_decisions(text.encode())
        findings += _unfit(source, decisions, findings)
    return sorted(findings, key=lambda finding: finding.severity != "error")


def refuse_unsound(findings: list[Finding]) -> None:
    """Raise ``DefinitionRejected`` with all findings when one of them is an error."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = f"{errors[0].element or 'The file'}: {errors[0].message_en}"
        raise DefinitionRejected(
            f"The diagram has {len(errors)} errors. {first}", findings=findings
        )


def _unfit(
    source: bytes, decisions: Mapping[str, str], findings: list[Finding]
) -> Iterator[Finding]:
    counted = Counter(each for text in decisions.values() for each in decision_ids(text.encode()))
    for decision, count in counted.items():
        if count > 1:
            yield Finding(
                decision,
                "decision-twice",
                f"Keputusan {decision!r:.80} ada dalam {count} berkas. Pakai id yang berlainan.",
                f"Decision {decision!r:.80} is in {count} files. Use different ids.",
            )
    if any(finding.severity == "error" for finding in findings):
        return
    for element in Diagram.compile(source).elements.values():
        asks = element.type == "businessRuleTask"
        if asks and element.decision_ref not in counted:
            yield Finding(
                element.id,
                "decision-unknown",
                f"«{element.name}» memakai keputusan {element.decision_ref!r:.80}, yang tidak ikut"
                " diterbitkan. Letakkan berkas .dmn di samping diagram.",
                f'"{element.name}" uses decision {element.decision_ref!r:.80}, which was not'
                " deployed with it. Put the .dmn file beside the diagram.",
            )
