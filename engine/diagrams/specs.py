"""Our task specifications for SpiffWorkflow: what happens when a token stands at an element.

The library's own specs draw the possible future as a tree and look for their fellows by walking
it. Ours do neither: a token knows its element, its occurrence and the flow it came by. So nothing
recurses, nothing grows with the number of revisions, and a join counts tokens as BPMN says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults as spiff
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.contract import Later
from engine.errors import NoPathOpen
from engine.feel import Expression


@dataclass(frozen=True)
class Road:
    """A sequence flow as a token sees it: where it leads and when it is open."""

    flow: str
    target: str  #: name of the spec it leads to
    condition: Expression | None = None
    default: bool = False


class Step(TaskSpec):
    """What all our elements share."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.roads: list[Road] = []

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        """The future is not drawn ahead: it costs time and makes the state grow."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task.workflow.enter(my_task)
        return True

    def _on_ready(self, my_task: Any) -> None:
        """The diagram was examined when it was deployed; nothing is left to test."""

    def _run_hook(self, my_task: Any) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Any) -> None:
        my_task.workflow.leave(my_task)
        self._disarm(my_task)
        for road in self._open_roads(my_task):
            my_task.workflow.take(my_task, road)

    def _open_roads(self, my_task: Any) -> list[Road]:
        return self.roads

    def _on_cancel(self, my_task: Any) -> None:
        my_task.workflow.cancelled(my_task)

    def _disarm(self, my_task: Any) -> None:
        """What waits at the edge of an activity ends with it."""
        if my_task.parent is not None and isinstance(my_task.parent.task_spec, Guard):
            for sibling in my_task.parent.children:
                if sibling.has_state(TaskState.WAITING):
                    sibling.cancel()


class StartEvent(Step, spiff.StartEvent):
    """Where the token begins."""


class EndEvent(Step, spiff.EndEvent):
    """Where a token ends; a terminate event ends all others with it."""

    def _open_roads(self, my_task: Any) -> list[Road]:
        if isinstance(self.event_definition, TerminateEventDefinition):
            my_task.workflow.cancel_everything()
        return []


class HumanTask(Step, spiff.UserTask):
    """Stays READY until a person completes it."""


class ServiceTask(Step, spiff.ServiceTask):
    """Asks the host; stays STARTED when the host has queued the work."""

    def _run_hook(self, my_task: Any) -> bool | None:
        outputs = my_task.workflow.perform(my_task)
        if isinstance(outputs, Later):
            return None
        my_task.workflow.data.update(outputs)
        return True


class ExclusiveGateway(Step, spiff.ExclusiveGateway):
    """Takes the first flow, in the order of the file, whose condition holds, else the default."""

    def _run_hook(self, my_task: Any) -> bool | None:
        my_task.internal_data["road"] = self._choose(my_task.workflow.data)
        return True

    def _choose(self, data: dict[str, Any]) -> int:
        otherwise = None
        for number, road in enumerate(self.roads):
            if road.default or road.condition is None:
                otherwise = number
            elif road.condition.evaluate(data) is True:
                return number
        if otherwise is None:
            raise NoPathOpen(
                f"No condition of gateway {self.name} holds and it has no default flow.",
                element=self.name,
            )
        return otherwise

    def _open_roads(self, my_task: Any) -> list[Road]:
        return [self.roads[my_task.internal_data["road"]]]


class ParallelGateway(Step, spiff.ParallelGateway):
    """Waits for one token of every incoming flow, then sends one along every outgoing flow.

    The first token of an occurrence stays and notes who else has arrived. A second token on the
    same flow begins the next occurrence, as the BPMN specification demands.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.awaited: set[str] = set()  #: ids of the incoming flows

    def _update_hook(self, my_task: Any) -> bool:
        flow = my_task.internal_data["flow"]
        for gathering in my_task.workflow.waiting_at(self):
            if flow not in gathering.internal_data["arrived"]:
                gathering.internal_data["arrived"].append(flow)
                my_task.merge()
                if self._complete(gathering):
                    gathering.gather()
                return False
        my_task.workflow.enter(my_task)
        my_task.internal_data["arrived"] = [flow]
        if self._complete(my_task):
            return True
        my_task.wait()
        return False

    def _complete(self, gathering: Any) -> bool:
        return set(gathering.internal_data["arrived"]) >= self.awaited


class BoundaryEvent(Step, spiff.BoundaryEvent):
    """Waits at the edge of an activity; fired by name only, never by the library's clock."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task.workflow.arm(my_task)
        my_task.wait()
        return False

    def _on_cancel(self, my_task: Any) -> None:
        """What was only armed was never entered."""

    def _disarm(self, my_task: Any) -> None:
        """An event that does not interrupt leaves its activity and the other events alone."""


class Guard(SimpleBpmnTask):
    """Stands before an activity with boundary events: sends in the token and arms the events."""

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        pass

    def _update_hook(self, my_task: Any) -> bool:
        return True

    def _on_ready(self, my_task: Any) -> None:
        pass

    def _run_hook(self, my_task: Any) -> bool:
        return True

    def _on_complete_hook(self, my_task: Any) -> None:
        # The activity comes first: its occurrence is also that of its boundary events.
        for spec in self.outputs:
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.internal_data.update(my_task.internal_data)
