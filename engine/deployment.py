"""Deployment: whether a diagram, its forms, its decisions and what it calls fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from engine.catalog import Actor, HandlerCatalog
from engine.database import Database
from engine.decisions import decision_ids, examine_decisions
from engine.definitions import Definition
from engine.diagrams import WITHIN, Diagram, Finding, examine
from engine.errors import DefinitionRejected
from engine.message_circles import message_circles
from engine.services import Parts
from engine.timed_starts import TimedStarts

#: How often the next version's number may be taken by other owners who deploy at the same moment.
_TRIES = 5


@dataclass(frozen=True)
class Deploying:
    """Examines what is to be deployed with the processes it calls, and stores what is sound."""

    database: Database
    parts: Parts

    def examine(
        self, source: bytes, forms: Mapping[str, str] | None, decisions: Mapping[str, str] | None
    ) -> list[Finding]:
        """Return every finding, errors first; what is ``None`` is not looked at."""
        sources = _sources(self._callees(source))
        findings = examine_deployment(source, forms, decisions, self.parts.catalog, sources)
        if any(finding.severity == "error" for finding in findings):
            return findings
        diagram = Diagram.compile(source, sources)
        with self.database.reading() as session:
            return [*findings, *message_circles(session, self.parts.definitions, diagram)]

    def deploy(
        self,
        source: bytes,
        forms: Mapping[str, str],
        decisions: Mapping[str, str],
        actor: Actor,
    ) -> Definition:
        """Store the next version; it keeps to the newest versions of the processes it calls.

        Raises ``DefinitionRejected`` with ``details["findings"]``.
        """
        # What is examined is what is stored, though a callee may be deployed in between.
        callees = self._callees(source)
        sources = _sources(callees)
        refuse_unsound(examine_deployment(source, forms, decisions, self.parts.catalog, sources))
        diagram = Diagram.compile(source, sources)
        overtaken = 0
        while True:
            seen = self._version(diagram)
            try:
                with self.database.transaction() as session:
                    added = self.parts.definitions.add(
                        session,
                        diagram,
                        forms,
                        decisions,
                        deployed_by=actor.name,
                        at=self.parts.clock.now(),
                        callees=callees,
                    )
                    if added.version > seen:  # else it is the one that stands, with its moments
                        timed = TimedStarts(self.database, self.parts)
                        timed.set(session, added.process_id, added.id, diagram.starts)
                    return added
            except IntegrityError:
                # Where another owner took this number, ours is the next one.
                overtaken += 1
                if overtaken == _TRIES or self._version(diagram) == seen:
                    raise

    def _version(self, diagram: Diagram) -> int:
        with self.database.reading() as session:
            newest = self.parts.definitions.newest(session, diagram.process_id)
        return newest.version if newest else 0

    def _callees(self, source: bytes) -> dict[str, Definition]:
        with self.database.reading() as session:
            return self.parts.definitions.callees(session, source)


def _sources(callees: Mapping[str, Definition]) -> dict[str, bytes]:
    return {name: used.source for name, used in callees.items()}


def examine_deployment(
    source: bytes,
    forms: Mapping[str, str] | None,
    decisions: Mapping[str, str] | None,
    catalog: HandlerCatalog,
    callees: Mapping[str, bytes],
) -> list[Finding]:
    """Return every finding, errors first; never raises. ``callees`` are the processes it calls.

    What is ``None`` is not looked at, nor whether the diagram needs it.
    """
    findings = examine(source, None if forms is None else list(forms), catalog, callees)
    if decisions is not None:
        for text in decisions.values():
            findings += examine_decisions(text.encode())
        findings += _unfit(source, decisions, findings, callees)
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
    source: bytes,
    decisions: Mapping[str, str],
    findings: list[Finding],
    callees: Mapping[str, bytes],
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
    for element in Diagram.compile(source, callees).elements.values():
        asks = element.type == "businessRuleTask" and WITHIN not in element.id
        if asks and element.decision_ref not in counted:
            yield Finding(
                element.id,
                "decision-unknown",
                f"«{element.name}» memakai keputusan {element.decision_ref!r:.80}, yang tidak ikut"
                " diterbitkan. Letakkan berkas .dmn di samping diagram.",
                f'"{element.name}" uses decision {element.decision_ref!r:.80}, which was not'
                " deployed with it. Put the .dmn file beside the diagram.",
            )
