"""SpiffWorkflow as it comes: its parser, its specs, its serializer, nothing of ours around it."""

from __future__ import annotations

import logging
import re
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_LONG_AGO = "2020-01-01T00:00:00+00:00"


def in_its_dialect(source: bytes) -> bytes:
    """Return the same diagram with Python where we write S-FEEL and literal durations."""
    text = source.decode()
    text = re.sub(
        r"(<bpmn:conditionExpression>)(.*?)(</bpmn:conditionExpression>)",
        lambda m: m[1] + m[2].replace(" = ", " == ") + m[3],
        text,
    )
    text = re.sub(r"(<bpmn:timeDuration>)(.*?)(</bpmn:timeDuration>)", r'\1"\2"\3', text)
    return text.encode()


class Stock:
    """One instance of a diagram in the library's hands."""

    def __init__(self, source: bytes, **data: Any) -> None:
        # At its default level the library walks all tasks at every change of state.
        for name in ("spiff", "spiff.task", "spiff.workflow"):
            logging.getLogger(name).setLevel(logging.WARNING)
        parser = BpmnParser()
        parser.add_bpmn_str(in_its_dialect(source))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.data.update(data)
        self.workflow.task_tree.data.update(data)
        self.run()

    def run(self) -> None:
        self.workflow.do_engine_steps()

    def ready(self) -> list[str]:
        """The tasks that a person could do now, as the library shows them."""
        found = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.name for task in found)

    def active(self) -> list[str]:
        """What really waits or could run: read from the flat dictionary, not by the iterator."""
        active = TaskState.READY | TaskState.STARTED
        return sorted(t.task_spec.name for t in self.workflow.tasks.values() if t.has_state(active))

    def task(self, element: str, state: int = TaskState.ANY_MASK) -> Task:
        return self.workflow.get_next_task(spec_name=element, state=state)

    def state_of(self, element: str) -> str:
        return str(TaskState.get_name(self.task(element).state))

    def complete(self, element: str, **data: Any) -> None:
        task = self.task(element, TaskState.READY)
        task.data.update(data)
        task.run()
        self.run()

    def let_time_pass(self) -> None:
        """Every timer that is armed is overdue from now on."""
        for task in self.workflow.tasks.values():
            definition = getattr(task.task_spec, "event_definition", None)
            if isinstance(definition, TimerEventDefinition) and task.state == TaskState.WAITING:
                task.internal_data["event_value"] = _LONG_AGO
        self.workflow.refresh_timers()
        self.run()

    def throw(self, code: str) -> None:
        """Throw an error in the only way the library offers."""
        definition = ErrorEventDefinition("Error_1", code)
        self.workflow.catch(BpmnEvent(definition, target=self.workflow))
        self.run()

    def save(self) -> str:
        return str(BpmnWorkflowSerializer().serialize_json(self.workflow))

    def load(self, saved: str) -> None:
        self.workflow = BpmnWorkflowSerializer().deserialize_json(saved)
