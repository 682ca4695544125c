"""A walk: one instance on its way through a diagram, in memory, between two commits."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.catalog import JsonObject
from engine.diagrams import specs
from engine.diagrams.codec import Codec
from engine.diagrams.contract import Passage, Waiting, WalkHost
from engine.diagrams.prune import prune
from engine.diagrams.workflow import Token, TokenWorkflow, due_of
from engine.errors import TaskNotOpen


class Walk:
    """Moves tokens on request.

    A command (``complete``, ``answer``, ``throw_error``, ``fire_timer``) moves one token,
    ``advance`` lets all of them run on until each waits again; only then is there a state to
    freeze. After an exception the walk is broken and must be dropped.
    """

    def __init__(self, workflow: TokenWorkflow, codec: Codec, *, settled: bool) -> None:
        self._workflow = workflow
        self._codec = codec
        self._settled = settled

    @property
    def data(self) -> dict[str, Any]:
        """The process data: one dictionary of small JSON values, shared by all tokens."""
        return self._workflow.data

    @property
    def completed(self) -> bool:
        """Whether no token is left."""
        return self._workflow.is_completed()

    @property
    def open(self) -> frozenset[tuple[str, int]]:
        """Element and occurrence of everything entered but not yet left or cancelled.

        Equal to the fold of all passages so far. Armed boundary events are not among them: they
        are entered when they fire. A join is entered by its first token.
        """
        return frozenset(
            (token.task_spec.name, token.occurrence)
            for token in self._workflow.tokens()
            if not isinstance(token.task_spec, specs.BoundaryEvent)
        )

    def waiting(self) -> list[Waiting]:
        """Return what the walk waits for: tasks of people, jobs, and armed timers."""
        found = [_waiting(token) for token in self._workflow.tokens()]
        return [waiting for waiting in found if waiting is not None]

    def advance(self, host: WalkHost) -> list[Passage]:
        """Run until every token waits; return all passages since the last time."""
        self._settled = False
        self._workflow.host = host
        try:
            self._workflow.do_engine_steps()
        finally:
            self._workflow.host = None
        prune(self._workflow)
        passages, self._workflow.journal = self._workflow.journal, []
        self._settled = True
        return passages

    def complete(self, waiting_id: str, outputs: JsonObject) -> None:
        """A person has done the task. Raises ``TaskNotOpen`` unless it is open now."""
        self._finish(self._find(waiting_id, "task"), outputs)

    def answer(self, waiting_id: str, outputs: JsonObject) -> None:
        """A job has been done. Raises ``TaskNotOpen`` unless its task still waits for it."""
        self._finish(self._find(waiting_id, "job"), outputs)

    def throw_error(self, waiting_id: str, code: str, payload: JsonObject) -> bool:
        """Throw an error at one task or job, and merge the payload into the process data.

        Returns ``False``, and changes nothing, when no boundary event of this very activity
        catches the code.
        """
        token = self._find(waiting_id, "task", "job")
        caught = self._workflow.throw(token, code, payload)
        self._settled = self._settled and not caught
        return caught

    def fire_timer(self, waiting_id: str) -> None:
        """Let the timer happen, once. Raises ``TaskNotOpen`` when it is no longer armed."""
        event = self._find(waiting_id, "timer")
        self._settled = False
        self._workflow.fire(event)

    def freeze(self) -> bytes:
        """Return the state, for ``Diagram.resume``.

        Raises ``RuntimeError`` before the walk has advanced after a command, and after an
        exception: half a step is never saved.
        """
        if not self._settled:
            raise RuntimeError("A walk is frozen only when every token waits.")
        return self._codec.encode(self._workflow)

    def _finish(self, token: Token, outputs: JsonObject) -> None:
        self._settled = False
        self._workflow.data.update(outputs)
        token.complete()

    def _find(self, waiting_id: str, *kinds: str) -> Token:
        for token in self._workflow.tokens():
            waiting = _waiting(token)
            if waiting is not None and waiting.id == waiting_id and waiting.kind in kinds:
                return token
        raise TaskNotOpen(waiting_id=waiting_id)


def _waiting(token: Token) -> Waiting | None:
    spec = token.task_spec
    element, occurrence = spec.name, token.occurrence
    name = f"{element}#{occurrence}"
    if isinstance(spec, specs.HumanTask) and token.state == TaskState.READY:
        return Waiting(name, element, occurrence, "task")
    if isinstance(spec, specs.ServiceTask) and token.state == TaskState.STARTED:
        return Waiting(name, element, occurrence, "job")
    due = due_of(token)
    if isinstance(spec, specs.BoundaryEvent) and token.state == TaskState.WAITING and due:
        return Waiting(name, element, occurrence, "timer", due)
    return None
