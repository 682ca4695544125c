"""Tokens: a task of the library, with what BPMN says a token knows."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.model import Element

_OVER = TaskState.COMPLETED | TaskState.CANCELLED
ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Token(Task):
    """One token at one element, or one event armed at the edge of an activity."""

    # What the library keeps with each task and a token has no use for; nothing can be put there.
    data = MappingProxyType[str, Any]({})
    internal_data = MappingProxyType[str, Any]({})
    triggered = False
    thread_id = 0
    last_state_change = 0.0

    element: Element  #: at which the token stands; the root of the tree stands nowhere
    occurrence: int = 0  #: the n-th time its element was entered, from 1
    flow: str = ""  #: by which it came
    scope: Token | None = None  #: the sub-process, call or multi-instance activity it is in
    host: Token | None = None  #: of armed events: the activity at whose edge they wait
    arrived: tuple[str, ...] = ()  #: of joins: the flows by which tokens have come
    due: datetime | None = None  #: of timers
    correlation: str = ""  #: of messages
    race: int | None = None  #: occurrence of the event-based gateway it came from
    index: int | None = None  #: of an instance of several: the number of its item
    local: dict[str, Any] | None = None  #: data that only this instance of several has
    closed: dict[str, Any] | None = None  #: data of a called process with a mapping
    progress: Any = None  #: of multi-instance activities
    chosen: Any = None  #: of gateways: where it goes

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.MAYBE,
    ) -> None:
        # Not the library's own: it reads the clock, looks the parent up, and gives random ids; here
        # nobody outside the walk sees them.
        self.id = next(workflow.numbers)
        self.workflow = workflow
        self.task_spec = task_spec
        self.element = task_spec.element
        self._state = state
        self._parent = None
        self._children: list[int] = []
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)
        workflow.tasks[self.id] = self

    @property
    def active(self) -> bool:
        """Whether the token has not ended."""
        return self._state & ACTIVE != 0

    def wait(self) -> None:
        """Stay until somebody else moves the token."""
        self._set_state(TaskState.WAITING)

    def merge(self) -> None:
        """End here, because a token that waits at the same join now stands for both."""
        self._set_state(TaskState.COMPLETED)

    def gather(self) -> None:
        """Go on: everybody has arrived at the join."""
        self._set_state(TaskState.READY)

    def _ready(self) -> None:
        if not self._state & _OVER:
            self._set_state(TaskState.READY)

    def _set_state(self, value: int) -> None:
        # The library's own method reads the clock and collects log lines nobody asked for.
        self._state = value
        if value == TaskState.READY:
            self.workflow.ready(self)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        return Token(self.workflow, task_spec, self, state=state)
