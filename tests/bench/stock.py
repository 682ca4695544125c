"""The comparison: stock SpiffWorkflow with its own serializer, one committed row an instance.

It gets our database module with the same pragmas, and nothing to do but its state: no history,
no lists of open tasks and timers, no separation of duties.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.task_parsers import TaskParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import text

from engine import Database, JsonObject
from tests.bench.flow import (
    PROCESS,
    STARTED,
    STOCK,
    Stop,
    check_end,
    diagram,
    path_with,
    served,
)

_SERVED = served()


class ServedTask(ServiceTask):
    """A service task of the flow: done at once, as ours are, with the same result."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.data.update(_SERVED[self.bpmn_id])
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar = {full_tag("serviceTask"): (TaskParser, ServedTask)}


class StockEngine:
    """Load, complete, run, save: what an application on the library's own serializer does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with self.database.transaction() as session:
            session.execute(text("CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT)"))
        parser = Parser()
        parser.add_bpmn_str(diagram(STOCK))
        self._spec = parser.get_spec(PROCESS)
        config = dict(DEFAULT_CONFIG)
        config[ServedTask] = BpmnTaskSpecConverter
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        instance = uuid.uuid4().hex
        workflow = BpmnWorkflow(self._spec)
        workflow.get_next_task(state=TaskState.READY).data.update(STARTED)
        workflow.do_engine_steps()
        with self.database.transaction() as session:
            session.execute(
                text("INSERT INTO instance VALUES (:id, :state)"),
                {"id": instance, "state": self._serializer.serialize_json(workflow)},
            )
        seconds = []
        for stop in path_with(revisions):
            began = time.perf_counter()
            data = self._step(instance, stop)
            seconds.append(time.perf_counter() - began)
        check_end(data, revisions)
        return seconds

    def close(self) -> None:
        self.database.close()

    def _step(self, instance: str, stop: Stop) -> JsonObject:
        """Complete the task; return the data that the process has at its end, and not before."""
        element, given = stop
        with self.database.transaction() as session:
            state = session.execute(
                text("SELECT state FROM instance WHERE id = :id"), {"id": instance}
            ).scalar_one()
            workflow = self._serializer.deserialize_json(state)
            task = workflow.get_next_task(spec_name=element, state=TaskState.READY)
            task.data.update(given)
            task.run()
            workflow.do_engine_steps()
            session.execute(
                text("UPDATE instance SET state = :state WHERE id = :id"),
                {"id": instance, "state": self._serializer.serialize_json(workflow)},
            )
            data: JsonObject = workflow.data
        return data
