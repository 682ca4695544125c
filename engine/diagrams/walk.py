"""A walk: one instance on its way through a diagram, in memory, between two commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.canonical import canonical_json
from engine.catalog import JsonObject
from engine.diagrams import specs
from engine.diagrams.codec import Codec
from engine.diagrams.contract import Passage, Waiting, WalkHost
from engine.diagrams.token import Token
from engine.diagrams.workflow import TokenWorkflow
from engine.errors import TaskNotOpen


class Walk:
    """Moves tokens on request.

    A command (``complete``, ``answer``, ``throw_error``, ``fire_timer``, ``deliver``) moves one
    token, ``advance`` lets all of them run on until each waits again; only then is there a state
    to freeze. After an exception the walk is broken and must be dropped.
    """

    def __init__(self, workflow: TokenWorkflow, codec: Codec, *, settled: bool) -> None:
        self._workflow = workflow
        self._codec = codec
        self._settled = settled
        self._seen: list[Waiting] | None = None  #: what it waited for when it was last asked
        self._spelt: tuple[int, str] | None = None  #: after so many writes

    @property
    def data(self) -> dict[str, Any]:
        """The process data: one dictionary of small JSON values, shared by all tokens.

        What instances of a multi-instance activity have of their own is not in it: see ``view``.
        """
        return self._workflow.data

    @property
    def spelt(self) -> str:
        """The process data as canonical JSON, spelt anew only where they were written."""
        writes = self._workflow.writes
        if self._spelt is None or self._spelt[0] != writes:
            self._spelt = writes, canonical_json(self._workflow.data).decode()
        return self._spelt[1]

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
            (token.element.id, token.occurrence)
            for token in self._workflow.tokens()
            if token.host is None
        )

    def waiting(self) -> list[Waiting]:
        """Return what the walk waits for: tasks of people, jobs, messages and armed timers."""
        if self._seen is None or not self._settled:
            tokens = self._workflow.tokens()
            self._seen = [
                self._waiting(token, kind) for token in tokens if (kind := _kind(token)) is not None
            ]
        return self._seen

    def view(self, waiting_id: str) -> JsonObject:
        """Return the data as what waits sees them. Raises ``TaskNotOpen``."""
        return self._workflow.view(self._find(waiting_id, *_KINDS))

    def item(self, waiting_id: str) -> str:
        """Return to which items of repeated scopes what waits belongs, the outermost first.

        Each is named by the activity and its place in the list, "unit:2/person:1"; "" outside. The
        place is the same when the activity is repeated anew. Raises ``TaskNotOpen``.
        """
        places = []
        around = self._find(waiting_id, *_KINDS).scope
        while around is not None:
            if around.index is not None:
                places.append(f"{around.element.id}:{around.index + 1}")
            around = around.scope
        return "/".join(reversed(places))

    def advance(self, host: WalkHost) -> list[Passage]:
        """Run until every token waits; return all passages since the last time."""
        self._settled = False
        self._workflow.host = host
        try:
            self._workflow.do_engine_steps()
        finally:
            self._workflow.host = None
        self._workflow.prune()
        passages, self._workflow.journal = self._workflow.journal, []
        self._settled, self._seen = True, None
        return passages

    def complete(self, waiting_id: str, outputs: JsonObject) -> None:
        """A person has done the task. Raises ``TaskNotOpen`` unless it is open now."""
        self._finish(self._find(waiting_id, "task"), outputs)

    def answer(self, waiting_id: str, outputs: JsonObject) -> None:
        """A job has been done. Raises ``TaskNotOpen`` unless its task still waits for it."""
        self._finish(self._find(waiting_id, "job"), outputs)

    def deliver(self, waiting_id: str, payload: JsonObject) -> None:
        """A message has come. Raises ``TaskNotOpen`` unless it is still waited for."""
        event = self._find(waiting_id, "message")
        self._settled = False
        self._workflow.fire(event, payload)

    def throw_error(self, waiting_id: str, code: str, payload: JsonObject) -> bool:
        """Throw an error at what waits, and merge the payload into the process data.

        The boundary event of this very activity catches it, else the nearest one around. Returns
        ``False``, and changes nothing, when there is none for the code.
        """
        token = self._find(waiting_id, *_KINDS)
        caught = self._workflow.throw(token, code, payload)
        self._settled = self._settled and not caught
        return caught

    def fire_timer(self, waiting_id: str) -> None:
        """Let the timer happen, once. Raises ``TaskNotOpen`` when it is no longer armed."""
        event = self._find(waiting_id, "timer")
        self._settled = False
        self._workflow.fire(event)

    def rearm(self, waiting_id: str, due: datetime) -> None:
        """Let an armed timer be due at this moment. Raises ``TaskNotOpen`` if it is not armed."""
        self._find(waiting_id, "timer").due = due
        self._seen = None

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
        self._workflow.finish(token, outputs)

    def _find(self, waiting_id: str, *kinds: str) -> Token:
        element, _, occurrence = waiting_id.rpartition("#")
        for token in self._workflow.tokens():
            here = token.element.id == element and str(token.occurrence) == occurrence
            if here and _kind(token) in kinds:
                return token
        raise TaskNotOpen(waiting_id=waiting_id)

    def _waiting(self, token: Token, kind: Any) -> Waiting:
        element, occurrence, body = token.element, token.occurrence, token.scope
        return Waiting(
            f"{element.id}#{occurrence}",
            element.id,
            occurrence,
            kind,
            token.due,
            element.message if kind == "message" else "",
            token.correlation,
            self._workflow.local(token),
            occurrence if token.index is None or body is None else body.occurrence,
        )


_KINDS = ("task", "job", "timer", "message")


def _kind(token: Token) -> str | None:
    """Return what kind of waiting the token stands for."""
    spec, state = token.task_spec, token.state
    if state == TaskState.READY:
        return "task" if isinstance(spec, specs.HumanTask) else None
    if state == TaskState.STARTED:
        return "job" if isinstance(spec, specs.ServiceTask) else None
    if isinstance(spec, (specs.CatchEvent, specs.BoundaryEvent)):
        if token.due is not None:
            return "timer"
        return "message" if token.element.message else None
    return None
