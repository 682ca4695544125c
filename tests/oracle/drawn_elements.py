"""Drawn elements for tests: the tasks, deadlines and waits of which random diagrams are made."""

from __future__ import annotations

from unit.engine import drawing_board as board

#: What a person may answer.
ANSWERS = "pick,fail,k,one,two"
#: The event of the message that is waited for.
REPLY = '<bpmn:messageEventDefinition messageRef="Message_in"/>'
_ELAPSED = board.properties(calendar="elapsed")


def clock(hours: int) -> str:
    """A deadline that counts day and night, so that the test knows when it is due."""
    duration = f"<bpmn:timeDuration>PT{hours}H</bpmn:timeDuration>"
    return f"{_ELAPSED}<bpmn:timerEventDefinition>{duration}</bpmn:timerEventDefinition>"


def awaited(**properties: str) -> str:
    """The message that our diagrams wait for, and what is kept of it."""
    return board.properties(outputs="told", **properties) + REPLY


def user(element: str, inner: str = "", **properties: str) -> str:
    """A task of a person."""
    return board.user(element, board.properties(outputs=ANSWERS, **properties) + inner)


def manual(element: str, inner: str = "", **properties: str) -> str:
    """A task that is done outside of the system, and without a form."""
    kept = board.properties(outputs=ANSWERS, **properties)
    return board.node("manualTask", element, kept + inner, camunda_candidateGroups="drafter")
