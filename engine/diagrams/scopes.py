"""Scopes: sub-processes, called processes, and activities performed for each item of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.diagrams.model import Element
from engine.diagrams.specs import Step
from engine.errors import EngineError
from engine.feel import Expression

#: The longest list for which an activity is repeated.
MOST_INSTANCES = 500
COUNTER = "loopCounter"


@dataclass
class Progress:
    """How far a multi-instance activity has come."""

    total: int
    done: int = 0
    rest: list[Any] = field(default_factory=list)  #: items whose instances have not begun
    #: of each instance that ended its outputs, in the order of the items; None: not collected
    collected: list[Any] | None = None


class SubProcess(Step):
    """Holds tokens of its own, and is left when the last of them has ended."""

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element)
        self.first: Any = None  #: the start event inside

    def _run_hook(self, my_task: Any) -> bool | None:
        workflow = my_task.workflow
        if self.element.inputs or self.element.outputs:
            seen = workflow.view(my_task)
            my_task.closed = {to: seen.get(what) for to, what in self.element.inputs.items()}
        workflow.spawn(self.first, my_task)
        return None

    def _on_complete_hook(self, my_task: Any) -> None:
        if my_task.closed is not None:
            inner = my_task.closed
            outputs = {to: inner.get(what) for to, what in self.element.outputs.items()}
            my_task.workflow.write(my_task, outputs)
        super()._on_complete_hook(my_task)


class MultiInstance(Step):
    """Performs its activity once for each item of a list, at the same time or one by one.

    What an instance writes stays its own; the property ``collect`` names the list in which the
    outputs of all of them are put when the activity is left.
    """

    def __init__(self, wf_spec: Any, name: str, element: Element, inner: Step) -> None:
        super().__init__(wf_spec, name, element)
        self.inner = inner
        self.completion: Expression | None = None

    def _run_hook(self, my_task: Any) -> bool | None:
        items = self._items(my_task)
        my_task.workflow.expect(len(items), self.element.id)
        collect = self.element.properties.get("collect", "")
        my_task.progress = Progress(len(items), collected=[None] * len(items) if collect else None)
        if not items:
            self._conclude(my_task)
            return True
        if self._repetition.sequential:
            my_task.progress.rest = items[1:]
            self._begin(my_task, 0, items[0])
        else:
            for number, item in enumerate(items):
                self._begin(my_task, number, item)
        return None

    def finished(self, body: Any, instance: Any) -> None:
        """One instance has come to its end."""
        progress: Progress = body.progress
        progress.done += 1
        own = {self._repetition.variable, COUNTER}
        if progress.collected is not None:
            outputs = {name: value for name, value in instance.local.items() if name not in own}
            progress.collected[instance.index] = outputs
        if progress.done == progress.total or self._enough(instance, progress):
            body.workflow.withdraw_inside(body)
            self._conclude(body)
            body.complete()
        elif self._repetition.sequential:
            self._begin(body, progress.done, progress.rest.pop(0))

    def _begin(self, body: Any, number: int, item: Any) -> None:
        local = {COUNTER: number + 1}
        if self._repetition.variable:
            local[self._repetition.variable] = item
        body.workflow.spawn(self.inner, body, number, local)

    def _enough(self, instance: Any, progress: Progress) -> bool:
        if self.completion is None:
            return False
        sequential = self._repetition.sequential
        counts = {
            "nrOfInstances": progress.total,
            "nrOfCompletedInstances": progress.done,
            "nrOfActiveInstances": 0 if sequential else progress.total - progress.done,
        }
        data = {**instance.workflow.view(instance), **counts}
        return self.completion.evaluate(data) is True

    def _conclude(self, body: Any) -> None:
        collected = body.progress.collected
        if collected is not None:
            body.workflow.write(body, {self.element.properties["collect"]: collected})

    def _items(self, my_task: Any) -> list[Any]:
        name = self._repetition.collection
        items = my_task.workflow.view(my_task).get(name)
        if not isinstance(items, list) or len(items) > MOST_INSTANCES:
            raise EngineError(
                f"{self.element.id} is repeated for each item of {name!r}, which must be a list of"
                f" at most {MOST_INSTANCES}.",
                element=self.element.id,
            )
        return list(items)

    @property
    def _repetition(self) -> Any:
        return self.element.repetition
