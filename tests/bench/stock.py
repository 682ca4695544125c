"""The comparison: stock SpiffWorkflow with its own serializer, one committed row an instance.

It gets our database module with the same pragmas, and nothing to do but its state: no history,
no lists of open tasks and timers, no separation of duties.
"""

from __future__ import annotations

import time
import uuid
from typing import ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.task_parsers import TaskParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import text

from engine import Database
from tests.bench.flow import LETTER, STOCK, diagram, path_with


class NumberTask(ServiceTask):
    """The service task of the flow: done at once, as ours is."""

    def _run_hook(self, my_task: object) -> bool:
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar = {full_tag("serviceTask"): (TaskParser, NumberTask)}


class StockEngine:
    """Load, complete, run, save: what an application on the library's own serializer does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with self._database.transaction() as session:
            session.execute(text("CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT)"))
        parser = Parser()
        parser.add_bpmn_str(diagram(STOCK))
        self._spec = parser.get_spec("bench_letter")
        config = dict(DEFAULT_CONFIG)
        config[NumberTask] = BpmnTaskSpecConverter
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))

    def walk(self, revisions: int) -> list[float]:
        """Take one letter from start to end; return the seconds of each user step."""
        instance = uuid.uuid4().hex
        workflow = BpmnWorkflow(self._spec)
        workflow.get_next_task(state=TaskState.READY).data.update(LETTER)
        workflow.do_engine_steps()
        with self._database.transaction() as session:
            session.execute(
                text("INSERT INTO instance VALUES (:id, :state)"),
                {"id": instance, "state": self._serializer.serialize_json(workflow)},
            )
        seconds = []
        for element, decision in path_with(revisions):
            began = time.perf_counter()
            self._step(instance, element, decision)
            seconds.append(time.perf_counter() - began)
        return seconds

    def close(self) -> None:
        self._database.close()

    def _step(self, instance: str, element: str, decision: str) -> None:
        with self._database.transaction() as session:
            state = session.execute(
                text("SELECT state FROM instance WHERE id = :id"), {"id": instance}
            ).scalar_one()
            workflow = self._serializer.deserialize_json(state)
            task = workflow.get_next_task(spec_name=element, state=TaskState.READY)
            task.data["decision"] = decision
            task.run()
            workflow.do_engine_steps()
            session.execute(
                text("UPDATE instance SET state = :state WHERE id = :id"),
                {"id": instance, "state": self._serializer.serialize_json(workflow)},
            )
