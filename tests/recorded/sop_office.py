"""An office that takes letters through the two SOPs: people who decide, a world that may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine_for_tests import CALENDAR, SetClock
from sqlalchemy.orm import Session

from engine import (
    SYSTEM,
    Actor,
    BusinessError,
    Database,
    DirectQueue,
    HandlerCatalog,
    ProcessEngine,
    RouteRequest,
    Secret,
    StepCall,
)

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
SOPS = ("outgoing_letter_sop_1_2_12", "outgoing_letter_kecamatan")

#: What the people of the office say unless a scenario has them say something else.
_USUAL = {"revise": "resubmit", "review": "approve", "sign": "approve"}
_PEOPLE = {
    "drafter": "Wulan",
    "unit_head": "Bagas",
    "second_reviewer": "Sekar",
    "office_secretary": "Galih",
    "mail_officer": "Tirta",
    "office_admin": "Laras",
    "signer": "Surya",
}


@dataclass
class Scenario:
    """One letter: what goes otherwise than usual, first come first served."""

    name: str
    decisions: dict[str, list[str]] = field(default_factory=dict)  #: task -> what is said instead
    failures: dict[str, list[str]] = field(default_factory=dict)  #: topic -> error codes
    late: str = ""  #: task that lies until its deadline has passed
    until: str = ""  #: task before which the recording ends


SCENARIOS = (
    Scenario("returned_once", {"unit_head": ["return"]}),
    Scenario("signing_failed", failures={"letter.sign": ["SIGNING_FAILED"]}),
    Scenario("sending_failed", failures={"letter.send": ["SENDING_FAILED"]}),
    Scenario("reminded", late="unit_head"),
    Scenario("cancelled", {"unit_head": ["return"], "revise": ["cancel"]}),
    Scenario("under_way", {"unit_head": ["return"]}, until="signer"),
)


class World:
    """Composes, signs and sends; fails as the scenario says."""

    def __init__(self, scenario: Scenario) -> None:
        self._failures = {topic: list(codes) for topic, codes in scenario.failures.items()}

    def perform(self, call: StepCall, secret: Secret | None = None) -> Mapping[str, Any]:
        if self._failures.get(call.topic):
            raise BusinessError(self._failures[call.topic].pop(0), "Layanan menolak.")
        return {"done": call.topic}

    def recall(self, call: StepCall) -> None:
        return None

    def record(
        self, call: StepCall, outcome: Mapping[str, Any], session: Session
    ) -> Mapping[str, Any]:
        results = {"letter.compose": "document", "letter.sign": "signed_document"}
        return {results[call.topic]: call.key[-24:]} if call.topic in results else {}


class Positions:
    """Every group is one position."""

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        return request.candidate_groups


class SopOffice:
    """Takes one letter through one SOP."""

    def __init__(self, database: Database, scenario: Scenario) -> None:
        self.clock = SetClock()
        self._scenario = scenario
        self._decisions = {who: list(said) for who, said in scenario.decisions.items()}
        self._waited = False
        self._queue = DirectQueue()
        self.engine = ProcessEngine(
            database,
            _catalog(World(scenario)),
            Positions(),
            self.clock,
            self._queue,
            lambda _scope: CALENDAR,
        )

    def take(self, sop: str) -> str:
        """Deploy the SOP, and take a letter through it; return the instance."""
        forms = {file.stem: file.read_text("utf-8") for file in (BPMN / "forms").glob("*.json")}
        source = (BPMN / f"{sop}.bpmn").read_bytes()
        deployed = self.engine.deploy(source, forms, SYSTEM)
        data = {"unit": "umum", "drafter": "wulan", "signer_stage": "head", "version": 0}
        letter = self.engine.start(
            deployed.process_id, "letter-1", "office", data, _person("drafter")
        )
        while tasks := self.engine.tasks_of(letter):
            [group] = self.engine.diagram(deployed.id).elements[tasks[0].element].candidate_groups
            if group == self._scenario.until:
                break
            self._do(tasks[0].id, tasks[0].element, group)
        return letter

    def _do(self, task: str, element: str, group: str) -> None:
        self.clock.pass_time(minutes=7)
        if group == self._scenario.late and not self._waited:
            self._waited = True
            self.clock.pass_time(days=3)
            self.engine.fire_due_timers()
        kind = element.split("_", maxsplit=1)[0]
        said = self._decisions.get(group) or self._decisions.get(kind)
        decision = said.pop(0) if said else _USUAL.get(kind, "")
        reason = "Mohon diperbaiki." if decision in ("return", "cancel") else ""
        secret = Secret("sandi") if kind == "sign" else None
        self.engine.complete_task(
            task, _person(group), {"decision": decision}, reason=reason, secret=secret
        )
        self.clock.pass_time(seconds=30)
        self._queue.run_pending(self.engine)


def _person(group: str) -> Actor:
    name = _PEOPLE[group]
    return Actor(name.lower(), name, group, positions=frozenset({group}))


def _catalog(world: World) -> HandlerCatalog:
    asked = ("draft", "review", "consent", "release", "review_or_consent")
    return HandlerCatalog(
        answers=dict.fromkeys([*(f"letter.{each}" for each in asked), "number.request"], _answer),
        immediate=dict.fromkeys(
            ["number.reserve", "letter.register", "letter.file", "letter.cancel"], _enter
        ),
        queued={"letter.compose": world, "letter.send": world},
        attended={"letter.sign": world},
        notices={"notice.remind": world},
    )


def _answer(call: StepCall, session: Session) -> Mapping[str, Any]:
    outputs = {"decision": call.answers["decision"]}
    if call.topic == "letter.draft":
        return {**outputs, "version": call.data["version"] + 1}
    return outputs


def _enter(call: StepCall, session: Session) -> Mapping[str, Any]:
    return {"numbered": True, "number": "1"} if call.topic == "number.reserve" else {}
