"""Our workflow on top of SpiffWorkflow's: tokens, their journal, and steps without recursion."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any, Literal

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.catalog import JsonObject
from engine.diagrams.contract import Later, Passage, WalkHost
from engine.diagrams.correlating import as_correlation
from engine.diagrams.gateways import InclusiveGateway
from engine.diagrams.specs import BoundaryEvent, Road
from engine.diagrams.token import ACTIVE, Token
from engine.errors import BusinessError, EngineError

#: Steps between two rests. A sound diagram rests after a few; one that circles is stopped.
LONGEST_RUN = 1000
#: Steps that each instance of a multi-instance activity may add to them.
STEPS_OF_AN_INSTANCE = 100
#: Instances that may be begun between two rests, and that may be still to end at one time: lists
#: in lists would else multiply.
MOST_TOGETHER = 2000


class NoScripts:
    """Stands where the library keeps its script engine; nothing in a diagram is ever run."""

    def __getattr__(self, name: str) -> Any:
        raise PermissionError("Diagrams contain no scripts.")


class TokenWorkflow(BpmnWorkflow):
    """One instance in memory.

    Process data is ``data``, one dictionary for all tokens; the library's data of single tasks
    stays empty. Scans go over the flat dictionary of tasks, never down the tree, whose iterator
    silently stops at depth 1000.
    """

    def __init__(self, spec: Any, data: dict[str, Any]) -> None:
        super().__init__(spec, deserializing=True, script_engine=NoScripts())
        self.data = data
        self.writes = 0  #: how often something was merged into data
        self.counts: dict[str, int] = {}
        self.journal: list[Passage] = []
        self.host: WalkHost | None = None
        self.numbers = itertools.count(1)
        self.agenda: list[tuple[int, Token]] = []  #: heap of tokens that can run, oldest first
        self.done: list[Token] = []  #: what commands have finished, and still has to go on
        self.patience = LONGEST_RUN
        self.begun = 0  #: instances of multi-instance activities since the last rest
        self.task_tree = Token(self, spec.start, state=TaskState.COMPLETED)

    # What specs tell.

    def enter(self, token: Token) -> None:
        """A token has come to an element; what is at its edge is armed."""
        element = token.element.id
        token.occurrence = self.counts[element] = self.counts.get(element, 0) + 1
        self.note("entered", token)
        for spec in token.task_spec.edge:
            self.arm(spec, token)

    def arm(self, spec: BoundaryEvent, host: Token) -> None:
        """Let an event wait at the edge of an activity."""
        self.listen(self._armed(spec, host))

    def leave(self, token: Token) -> None:
        """A token goes on from its element; what waits at the edge of an activity ends with it."""
        self.note("left", token)
        if token.task_spec.edge:
            self._disarm(token)

    def take(self, token: Token, road: Road) -> None:
        """A token goes along a sequence flow."""
        self.journal.append(Passage("taken", road.flow, token.occurrence))
        child = token._add_child(self.spec.task_specs[road.target], TaskState.FUTURE)
        child.flow = road.flow
        child.scope = token.scope

    def spawn(
        self,
        spec: Any,
        scope: Token | None,
        index: int | None = None,
        local: dict[str, Any] | None = None,
    ) -> None:
        """Put a token on the first element of a scope, or on one instance of several."""
        token = Token(self, spec, state=TaskState.FUTURE)
        token.scope, token.index, token.local = scope, index, local
        if index is not None:
            self.patience += STEPS_OF_AN_INSTANCE
        spec._update(token)

    def expect(self, instances: int, element: str) -> None:
        """An activity is to be repeated so often. Raises ``EngineError`` where it is too much."""
        self.begun += instances
        repeated = [token.progress for token in self.tokens() if token.progress is not None]
        standing = sum(progress.total - progress.done for progress in repeated)
        if max(self.begun, standing + instances) > MOST_TOGETHER:
            raise EngineError(
                f"{element} would be repeated {instances} times beside what is repeated already:"
                f" more than {MOST_TOGETHER} times in all.",
                element=element,
            )

    def end_scope(self, scope: Token | None) -> None:
        """A token has ended; if it was the last one, its scope is done."""
        if scope is None or not scope.active:
            return
        if not any(token.scope is scope for token in self.tokens()):
            scope.complete()

    def note(self, kind: Literal["entered", "left", "cancelled"], token: Token) -> None:
        """Write into the journal where a token is."""
        self.journal.append(Passage(kind, token.element.id, token.occurrence))

    # Data: one dictionary, under that of an instance of several or of a call with a mapping.

    def view(self, token: Token) -> dict[str, Any]:
        """Return the data as the token sees them; not to be changed."""
        if token.local is None and token.scope is None:
            return self.data
        layers = list(_layers(token))
        if not layers:
            return self.data
        base = {} if layers[-1].closes else self.data
        merged = dict(base)
        for layer in reversed(layers):
            merged.update(layer.values)
        return merged

    def local(self, token: Token) -> dict[str, Any]:
        """Return what the token sees beside the process data."""
        if token.local is None and token.scope is None:
            return {}
        layers = list(_layers(token))
        return {name: value for each in reversed(layers) for name, value in each.values.items()}

    def write(self, token: Token, values: JsonObject) -> None:
        """Merge values into the data nearest to the token."""
        self.writes += 1
        if token.local is None and token.scope is None:
            self.data.update(values)
            return
        nearest = next(_layers(token), None)
        (self.data if nearest is None else nearest.values).update(values)

    # What specs ask.

    def perform(self, token: Token) -> JsonObject | Later:
        """Have the host do the work of a service task."""
        return self._the_host.perform(token.element, token.occurrence, self.view(token))

    def decide(self, token: Token) -> JsonObject:
        """Have the host decide."""
        return self._the_host.decide(token.element, self.view(token))

    def publish(self, token: Token) -> None:
        """Have the host send a message."""
        self._the_host.publish(token.element, token.occurrence, self.view(token))

    def listen(self, token: Token) -> None:
        """Ask when a timer is due, or which message is meant."""
        element = token.element
        if element.event == "timer":
            due = self._the_host.due(element, self.view(token))
            if due.tzinfo is None:
                raise ValueError(f"The due time of {element.id} has no time zone.")
            token.due = due
        elif token.task_spec.correlation is not None:
            value = token.task_spec.correlation.evaluate(self.view(token))
            token.correlation = as_correlation(element, value)

    def waiting_at(self, spec: Any, scope: Token | None) -> list[Token]:
        """Return the tokens that wait at the element, the longest waiting first."""
        return [
            token
            for token in self.tokens()
            if token.task_spec is spec and token.scope is scope and token.state == TaskState.WAITING
        ]

    def tokens(self) -> list[Token]:
        """Return every token that has not ended, boundary events on guard included."""
        return [task for task in self.tasks.values() if task._state & ACTIVE]

    @property
    def _the_host(self) -> WalkHost:
        if self.host is None:
            raise RuntimeError("A walk performs work only while it advances.")
        return self.host

    # What happens from outside, or ends what is going on.

    def fire(self, event: Token, payload: JsonObject | None = None) -> None:
        """Let an event happen that is armed at an edge, or that a token waits for."""
        if event.host is None:
            self._end_race(event)
            self.finish(event, payload or {})
            return
        host, element = event.host, event.element
        if element.interrupting:
            self.withdraw(host, sparing=event)
        elif element.event != "timer":
            # The armed event may happen again. It keeps its place among the tokens, which is the
            # one it has after a reload: tokens run in this order.
            event = self._armed(event.task_spec, host)
        self.write(event, payload or {})
        self.note("entered", event)
        event.host = None
        event._ready()

    def finish(self, token: Token, outputs: JsonObject) -> None:
        """Somebody has done what a token waited for; it goes on when the walk advances."""
        self.write(token, outputs)
        token._set_state(TaskState.COMPLETED)
        self.done.append(token)

    def throw(self, token: Token, code: str, payload: JsonObject) -> bool:
        """Throw an error; return whether the activity, or the nearest scope around it, caught it.

        The library would throw it at every activity that has a boundary event for the code.
        """
        event = self._catcher(token, "error", code)
        if event is None:
            return False
        if token.state == TaskState.ERROR:  # the library marked it as failed while it ran
            token._set_state(TaskState.STARTED)
        self.fire(event, payload)
        return True

    def escalate(self, token: Token, code: str) -> None:
        """Tell the nearest scope around that listens; if none does, nothing happens."""
        event = self._catcher(token, "escalation", code)
        if event is not None:
            self.fire(event)

    def withdraw(self, token: Token, sparing: Token | None = None) -> None:
        """Cancel a token with all that stands in it and at its edge."""
        self.withdraw_inside(token)
        self._disarm(token, sparing)
        token._set_state(TaskState.CANCELLED)
        self.note("cancelled", token)

    def withdraw_inside(self, scope: Token | None) -> None:
        """Cancel every token of a scope, in an order that does not depend on how they came."""
        inside = [t for t in self.tokens() if t.scope is scope and t.host is None]
        for token in sorted(inside, key=lambda t: (t.element.id, t.occurrence)):
            self.withdraw(token)

    def _armed(self, spec: BoundaryEvent, host: Token) -> Token:
        event = Token(self, spec, state=TaskState.WAITING)
        event.host, event.scope, event.occurrence = host, host.scope, host.occurrence
        return event

    def _disarm(self, host: Token, sparing: Token | None = None) -> None:
        for token in self.tokens():
            if token.host is host and token is not sparing:
                token._set_state(TaskState.CANCELLED)

    def _catcher(self, token: Token, kind: str, code: str) -> Token | None:
        armed = [t for t in self.tokens() if t.host is not None and t.element.event == kind]
        around: Token | None = token
        while around is not None:
            here = {_code(t): t for t in reversed(armed) if t.host is around}
            if found := here.get(code) or here.get(""):
                return found
            around = around.scope
        return None

    def _end_race(self, winner: Token) -> None:
        if winner.race is not None:
            running = [token for token in self.tokens() if token.race == winner.race]
            for token in running:
                if token is not winner and token.task_spec.name in winner.task_spec.rivals:
                    self.withdraw(token)

    # What the library calls.

    def do_engine_steps(
        self, will_complete_task: Any = None, did_complete_task: Any = None
    ) -> None:
        """Run until every token waits for a person, a job, a message or a timer."""
        self.patience, self.begun = LONGEST_RUN, 0
        done, self.done = self.done, []
        for finished in done:
            finished.task_spec._on_complete(finished)
        while token := self._next():
            self.patience -= 1
            if self.patience < 0:
                raise EngineError(f"Process {self.spec.name} runs in circles and was stopped.")
            try:
                token.run()
            except BusinessError as error:
                payload = {"error": {"code": error.code, "sentence": error.sentence}}
                if not self.throw(token, error.code, payload):
                    raise

    def _next(self) -> Token | None:
        while True:
            while self.agenda:
                token = heappop(self.agenda)[1]
                if token.state == TaskState.READY:
                    return token
            if not (self.spec.inclusive and self._release()):
                return None

    def _release(self) -> bool:
        """Let one inclusive gateway go on that has nobody left to wait for."""
        for token in self.tokens():
            spec, waits = token.task_spec, token.state == TaskState.WAITING
            if waits and isinstance(spec, InclusiveGateway) and spec.released(token):
                token.gather()
                return True
        return False

    def ready(self, token: Token) -> None:
        """A token can run; people's tasks wait all the same."""
        if not token.task_spec.manual:
            heappush(self.agenda, (token.id, token))

    def prune(self) -> None:
        """Hang everything that is active directly under the root and drop the rest.

        Our specs need no ancestor, so that the tree is two deep, however often a letter was
        returned and however many branches are open.
        """
        active = self.tokens()
        root = self.task_tree
        root._children = [token.id for token in active]
        for token in active:
            token._parent = root.id
            token._children = []
        self.tasks = {root.id: root, **{token.id: token for token in active}}
        self.last_task = None

    def is_completed(self) -> bool:
        """Return whether no token is left."""
        return not self.done and not any(task._state & ACTIVE for task in self.tasks.values())

    def update_waiting_tasks(self) -> None:
        """Nothing moves by itself: joins count arrivals, timers are fired by name."""

    def refresh_timers(self) -> None:
        """Timers never fire by the library's clock."""

    def _task_completed_notify(self, task: Any) -> None:
        """The library would search the whole tree here."""

    def collect_log_extras(self, dct: Any = None) -> dict[str, Any]:
        return {}


class _Layer:
    """Data that lie over others; those of a call with a mapping hide them."""

    def __init__(self, values: dict[str, Any], *, closes: bool) -> None:
        self.values = values
        self.closes = closes


def _layers(token: Token) -> Iterator[_Layer]:
    if token.local is not None:
        yield _Layer(token.local, closes=False)
    around = token.scope
    while around is not None:
        if around.closed is not None:
            yield _Layer(around.closed, closes=True)
            return
        if around.local is not None:
            yield _Layer(around.local, closes=False)
        around = around.scope


def _code(event: Token) -> str:
    return event.element.error_code or event.element.escalation_code
