"""Re-execution: the recorded commands driven once more along the diagram then in force."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from engine.business_rules import decide
from engine.canonical import canonical_json
from engine.catalog import JsonObject
from engine.courses import first_definition, past_of
from engine.definitions import Definitions, Deployed
from engine.diagrams import LATER, Element, Later, Passage, Walk
from engine.errors import BusinessError, EngineError, HistoryBroken
from engine.history import HistoryEvent, Kind, events_of, read_rows
from engine.incidents import KINDS, SKIPPED
from engine.instances import instance_row
from engine.replay import MOVEMENTS, PASSED, TIMERS, Place
from engine.separation import performed

#: Gives the version of an id.
Versions = Callable[[str], Deployed]


@dataclass(frozen=True)
class Asked:
    """What a handler was asked with: the version then in force, and the data that it saw."""

    deployed: Deployed
    data: JsonObject


@dataclass(frozen=True)
class Reexecution:
    """Where the recorded commands lead."""

    state: bytes  #: as an instance keeps it: the same bytes as were stored
    data: JsonObject
    completed: bool
    performers: str  #: who completed what, as an instance keeps it
    asked: Mapping[Place, Asked]  #: every service task and thrown message on the way
    wholes: Mapping[Place, int]  #: of tasks in a repetition: the occurrence of it as a whole


def reexecute(
    versions: Versions, definition_id: str, events: Sequence[HistoryEvent]
) -> Reexecution:
    """Drive the recorded commands along the diagrams then in force, with the recorded answers.

    ``definition_id`` is the version that the instance follows in the end. Calls no handler and
    writes nothing; decisions are made again. Raises ``HistoryBroken``, with
    ``details["sequence"]``, where a diagram goes another way.
    """
    if not events or events[0].kind is not Kind.INSTANCE_STARTED:
        raise HistoryBroken("The history does not begin with the start of the instance.")
    deployed = versions(first_definition(events, definition_id))
    script = _Script(events, deployed)
    walk = _reenact(versions, deployed, events, script)
    return Reexecution(
        walk.freeze(), walk.data, walk.completed, script.performers, script.asked, script.wholes
    )


def reexecute_instance(session: Session, definitions: Definitions, instance_id: str) -> Reexecution:
    """Do the same with an instance in the books; reads only.

    Raises ``UnknownInstance``, and ``HistoryBroken`` where the diagram goes another way.
    """
    row = instance_row(session, instance_id)
    events = events_of(read_rows(session, instance_id))
    return reexecute(partial(definitions.deployed, session), row.definition_id, events)


def _reenact(
    versions: Versions, deployed: Deployed, events: Sequence[HistoryEvent], script: _Script
) -> Walk:
    walk = deployed.diagram.begin(dict(events[0].data_after), events[0].details.get("start"))
    pending: deque[Passage] = deque()
    for number, event in enumerate(events):
        drawn = deployed.diagram.elements.get(event.element)
        if event.element_name != (drawn.name if drawn else ""):
            raise _broken(event, "names its element otherwise than the diagram does")
        if event.kind in MOVEMENTS:
            _expect(pending, event)
            if not pending and walk.data != event.data_after:
                raise _broken(event, "leaves other data than the diagram and the answers do")
            _rearm(walk, event)
        elif event.kind is Kind.INSTANCE_MOVED:
            if pending:
                raise _broken(event, f"comes although {pending[0].element!r} was still to pass")
            before, deployed = deployed, versions(event.details["to"]["id"])
            script.follow(deployed)
            walk = _rehosted(walk, before, deployed, script.at(event), events[: number + 1])
        elif _commands(walk, event, script):
            if pending:
                raise _broken(event, f"comes although {pending[0].element!r} was still to pass")
            pending.extend(walk.advance(script.at(event)))
            script.note_wholes(walk)
    if pending:
        raise _broken(events[-1], f"is the last one, but {pending[0].element!r} was still to pass")
    return walk


def _expect(pending: deque[Passage], event: HistoryEvent) -> None:
    if not pending:
        raise _broken(event, "moves a token that stood still")
    passage = pending.popleft()
    expected = (PASSED[passage.kind], passage.element, passage.occurrence)
    if expected != (event.kind, event.element, event.occurrence):
        raise _broken(event, f"stands where the diagram has {expected[0]} {expected[1]!r}")


def _rearm(walk: Walk, event: HistoryEvent) -> None:
    """Calendars change: a timer is due when it was said to be, not when it would be today."""
    for timer, due in event.details.get(TIMERS, {}).items():
        try:
            walk.rearm(f"{timer}#{event.occurrence}", datetime.fromisoformat(due))
        except (EngineError, ValueError, TypeError) as error:
            raise _broken(event, f"arms {timer!r}, which the diagram does not") from error


def _rehosted(
    walk: Walk, before: Deployed, after: Deployed, script: _Script, events: Sequence[HistoryEvent]
) -> Walk:
    """Put the walk on another version, as the last of the events tells."""
    event = events[-1]
    armed, dropped = event.details.get("armed", {}), event.details.get("dropped", [])
    past = past_of(events[:-1], droppable=dropped)
    moved = before.diagram.rehost(walk.freeze(), after.diagram, script, past)
    told = (before.definition.id, sorted(armed), sorted(dropped))
    found = (event.details["from"]["id"], sorted(moved.armed), sorted(moved.dropped))
    if moved.walk is None or told != found:
        raise _broken(event, "moves the instance otherwise than the versions do")
    for waiting_id, due in armed.items():
        if due:
            moved.walk.rearm(waiting_id, datetime.fromisoformat(due))
    return moved.walk


def _commands(walk: Walk, event: HistoryEvent, script: _Script) -> bool:
    """Give the walk the command that the event records; tell whether it records one."""
    waiting_id = f"{event.element}#{event.occurrence}"
    try:
        if event.kind is Kind.INSTANCE_STARTED:
            return True
        if event.kind is Kind.TASK_COMPLETED:
            script.note_performer(event, walk.item(waiting_id))
            walk.complete(waiting_id, event.details["outputs"])
        elif event.kind is Kind.JOB_FINISHED and event.details["kind"] != "notice":
            walk.answer(waiting_id, event.details["outputs"])
        elif event.kind is Kind.INCIDENT_RESOLVED and _passes(event):
            walk.answer(waiting_id, {})
        elif event.kind is Kind.ERROR_THROWN and _thrown_from_outside(event):
            payload = {"error": {name: event.details[name] for name in ("code", "sentence")}}
            if not walk.throw_error(waiting_id, event.details["code"], payload):
                raise _broken(event, "throws an error that nothing catches")
        elif event.kind is Kind.MESSAGE_DELIVERED:
            walk.deliver(waiting_id, event.details["outputs"])
        elif event.kind is Kind.TIMER_FIRED:
            walk.fire_timer(waiting_id)
        else:
            return False
    except (EngineError, KeyError) as error:
        if isinstance(error, HistoryBroken):
            raise
        raise _broken(event, "acts on something that was not waiting") from error
    if walk.data != event.data_after:
        raise _broken(event, "leaves other data than its answers do")
    return True


class _Script:
    """The host of a reenactment: says what the handlers said then."""

    def __init__(self, events: Sequence[HistoryEvent], deployed: Deployed) -> None:
        self.performers = "{}"
        self.asked: dict[Place, Asked] = {}
        self.wholes: dict[Place, int] = {}
        self._deployed = deployed
        self._repeats = _repeats(deployed)
        self._decided: defaultdict[str, deque[JsonObject]] = defaultdict(deque)
        self._answers: dict[Place, JsonObject | Later | BusinessError] = {}
        self._now = events[0].at
        for event in events:
            self._learn(event)

    def follow(self, deployed: Deployed) -> None:
        self._deployed = deployed
        self._repeats = _repeats(deployed)

    def note_wholes(self, walk: Walk) -> None:
        if self._repeats:
            for each in walk.waiting():
                if each.whole != each.occurrence:
                    self.wholes[each.element, each.occurrence] = each.whole

    def note_performer(self, event: HistoryEvent, item: str) -> None:
        self.performers = performed(self.performers, event.element, event.person, item)

    def at(self, event: HistoryEvent) -> _Script:
        self._now = event.at
        return self

    def perform(self, element: Element, occurrence: int, data: JsonObject) -> JsonObject | Later:
        self.asked[element.id, occurrence] = Asked(self._deployed, dict(data))
        answer = self._answers.get((element.id, occurrence))
        if answer is None:
            raise HistoryBroken(f"The history does not say what {element.id!r} answered.")
        if isinstance(answer, BusinessError):
            raise answer
        return answer

    def decide(self, element: Element, data: JsonObject) -> JsonObject:
        outputs = decide(self._deployed.decisions, element, data)
        recorded = self._decided[element.id]
        if not recorded or canonical_json(recorded.popleft()) != canonical_json(outputs):
            raise HistoryBroken(f"{element.id!r} decides otherwise than the history says.")
        return outputs

    def publish(self, element: Element, occurrence: int, data: JsonObject) -> None:
        """What was sent has been sent."""
        self.asked[element.id, occurrence] = Asked(self._deployed, dict(data))

    def due(self, element: Element, data: JsonObject) -> datetime:
        """Any moment will do: the event that tells of the timer tells when it is due."""
        return self._now

    def _learn(self, event: HistoryEvent) -> None:
        place = (event.element, event.occurrence)
        if event.kind is Kind.JOB_QUEUED:
            self._answers[place] = {} if event.details.get("kind") == "notice" else LATER
        elif event.kind is Kind.ELEMENT_LEFT and "topic" in event.details:
            self._answers[place] = event.details["outputs"]
            self._decided[event.element].append(event.details["outputs"])
        elif event.kind is Kind.ERROR_THROWN and not _thrown_from_outside(event):
            code, sentence = event.details.get("code", ""), event.details.get("sentence", "")
            self._answers[place] = BusinessError(code, sentence)


def _repeats(deployed: Deployed) -> bool:
    return any(each.repetition is not None for each in deployed.diagram.elements.values())


def _passes(event: HistoryEvent) -> bool:
    """Tell whether an operator let the token go on without its job."""
    return event.details.get("kind") == "job" and event.details.get("how") == SKIPPED


def _thrown_from_outside(event: HistoryEvent) -> bool:
    """Tell whether the error came at a waiting token, not from a handler on its way."""
    return not event.details.keys().isdisjoint(KINDS)


def _broken(event: HistoryEvent, what: str) -> HistoryBroken:
    return HistoryBroken(
        f"Event {event.sequence} ({event.kind} {event.element!r}) {what}.",
        sequence=event.sequence,
    )
