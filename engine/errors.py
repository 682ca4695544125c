"""The errors of the engine: refusals a person can act on, and failures of the outside world."""

from __future__ import annotations

import os
from collections.abc import Mapping


class Refusal(Exception):
    """A refusal of this house: nothing was changed. A class's docstring is its default sentence."""

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.details: Mapping[str, object] = details


class EngineError(Refusal):
    """The engine refuses the command: it changed nothing."""


class TaskNotOpen(EngineError):
    """The task is not open: it was completed or withdrawn meanwhile."""


class TaskNotYours(EngineError):
    """The task is offered to other positions than those you hold."""


class SamePersonTwice(TaskNotYours):
    """You completed an earlier stage yourself; this one needs another person."""


class TaskClaimed(EngineError):
    """The task is being worked on by a colleague."""


class AnswerRefused(EngineError):
    """The answers do not fit the form of the task."""


class DefinitionRejected(EngineError):
    """The diagram is unsound; see the findings."""


class UnknownProcess(EngineError):
    """No process of this name is deployed."""


class MessageRefused(EngineError):
    """A message that could not be kept, or that nobody could receive."""


class UnknownMessage(EngineError):
    """No kept message has this id: it was received or discarded meanwhile."""


class UnknownStart(EngineError):
    """No start of this process waits to be tried again."""


class UnknownInstance(EngineError):
    """No instance has this id."""


class UnknownDefinition(EngineError):
    """No version of a process, or no form of it, has this id."""


class UnknownIncident(EngineError):
    """No open incident has this id."""


class SkipRefused(EngineError):
    """The instance waits for this alone, so it cannot be skipped; try it again."""


class SomebodyNeeded(SkipRefused):
    """A task waits for a person: see that somebody holds the position, then try again."""


class SecretNeeded(SkipRefused):
    """What needs a person's passphrase is done by that person or not at all; send it back."""


class SkipForbidden(SkipRefused):
    """The diagram says that nothing goes on without this step."""


class NoWayBack(EngineError):
    """No way back is drawn: attach an error boundary event that leads to the task to be redone."""


class NoWayOn(EngineError):
    """What comes next cannot be done like this; nothing was changed."""


class ReasonMissing(EngineError):
    """Whoever decides this says why."""


class MoveBlocked(EngineError):
    """The instance cannot go on along that version from where it stands."""


class NothingToUndo(EngineError):
    """The instance was not moved, or its moves were undone."""


class InstanceChanged(EngineError):
    """Somebody else changed the instance meanwhile; read it again."""


class HistoryBroken(EngineError):
    """The history is not the one that was written."""


class NoPathOpen(EngineError):
    """No condition of the gateway holds and it has no default flow."""


class NoDecision(EngineError):
    """The decision table has no result for these data."""


class BusinessError(Exception):
    """A failure that the diagram foresees: thrown by a handler, caught by an error boundary event.

    ``code`` is the errorCode drawn in the diagram, ``sentence`` what the next performer reads.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class TemporaryFailure(Exception):
    """The outside did not answer; the same job may be tried again under the same key."""


def told_to_operators(error: Exception) -> str:
    """Return what an operator reads of a failure: of ours the sentence, of others the type only.

    The text of others may quote what a letter says; only the system's own is known not to. What
    stands in its place in an ``OSError`` is compared: libraries put words of theirs there.
    """
    if isinstance(error, (Refusal, BusinessError, TemporaryFailure)):
        return str(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        said = os.strerror(error.errno)
        if error.strerror == said:
            return f"{type(error).__name__}: {said}"
    return f"{type(error).__name__}: selengkapnya ada dalam log server."
