"""Separation of duties: who may not complete a task, having completed an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from engine.canonical import canonical_json, read_json
from engine.diagrams import Diagram, Element

#: Element -> the persons who completed it so far, each once.
Performers = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class EarlierStages:
    """The stages that the same person completed and that should have been another's."""

    refused: tuple[str, ...] = ()  #: the task may not be completed by this person
    warned: tuple[str, ...] = ()  #: it may, and the history says so


def earlier_stages(
    diagram: Diagram, performers: Performers, element: Element, person: str
) -> EarlierStages:
    """Return what this person did before that should have been another's.

    The diagram names the stages: those of ``refuseFrom`` are refused, those of ``separateFrom``
    as ``samePerson`` says, "warn" or "refuse". Where it names none, they are the tasks with an
    operation that are offered to another group than this one, and they are refused.
    """
    rules = element.properties
    named = {name: _parts(rules.get(name, "")) for name in ("refuseFrom", "separateFrom")}
    drawn = "separateFrom" in rules or "refuseFrom" in rules
    if drawn and not any(named.values()):
        return EarlierStages()
    completed = {stage for stage, persons in performers.items() if person in persons}
    if not drawn:
        others = {stage for stage in completed if _of_others(diagram, stage, element)}
        return _sorted(others, rules.get("samePerson", "refuse"), set())
    return _sorted(
        completed & named["separateFrom"],
        rules.get("samePerson", "warn"),
        completed & named["refuseFrom"],
    )


def _sorted(stages: Set[str], mode: str, refused: Set[str]) -> EarlierStages:
    if mode == "refuse":
        return EarlierStages(refused=tuple(sorted(stages | refused)))
    return EarlierStages(tuple(sorted(refused)), tuple(sorted(stages - refused)))


def _of_others(diagram: Diagram, stage: str, element: Element) -> bool:
    """Tell whether the stage has an operation and is offered to another group."""
    other = diagram.elements.get(stage)
    return (
        other is not None
        and bool(other.properties.get("operation"))
        and set(other.candidate_groups) != set(element.candidate_groups)
    )


@lru_cache(maxsize=1024)
def _parts(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def performed(performers: str, element: str, person: str) -> str:
    """Return the performers, canonical JSON, with this completion among them."""
    known: dict[str, list[str]] = read_json(performers)
    if person in known.get(element, ()):
        return performers
    known[element] = sorted({*known.get(element, ()), person})
    return canonical_json(known).decode()
