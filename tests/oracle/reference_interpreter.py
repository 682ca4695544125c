"""A second, independent reading of BPMN for tests: tokens in a list, nothing of SpiffWorkflow.

It is written for clarity from the BPMN specification, shares no code with the engine, and serves
as the oracle of the random walks. Conditions are of the form ``name = "value"``.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any

from oracle.drawn import Drawn
from oracle.reference_drawing import Drawing
from oracle.reference_token import Token

#: What a service does: ("done", outputs), ("later", {}) or ("error", {"code": ...}).
Service = Callable[[str, str, int, Mapping[str, Any]], tuple[str, dict[str, Any]]]


class Reference:
    """One instance. ``waiting`` and ``open`` are what an observer sees after each command."""

    def __init__(
        self, drawn: Drawn, service: Service, data: Mapping[str, Any], start: str = ""
    ) -> None:
        self.drawing, self.tables = Drawing(drawn.source, drawn.called), drawn.tables
        self.service, self.data = service, dict(data)
        self.counts: Counter[str] = Counter()
        self.tokens: list[Token] = []
        self.moving: deque[tuple[Callable[..., None], Token | None, tuple[Any, ...]]] = deque()
        self.passages: Counter[tuple[str, str, int]] = Counter()
        self.happened: set[tuple[str, int]] = set()  #: events at an edge
        #: what somebody else is asked to do: jobs, notices and messages
        self.asked: set[tuple[str, int]] = set()
        self._later(self._enter, None, start or self.drawing.start_of(""), "", None)
        self._run()

    # What an observer sees.

    @property
    def waiting(self) -> set[tuple[str, str]]:
        seen = set()
        for token in self.tokens:
            if kind := self._kind(token):
                seen.add((f"{token.at}#{token.n}", kind))
            for event in token.armed:
                if (kind := self.drawing.event(event)) in ("timer", "message"):
                    seen.add((f"{event}#{token.n}", kind))
        return seen

    @property
    def open(self) -> set[tuple[str, int]]:
        return {(token.at, token.n) for token in self.tokens}

    @property
    def completed(self) -> bool:
        return not self.tokens

    def new_passages(self) -> Counter[tuple[str, str, int]]:
        passages, self.passages = self.passages, Counter()
        return passages

    def new_requests(self) -> set[tuple[str, int]]:
        asked, self.asked = self.asked, set()
        return asked

    def view(self, waiting_id: str) -> dict[str, Any]:
        """The data as the one that waits sees them."""
        return self._view(self._token(waiting_id))

    # Commands.

    def complete(self, waiting_id: str, outputs: dict[str, Any]) -> None:
        """A task is done, a job answered, an intermediate event or receive task has happened."""
        token = self._token(waiting_id)
        for rival in [t for t in self.tokens if token.race and t.race == token.race]:
            if rival is not token:
                self._cancel(rival)
        self._write(token, outputs)
        self._leave(token)
        self._run()

    def throw(self, waiting_id: str, code: str, payload: dict[str, Any]) -> bool:
        caught = self._caught(self._token(waiting_id), "error", code, payload)
        self._run()
        return caught

    def fire(self, waiting_id: str, payload: Mapping[str, Any] | None = None) -> None:
        """A timer or a message has come, at an edge or in the way."""
        event, n = waiting_id.split("#")
        if not self.drawing.attached_to(event):
            self.complete(waiting_id, dict(payload or {}))
            return
        token = next(t for t in self.tokens if event in t.armed and t.n == int(n))
        if self.drawing.event(event) == "timer":
            token.armed.remove(event)
        self._happen(event, token, dict(payload or {}))
        self._run()

    # Tokens on their way.

    def _later(self, what: Callable[..., None], scope: Token | None, *arguments: Any) -> None:
        self.moving.append((what, scope, arguments))

    def _run(self) -> None:
        while self.moving or self._release():
            what, scope, arguments = self.moving.popleft()
            what(scope, *arguments)

    def _enter(self, scope: Token | None, at: str, flow: str, race: tuple[str, int] | None) -> None:
        kind = self.drawing.kind(at)
        if kind in ("parallelGateway", "inclusiveGateway"):
            self._gather(scope, at, flow)
            return
        token = self._open(scope, at, race=race)
        token.armed = self.drawing.boundaries(at)
        if self.drawing.repetition(at) is not None:
            self._begin_instances(token)
        elif kind == "exclusiveGateway":
            self._leave(token, [self._chosen(token)])
        elif kind == "eventBasedGateway":
            self._leave(token, race=(at, token.n))
        elif kind == "endEvent":
            self._end(token)
        elif kind == "intermediateThrowEvent":
            self._tell(token)
        else:
            self._perform(scope, token)

    def _perform(self, _scope: Token | None, token: Token) -> None:
        """An activity, or one of its instances, begins; an event begins to wait."""
        if token not in self.tokens:
            return
        kind = self.drawing.kind(token.at)
        if kind in ("subProcess", "callActivity"):
            self._pass_in(token)
            self._later(self._enter, token, self.drawing.start_of(token.at), "", None)
        elif kind in ("serviceTask", "sendTask"):
            self._serve(token)
        elif kind == "businessRuleTask":
            decision, result = self.drawing.decision(token.at)
            self._write(token, {result: self.tables[decision].decide(self._view(token))})
            self._leave(token)
        elif kind == "startEvent":
            self._leave(token)

    def _serve(self, token: Token) -> None:
        topic = self.drawing.topic(token.at)
        outcome, values = self.service(token.at, topic, token.n, self._view(token))
        token.later = outcome == "later"
        if token.later or topic.startswith("notice."):
            self.asked.add((token.at, token.n))
        if outcome == "done":
            self._write(token, values)
            self._leave(token)
        elif outcome == "error":
            assert self._caught(token, "error", values["code"], {"error": values})

    def _leave(
        self, token: Token, ways: list[str] | None = None, race: tuple[str, int] | None = None
    ) -> None:
        self.tokens.remove(token)
        self.passages["left", token.at, token.n] += 1
        if token.index is not None:
            self._instance_ended(token)
            return
        for flow in self.drawing.outgoing(token.at) if ways is None else ways:
            self.passages["taken", flow, token.n] += 1
            self._later(self._enter, token.scope, self.drawing.target(flow), flow, race)

    def _end(self, token: Token) -> None:
        kind, scope = self.drawing.event(token.at), token.scope
        self._leave(token)
        if kind == "message":
            self.asked.add((token.at, token.n))
        if kind == "terminate":
            self._withdraw_inside(scope)
        elif kind in ("error", "escalation"):
            caught = self._caught(token, kind, self.drawing.code(token.at), {})
            assert caught or kind == "escalation"
        self._end_scope(scope)

    def _tell(self, token: Token) -> None:
        """An intermediate throw event: an escalation may interrupt the very scope it is in."""
        self.tokens.remove(token)
        self.passages["left", token.at, token.n] += 1
        if self.drawing.event(token.at) == "message":
            self.asked.add((token.at, token.n))
        if self.drawing.event(token.at) == "escalation":
            self._caught(token, "escalation", self.drawing.code(token.at), {})
        if token.scope is None or token.scope in self.tokens:
            for flow in self.drawing.outgoing(token.at):
                self.passages["taken", flow, token.n] += 1
                self._later(self._enter, token.scope, self.drawing.target(flow), flow, None)

    def _end_scope(self, scope: Token | None) -> None:
        if scope is not None and scope in self.tokens and not self._anything_in(scope):
            self._pass_out(scope)
            self._leave(scope)

    # Calls.

    def _pass_in(self, call: Token) -> None:
        taken, given = (self.drawing.mapping(call.at, way) for way in ("in", "out"))
        if taken or given:
            view = self._view(call)
            call.closed = {there: view.get(here) for there, here in taken.items()}

    def _pass_out(self, call: Token) -> None:
        if call.closed is not None:
            given = self.drawing.mapping(call.at, "out")
            self._write(call, {there: call.closed.get(here) for there, here in given.items()})

    # Gateways.

    def _gather(self, scope: Token | None, at: str, flow: str) -> None:
        here = (t for t in self.tokens if t.at == at and t.scope is scope and flow not in t.came)
        gathering = next(here, None) or self._open(scope, at)
        gathering.came.add(flow)
        if gathering.came == set(self.drawing.incoming(at)):
            self._pass(gathering)

    def _release(self) -> bool:
        """Let an inclusive gateway go on for which 13.4.3 knows no reason to wait."""
        for token in self.tokens:
            if self.drawing.kind(token.at) == "inclusiveGateway" and not self._held(token):
                self._pass(token)
                return True
        return False

    def _held(self, gathering: Token) -> bool:
        near = [t for t in self.tokens if t.scope is gathering.scope]
        filled = {flow for t in near if t.at == gathering.at for flow in t.came}
        empty = set(self.drawing.incoming(gathering.at)) - filled
        ways = [self.drawing.reached(t.at, gathering.at) for t in near if t.at != gathering.at]
        return any(way & empty and not way & filled for way in ways)

    def _pass(self, gathering: Token) -> None:
        at = gathering.at
        if self.drawing.kind(at) == "parallelGateway":
            self._leave(gathering)
            return
        view, outgoing = self._view(gathering), self.drawing.outgoing(at)
        default = self.drawing.default(at)
        open_ways = [f for f in outgoing if f != default and self.drawing.holds(f, view)]
        self._leave(gathering, open_ways or [default])

    def _chosen(self, token: Token) -> str:
        default, view = self.drawing.default(token.at), self._view(token)
        ways = [f for f in self.drawing.outgoing(token.at) if f != default]
        return next((f for f in ways if self.drawing.holds(f, view)), default)

    # Several instances of one activity.

    def _begin_instances(self, body: Token) -> None:
        repetition = self.drawing.repetition(body.at)
        assert repetition is not None
        body.items = list(self._view(body)[repetition.collection])
        if not body.items:
            self._conclude(body)
        for index in range(1 if repetition.sequential and body.items else len(body.items)):
            self._begin_instance(body, index)

    def _begin_instance(self, body: Token, index: int) -> None:
        repetition = self.drawing.repetition(body.at)
        assert repetition is not None
        instance = self._open(body, body.at)
        instance.index = index
        instance.local = {"loopCounter": index + 1, repetition.variable: body.items[index]}
        self._later(self._perform, body, instance)

    def _instance_ended(self, instance: Token) -> None:
        body, index, local = instance.scope, instance.index, instance.local
        assert body is not None
        assert index is not None
        assert local is not None
        repetition = self.drawing.repetition(body.at)
        assert repetition is not None
        own = ("loopCounter", repetition.variable)
        body.ended[index] = {k: v for k, v in local.items() if k not in own}
        if len(body.ended) in (len(body.items), repetition.enough):
            self._withdraw_inside(body)
            self._conclude(body)
        elif repetition.sequential:
            self._begin_instance(body, len(body.ended))

    def _conclude(self, body: Token) -> None:
        repetition = self.drawing.repetition(body.at)
        if repetition is not None and repetition.collect:
            gathered = [body.ended.get(index) for index in range(len(body.items))]
            self._write(body, {repetition.collect: gathered})
        self._leave(body)

    # Events at the edge of an activity.

    def _caught(self, token: Token, kind: str, code: str, payload: dict[str, Any]) -> bool:
        """Find the nearest edge around the token with an event for the code; let it happen."""
        around: Token | None = token
        while around is not None:
            for event in around.armed:
                if self.drawing.event(event) == kind and self.drawing.code(event) == code:
                    self._happen(event, around, payload)
                    return True
            around = around.scope
        return False

    def _happen(self, event: str, host: Token, payload: dict[str, Any]) -> None:
        if self.drawing.interrupts(event):
            self._cancel(host)
        self._nearest(host.scope).update(payload)
        self.happened.add((event, host.n))
        token = Token(event, host.n, host.scope)
        self.tokens.append(token)
        self.passages["entered", event, host.n] += 1
        self._leave(token)

    def _cancel(self, token: Token) -> None:
        self._withdraw_inside(token)
        if token in self.tokens:
            self.tokens.remove(token)
            self.passages["cancelled", token.at, token.n] += 1

    def _withdraw_inside(self, scope: Token | None) -> None:
        for token in [t for t in self.tokens if t.inside(scope)]:
            self.tokens.remove(token)
            self.passages["cancelled", token.at, token.n] += 1
        kept = [m for m in self.moving if not (m[1] is scope or (m[1] and m[1].inside(scope)))]
        self.moving = deque(kept)

    # Data: one dictionary, under what instances of several have of their own; a called process
    # with a mapping has nothing but what is passed in.

    def _view(self, token: Token) -> dict[str, Any]:
        return {**self._inside(token.scope), **(token.local or {})}

    def _inside(self, scope: Token | None) -> dict[str, Any]:
        if scope is None:
            return self.data
        return self._view(scope) if scope.closed is None else scope.closed

    def _write(self, token: Token, values: Mapping[str, Any]) -> None:
        own = token.local
        (self._nearest(token.scope) if own is None else own).update(values)

    def _nearest(self, scope: Token | None) -> dict[str, Any]:
        if scope is None:
            return self.data
        if scope.closed is not None:
            return scope.closed
        return self._nearest(scope.scope) if scope.local is None else scope.local

    # Looking things up.

    def _open(self, scope: Token | None, at: str, race: tuple[str, int] | None = None) -> Token:
        self.counts[at] += 1
        token = Token(at, self.counts[at], scope, race=race)
        self.tokens.append(token)
        self.passages["entered", at, token.n] += 1
        return token

    def _kind(self, token: Token) -> str:
        if token.items:
            return ""
        kind = self.drawing.kind(token.at)
        if kind in ("userTask", "manualTask"):
            return "task"
        if kind in ("intermediateCatchEvent", "receiveTask"):
            return self.drawing.event(token.at)
        return "job" if token.later else ""

    def _anything_in(self, scope: Token) -> bool:
        return any(t.scope is scope for t in self.tokens) or any(m[1] is scope for m in self.moving)

    def _token(self, waiting_id: str) -> Token:
        at, n = waiting_id.split("#")
        return next(t for t in self.tokens if t.at == at and t.n == int(n))
