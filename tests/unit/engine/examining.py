"""What tests of the examination share: a house, small diagrams, and what is found in them."""

from __future__ import annotations

from unit.engine.drawing_board import diagram, end, lane, path, start, user

from engine import HandlerCatalog, Topic
from engine.diagrams import examine


def _handler(*_: object) -> dict[str, object]:
    return {}


CATALOG = HandlerCatalog(
    answers={"letter.review": _handler},
    immediate={"number.reserve": _handler},
    queued={"letter.compose": _handler},  # type: ignore[dict-item]
    notices={"notice.remind": _handler},  # type: ignore[dict-item]
    topics={
        "letter.compose": Topic("Susun", "Compose", ("template",)),
        "letter.review": Topic("Periksa", "Review", decides=True),
    },
)
FORMS = ("form", "review")


def found(source: bytes) -> set[tuple[str, str]]:
    """Element and rule of every finding."""
    return {(f.element, f.rule) for f in examine(source, FORMS, CATALOG)}


def simple(*parts: str) -> bytes:
    """begin -> task -> done in a lane, and beside it what the test draws."""
    way = path("begin", "task", "done")
    return diagram(lane("task"), start(), user("task"), end(), way, *parts)


def inserted(*parts: str, at: str = "odd") -> bytes:
    """begin -> task -> odd -> done, where the test draws odd."""
    way = path("begin", "task", at, "done")
    return diagram(lane("task"), start(), user("task"), end(), way, *parts)
