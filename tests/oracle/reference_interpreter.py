"""A second, independent reading of BPMN for tests: tokens in a list, nothing of SpiffWorkflow.

It is written for clarity from the BPMN specification, shares no code with the engine, and serves
as the oracle of the random walks. Conditions are of the form ``name = "value"``.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

#: What a service does: ("done", outputs), ("later", {}) or ("error", {"code": ...}).
Service = Callable[[str, str, int, dict[str, Any]], tuple[str, dict[str, Any]]]


class Reference:
    """One instance. ``waiting`` and ``open`` are what an observer sees after each command."""

    def __init__(self, source: bytes, service: Service, data: dict[str, Any]) -> None:
        root = ET.fromstring(source)  # noqa: S314  # drawn by the test itself
        process = root.find(f"{BPMN}process")
        self.nodes = {n.get("id"): n for n in process if n.tag != f"{BPMN}sequenceFlow"}
        self.flows = {f.get("id"): f for f in process.findall(f"{BPMN}sequenceFlow")}
        self.codes = {e.get("id"): e.get("errorCode") for e in root.findall(f"{BPMN}error")}
        self.service, self.data = service, dict(data)
        self.counts: Counter[str] = Counter()
        self.at_tasks: list[dict[str, Any]] = []
        self.at_joins: list[dict[str, Any]] = []
        self.moving: deque[tuple[str, str]] = deque()
        self.passages: Counter[tuple[str, str, int]] = Counter()
        self.moving.append((next(i for i in self.nodes if self._is(i, "startEvent")), ""))
        self._run()

    # What an observer sees.

    @property
    def waiting(self) -> set[tuple[str, str]]:
        seen = set()
        for token in self.at_tasks:
            kind = "task" if self._is(token["at"], "userTask", "manualTask") else "job"
            seen.add((f"{token['at']}#{token['n']}", kind))
            for event in token["armed"]:
                if self._event(event, "timer") is not None:
                    seen.add((f"{event}#{token['n']}", "timer"))
        return seen

    @property
    def open(self) -> set[tuple[str, int]]:
        return {(token["at"], token["n"]) for token in self.at_tasks + self.at_joins}

    @property
    def completed(self) -> bool:
        return not self.at_tasks and not self.at_joins

    def new_passages(self) -> Counter[tuple[str, str, int]]:
        passages, self.passages = self.passages, Counter()
        return passages

    # Commands.

    def complete(self, waiting_id: str, outputs: dict[str, Any]) -> None:
        token = self._token(waiting_id)
        self.at_tasks.remove(token)
        self.data.update(outputs)
        self._leave(token["at"], token["n"])
        self._run()

    def throw(self, waiting_id: str, code: str, payload: dict[str, Any]) -> bool:
        token = self._token(waiting_id)
        event = self._catcher(token, code)
        if event is None:
            return False
        self.data.update(payload)
        self._interrupt(token)
        self._happen(event, token["n"])
        self._run()
        return True

    def fire(self, waiting_id: str) -> None:
        event, n = waiting_id.split("#")
        token = next(t for t in self.at_tasks if t["n"] == int(n) and event in t["armed"])
        if self.nodes[event].get("cancelActivity", "true") == "true":
            self._interrupt(token)
        else:
            token["armed"].remove(event)
        self._happen(event, token["n"])
        self._run()

    # Semantics.

    def _run(self) -> None:
        while self.moving:
            self._enter(*self.moving.popleft())

    def _enter(self, at: str, flow: str) -> None:
        if self._is(at, "parallelGateway"):
            self._join(at, flow)
            return
        n = self._count(at)
        if self._is(at, "userTask", "manualTask"):
            self.at_tasks.append({"at": at, "n": n, "armed": self._boundaries(at)})
        elif self._is(at, "serviceTask", "sendTask"):
            self._serve({"at": at, "n": n, "armed": self._boundaries(at)})
        elif self._is(at, "exclusiveGateway"):
            self._leave(at, n, [self._chosen(at)])
        elif self._is(at, "endEvent"):
            self._leave(at, n)
            if self.nodes[at].find(f"{BPMN}terminateEventDefinition") is not None:
                for token in self.at_tasks + self.at_joins:
                    self.passages["cancelled", token["at"], token["n"]] += 1
                self.at_tasks, self.at_joins = [], []
                self.moving.clear()
        else:
            self._leave(at, n)

    def _join(self, at: str, flow: str) -> None:
        gathering = next(
            (j for j in self.at_joins if j["at"] == at and flow not in j["came"]), None
        )
        if gathering is None:
            gathering = {"at": at, "n": self._count(at), "came": set()}
            self.at_joins.append(gathering)
        gathering["came"].add(flow)
        if gathering["came"] == {i for i, f in self.flows.items() if f.get("targetRef") == at}:
            self.at_joins.remove(gathering)
            self._leave(at, gathering["n"])

    def _serve(self, token: dict[str, Any]) -> None:
        at, n = token["at"], token["n"]
        topic = self.nodes[at].get(f"{CAMUNDA}topic")
        outcome, values = self.service(at, topic, n, self.data)
        if outcome == "later":
            self.at_tasks.append(token)
        elif outcome == "done":
            self.data.update(values)
            self._leave(at, n)
        else:
            self.data["error"] = values
            self.passages["cancelled", at, n] += 1
            event = self._catcher(token, values["code"])
            assert event is not None
            self._happen(event, n)

    def _interrupt(self, token: dict[str, Any]) -> None:
        self.at_tasks.remove(token)
        self.passages["cancelled", token["at"], token["n"]] += 1

    def _happen(self, event: str, n: int) -> None:
        self.passages["entered", event, n] += 1
        self._leave(event, n)

    def _leave(self, at: str, n: int, ways: list[str] | None = None) -> None:
        self.passages["left", at, n] += 1
        outgoing = [i for i, f in self.flows.items() if f.get("sourceRef") == at]
        for flow in outgoing if ways is None else ways:
            self.passages["taken", flow, n] += 1
            self.moving.append((self.flows[flow].get("targetRef"), flow))

    def _chosen(self, at: str) -> str:
        for flow_id, flow in self.flows.items():
            condition = flow.find(f"{BPMN}conditionExpression")
            if flow.get("sourceRef") == at and condition is not None:
                name, value = re.fullmatch(r'(\w+) = "(\w+)"', condition.text).groups()
                if self.data.get(name) == value:
                    return flow_id
        only = [i for i, f in self.flows.items() if f.get("sourceRef") == at]
        return self.nodes[at].get("default") or only[0]

    # Looking things up.

    def _count(self, at: str) -> int:
        self.counts[at] += 1
        self.passages["entered", at, self.counts[at]] += 1
        return self.counts[at]

    def _is(self, at: str, *kinds: str) -> bool:
        return self.nodes[at].tag.removeprefix(BPMN) in kinds

    def _boundaries(self, at: str) -> list[str]:
        return [i for i, n in self.nodes.items() if n.get("attachedToRef") == at]

    def _event(self, event: str, kind: str) -> Any:
        return self.nodes[event].find(f"{BPMN}{kind}EventDefinition")

    def _catcher(self, token: dict[str, Any], code: str) -> str | None:
        for event in token["armed"]:
            error = self._event(event, "error")
            if error is not None and self.codes[error.get("errorRef")] == code:
                return event
        return None

    def _token(self, waiting_id: str) -> dict[str, Any]:
        at, n = waiting_id.split("#")
        return next(t for t in self.at_tasks if t["at"] == at and t["n"] == int(n))
