"""Separation of duties: who may not complete a task, having completed an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from engine.canonical import canonical_json, read_json
from engine.diagrams import Diagram, Element

#: Element -> the persons who completed it so far, each once; of work that is repeated behind the
#: element the item to which it belongs: "approve@unit:2".
Performers = Mapping[str, Sequence[str]]
_ITEM = "@"  # no id of an element contains it


@dataclass(frozen=True)
class EarlierStages:
    """The stages that the same person completed and that should have been another's."""

    refused: tuple[str, ...] = ()  #: the task may not be completed by this person
    warned: tuple[str, ...] = ()  #: it may, and the history says so


def earlier_stages(
    diagram: Diagram, performers: Performers, element: Element, person: str, item: str = ""
) -> EarlierStages:
    """Return what this person did before that should have been another's.

    Of work that is repeated only what belongs to the same ``item`` counts, see ``Walk.item``, and
    what stands outside of the repetition.
    The diagram names the stages: those of ``refuseFrom`` are refused, those of ``separateFrom``
    as ``samePerson`` says, "warn" or "refuse". Where it names none, they are the tasks with an
    operation that are offered to another group than this one, and they are refused.
    """
    rules = element.properties
    named = {name: _parts(rules.get(name, "")) for name in ("refuseFrom", "separateFrom")}
    drawn = "separateFrom" in rules or "refuseFrom" in rules
    if drawn and not any(named.values()):
        return EarlierStages()
    completed = {
        stage.partition(_ITEM)[0]
        for stage, persons in performers.items()
        if person in persons and _counts(stage, item)
    }
    if not drawn:
        others = {stage for stage in completed if _of_others(diagram, stage, element)}
        return _sorted(others, rules.get("samePerson", "refuse"), set())
    return _sorted(
        completed & named["separateFrom"],
        rules.get("samePerson", "warn"),
        completed & named["refuseFrom"],
    )


def _counts(stage: str, item: str) -> bool:
    """Tell whether a completed stage belongs to no other item of a repetition around both."""
    if not item or _ITEM not in stage:
        return True
    others, mine = _places(stage.partition(_ITEM)[2]), _places(item)
    return all(mine.get(around, number) == number for around, number in others.items())


def _places(item: str) -> dict[str, str]:
    """Return the places in the lists by the activities that are repeated."""
    parts = (part.rpartition(":") for part in item.split("/"))
    return {around: number for around, _, number in parts}


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


def performed(performers: str, element: str, person: str, item: str = "") -> str:
    """Return the performers, canonical JSON, with this completion among them.

    ``item`` is the one to which it belongs where work is repeated, see ``Walk.item``.
    """
    stage = f"{element}{_ITEM}{item}" if item else element
    known: dict[str, list[str]] = read_json(performers)
    if person in known.get(stage, ()):
        return performers
    known[stage] = sorted({*known.get(stage, ()), person})
    return canonical_json(known).decode()
