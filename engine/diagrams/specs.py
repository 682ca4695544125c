"""Our task specifications for SpiffWorkflow: what happens when a token stands at an element.

The library's own specs draw the possible future as a tree and look for their fellows by walking
it. Ours do neither: a token knows its element, its occurrence and the flow it came by. So nothing
recurses, nothing grows with the number of revisions, and a join counts tokens as BPMN says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.contract import Later
from engine.diagrams.model import Element
from engine.errors import EngineError
from engine.feel import Expression


@dataclass(frozen=True)
class Road:
    """A sequence flow as a token sees it: where it leads and when it is open."""

    flow: str
    target: str  #: name of the spec it leads to
    condition: Expression | None = None
    default: bool = False


class Step(BpmnTaskSpec):
    """What all our elements share."""

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, lane=element.lane_name)
        self.element = element
        self.roads: list[Road] = []
        self.edge: list[BoundaryEvent] = []  #: what is armed while a token is here
        self.correlation: Expression | None = None  #: of what waits for a message

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        """The future is not drawn ahead: it costs time and makes the state grow."""

    # The library's own also predict, test what was examined at deployment, and run assignments.

    def _update(self, my_task: Any) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _run(self, my_task: Any) -> bool | None:
        try:
            return self._run_hook(my_task)
        except Exception:
            my_task.error()
            raise

    def _on_complete(self, my_task: Any) -> None:
        self._on_complete_hook(my_task)
        for child in my_task.children:
            if child._state == TaskState.FUTURE:
                child.task_spec._update(child)

    def _update_hook(self, my_task: Any) -> bool:
        my_task.workflow.enter(my_task)
        return True

    def _run_hook(self, my_task: Any) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Any) -> None:
        my_task.workflow.leave(my_task)
        if my_task.index is not None:
            my_task.scope.task_spec.finished(my_task.scope, my_task)
            return
        for road in self._open_roads(my_task):
            my_task.workflow.take(my_task, road)

    def _open_roads(self, my_task: Any) -> list[Road]:
        return self.roads


class StartEvent(Step):
    """Where the token begins."""


class EndEvent(Step):
    """Where a token ends; the last one ends its scope, a terminate event all others with it."""

    def _run_hook(self, my_task: Any) -> bool | None:
        if self.element.event == "message":
            my_task.workflow.publish(my_task)
        return True

    def _open_roads(self, my_task: Any) -> list[Road]:
        event, workflow = self.element.event, my_task.workflow
        if event == "terminate":
            workflow.withdraw_inside(my_task.scope)
        elif event == "escalation":
            workflow.escalate(my_task, self.element.escalation_code)
        elif event == "error" and not workflow.throw(my_task, self.element.error_code, {}):
            raise EngineError(
                f"Nothing around {self.name} catches error {self.element.error_code}.",
                element=self.element.id,
            )
        workflow.end_scope(my_task.scope)
        return []


class ThrowEvent(Step):
    """Sends a message, or tells the scopes around it of an escalation, and goes on."""

    def _run_hook(self, my_task: Any) -> bool | None:
        if self.element.event == "message":
            my_task.workflow.publish(my_task)
        return True

    def _open_roads(self, my_task: Any) -> list[Road]:
        if self.element.event == "escalation":
            my_task.workflow.escalate(my_task, self.element.escalation_code)
            if my_task.scope is not None and not my_task.scope.active:
                return []  # the scope was interrupted by what it told
        return self.roads


class CatchEvent(Step):
    """Waits for a message or a moment; also a receive task. Fired by name only."""

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element)
        self.rivals: frozenset[str] = frozenset()  #: events behind the same gateway

    def _update_hook(self, my_task: Any) -> bool:
        my_task.workflow.enter(my_task)
        my_task.workflow.listen(my_task)
        my_task.wait()
        return False


class HumanTask(Step):
    """Stays READY until a person completes it."""

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element)
        self.manual = True


class ServiceTask(Step):
    """Asks the host; stays STARTED when the host has queued the work."""

    def _run_hook(self, my_task: Any) -> bool | None:
        outputs = my_task.workflow.perform(my_task)
        if isinstance(outputs, Later):
            return None
        my_task.workflow.write(my_task, outputs)
        return True


class RuleTask(Step):
    """Asks the host for a decision, which is there at once."""

    def _run_hook(self, my_task: Any) -> bool | None:
        my_task.workflow.write(my_task, my_task.workflow.decide(my_task))
        return True


class BoundaryEvent(Step):
    """Is armed at the edge of an activity, and entered when it happens."""
