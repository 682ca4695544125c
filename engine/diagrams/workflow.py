"""Our workflow on top of SpiffWorkflow's: tokens, their journal, and steps without recursion."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.catalog import JsonObject
from engine.diagrams import specs
from engine.diagrams.contract import Later, Passage, WalkHost
from engine.diagrams.model import Element
from engine.errors import BusinessError, EngineError

ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED

#: Steps between two rests. A sound diagram rests after a few; one that circles is stopped.
LONGEST_RUN = 1000


class NoScripts:
    """Stands where the library keeps its script engine; nothing in a diagram is ever run."""

    def __getattr__(self, name: str) -> Any:
        raise PermissionError("Diagrams contain no scripts.")


class Token(Task):
    """A task of the library: one token at one element."""

    def __init__(
        self,
        workflow: TokenWorkflow,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.MAYBE,
    ) -> None:
        # Numbers serve as ids: nobody outside the walk sees them, and random ones take time.
        super().__init__(workflow, task_spec, parent, state, id=next(workflow.numbers))

    @property
    def occurrence(self) -> int:
        """The n-th time its element was entered, from 1; 0 before it is."""
        return int(self.internal_data.get("occurrence", 0))

    def wait(self) -> None:
        """Stay until somebody else moves the token."""
        self._set_state(TaskState.WAITING)

    def merge(self) -> None:
        """End here, because a token that waits at the same join now stands for both."""
        self._set_state(TaskState.COMPLETED)

    def gather(self) -> None:
        """Go on: everybody has arrived at the join."""
        self._set_state(TaskState.READY)

    def _set_state(self, value: int) -> None:
        # The library's own method reads the clock and collects log lines nobody asked for.
        self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        return Token(self.workflow, task_spec, self, state=state)


class TokenWorkflow(BpmnWorkflow):
    """One instance in memory.

    Process data is ``data``, one dictionary for all tokens; the library's data of single tasks
    stays empty. Scans go over the flat dictionary of tasks, never down the tree, whose iterator
    silently stops at depth 1000.
    """

    def __init__(self, spec: Any, elements: Mapping[str, Element], data: dict[str, Any]) -> None:
        super().__init__(spec, deserializing=True, script_engine=NoScripts())
        self.data = data
        self.elements = elements
        self.counts: dict[str, int] = {}
        self.journal: list[Passage] = []
        self.host: WalkHost | None = None
        self.numbers = itertools.count(1)
        self.task_tree = Token(self, spec.start, state=TaskState.COMPLETED)

    # What specs tell.

    def enter(self, token: Token) -> None:
        """A token has come to an element."""
        element = token.task_spec.name
        self.counts[element] = self.counts.get(element, 0) + 1
        token.internal_data["occurrence"] = self.counts[element]
        self.note("entered", token)

    def leave(self, token: Token) -> None:
        """A token goes on from its element."""
        self.note("left", token)

    def cancelled(self, token: Token) -> None:
        """A token was withdrawn; one that never arrived leaves no trace."""
        if token.occurrence:
            self.note("cancelled", token)

    def take(self, token: Token, road: specs.Road) -> None:
        """A token goes along a sequence flow."""
        self.journal.append(Passage("taken", road.flow, token.occurrence))
        child = token._add_child(self.spec.task_specs[road.target], TaskState.FUTURE)
        child.internal_data["flow"] = road.flow

    def note(self, kind: Literal["entered", "left", "cancelled"], token: Token) -> None:
        """Write into the journal where a token is."""
        self.journal.append(Passage(kind, token.task_spec.name, token.occurrence))

    # What specs ask.

    def perform(self, token: Token) -> JsonObject | Later:
        """Have the host do the work of a service task."""
        element = self.elements[token.task_spec.name]
        return self._the_host.perform(element, token.occurrence, self.data)

    def arm(self, token: Token) -> None:
        """Ready a boundary event together with its activity."""
        element = self.elements[token.task_spec.name]
        token.internal_data["occurrence"] = self.counts[element.attached_to]
        if element.event == "timer":
            due = self._the_host.due(element, self.data)
            if due.tzinfo is None:
                raise ValueError(f"The due time of {element.id} has no time zone.")
            token.internal_data["due"] = due

    def waiting_at(self, spec: Any) -> list[Token]:
        """Return the tokens that wait at the element, the longest waiting first."""
        return [t for t in self.tokens() if t.task_spec is spec and t.state == TaskState.WAITING]

    def tokens(self) -> list[Token]:
        """Return every token that has not ended, boundary events on guard included."""
        return [task for task in self.tasks.values() if task.has_state(ACTIVE)]

    @property
    def _the_host(self) -> WalkHost:
        if self.host is None:
            raise RuntimeError("A walk performs work only while it advances.")
        return self.host

    # What happens from outside.

    def begin(self) -> None:
        """Put the first token on the start event."""
        for spec in self.spec.start.outputs:
            child = self.task_tree._add_child(spec, TaskState.FUTURE)
            spec._update(child)

    def fire(self, event: Token) -> None:
        """Let a boundary event happen; an interrupting one ends its activity."""
        if event.task_spec.cancel_activity:
            for sibling in event.parent.children:
                if sibling is not event and sibling.has_state(ACTIVE):
                    sibling.cancel()
        self.note("entered", event)
        event._ready()

    def throw(self, token: Token, code: str, payload: JsonObject) -> bool:
        """Throw an error at one activity; return whether one of its own boundary events caught it.

        The library would throw it at every activity that has a boundary event for the code.
        """
        event = self._catcher(token, code)
        if event is None:
            return False
        self.data.update(payload)
        if not token.has_state(ACTIVE):  # the library marked it as failed while it ran
            self.note("cancelled", token)
        self.fire(event)
        return True

    def _catcher(self, token: Token, code: str) -> Token | None:
        guard = token.parent
        if guard is None or not isinstance(guard.task_spec, specs.Guard):
            return None
        return next(
            (
                sibling
                for sibling in guard.children
                if sibling.has_state(TaskState.WAITING)
                and isinstance(sibling.task_spec.event_definition, ErrorEventDefinition)
                and sibling.task_spec.event_definition.code == code
            ),
            None,
        )

    def cancel_everything(self) -> None:
        """Withdraw every token, in an order that does not depend on how they came."""
        for token in sorted(self.tokens(), key=lambda t: (t.task_spec.name, t.occurrence)):
            token.cancel()

    # What the library calls.

    def do_engine_steps(
        self, will_complete_task: Any = None, did_complete_task: Any = None
    ) -> None:
        """Run until every token waits for a person, a job or a timer."""
        for _ in range(LONGEST_RUN):
            token = next((t for t in self.tokens() if _can_run(t)), None)
            if token is None:
                return
            try:
                token.run()
            except BusinessError as error:
                payload = {"error": {"code": error.code, "sentence": error.sentence}}
                if not self.throw(token, error.code, payload):
                    raise
        raise EngineError(f"Process {self.spec.name} runs in circles and was stopped.")

    def is_completed(self) -> bool:
        """Return whether no token is left."""
        return not self.tokens()

    def update_waiting_tasks(self) -> None:
        """Nothing moves by itself: joins count arrivals, timers are fired by name."""

    def refresh_timers(self) -> None:
        """Timers never fire by the library's clock."""

    def _task_completed_notify(self, task: Any) -> None:
        """The library would search the whole tree here."""

    def collect_log_extras(self, dct: Any = None) -> dict[str, Any]:
        return {}


def _can_run(token: Token) -> bool:
    return bool(token.state == TaskState.READY and not token.task_spec.manual)


def due_of(token: Token) -> datetime | None:
    """Return when the timer that this token stands for is due."""
    due = token.internal_data.get("due")
    return due if isinstance(due, datetime) else None
