"""Rest: every circle contains a task that waits, and reminders keep nobody waiting."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog import HandlerCatalog
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import CATCHING, HUMAN, SCOPES, SERVICE, WITHIN, Element, Finding


def check_circles(drawing: Drawing, catalog: HandlerCatalog | None) -> Iterator[Finding]:
    """A circle without a task that waits would run for ever in one step."""
    resting = _Resting(drawing, catalog)
    for scope in drawing.scopes:
        busy = {e.id for e in drawing.inside.get(scope, ()) if not resting.rests(e)}
        circle = _circle(drawing, busy)
        if circle and WITHIN not in min(circle, key=len):
            yield _endless([e for e in drawing.elements.values() if e.id in circle])


def _circle(drawing: Drawing, busy: set[str]) -> set[str]:
    while True:
        onward = {name: {t for t in drawing.following(name) if t in busy} for name in busy}
        entered = {target for targets in onward.values() for target in targets}
        circling = {name for name in busy if onward[name] and name in entered}
        if circling == busy:
            return busy
        busy = circling


def _endless(circle: list[Element]) -> Finding:
    listed = ", ".join(f"«{each.name}»" for each in circle[:6])
    return Finding(
        circle[0].id,
        "endless-circle",
        f"Lingkaran {listed} berputar tanpa henti karena tidak ada tugas yang menunggu. Gambar"
        " tugas pengguna di dalam lingkaran itu.",
        f"The circle {listed} would turn for ever, since no task in it waits. Draw a user task"
        " in the circle.",
    )


def check_reminders(drawing: Drawing, catalog: HandlerCatalog | None) -> Iterator[Finding]:
    """What follows a non-interrupting event are notices and an end: a second token must not work.

    Otherwise the letter would be in two places at once, and the instance stay open for a reminder.
    """
    for event in drawing.own:
        if event.type == "boundaryEvent" and not event.interrupting:
            wrong = _first_that_is_no_notice(drawing, event, catalog)
            if wrong is not None:
                yield Finding(
                    event.id,
                    "reminder-branch",
                    f"Cabang pengingat «{event.name}» menuju «{wrong.name}», sehingga surat berada"
                    " di dua tempat. Gambar hanya tugas kirim dengan topic pengingat (notice.…)"
                    " lalu kejadian akhir, atau pengatur waktu yang menyela.",
                    f'Reminder branch "{event.name}" leads to "{wrong.name}", so that the letter'
                    " would be in two places. Draw only send tasks with a notice topic and an end"
                    " event, or an interrupting timer.",
                )


class _Resting:
    """Knows at which elements a token always waits."""

    def __init__(self, drawing: Drawing, catalog: HandlerCatalog | None) -> None:
        self._drawing = drawing
        self._catalog = catalog

    def rests(self, element: Element) -> bool:
        """Tell whether every token waits here. (For an empty list nothing is repeated.)"""
        if element.repetition is not None:
            return False
        if element.type in SCOPES:
            return self._every_way_rests(element.id)
        if element.type in SERVICE:
            return _is_queued(element, self._catalog)
        return element.type in HUMAN | CATCHING

    def _every_way_rests(self, scope: str) -> bool:
        """Tell whether no end of the scope can be reached without a rest."""
        pending = [start.id for start in self._drawing.starts(scope)]
        seen: set[str] = set()
        while pending:
            element = self._drawing.elements.get(pending.pop())
            if element is None or element.id in seen or self.rests(element):
                continue
            if element.type == "endEvent":
                return False
            seen.add(element.id)
            pending.extend(self._drawing.following(element.id))
        return True


def _is_queued(element: Element, catalog: HandlerCatalog | None) -> bool:
    if catalog is None:
        return not element.topic.startswith("notice.")
    # An unknown topic is a finding of its own; it is not blamed twice.
    return element.topic not in catalog.immediate and element.topic not in catalog.notices


def _first_that_is_no_notice(
    drawing: Drawing, event: Element, catalog: HandlerCatalog | None
) -> Element | None:
    seen, pending = {event.id}, list(drawing.following(event.id))
    while pending:
        element = drawing.elements.get(pending.pop())
        if element is None or element.id in seen:
            continue
        seen.add(element.id)
        if not (_is_plain_end(element) or _is_notice(element, catalog)):
            return element
        pending.extend(drawing.following(element.id))
    return None


def _is_plain_end(element: Element) -> bool:
    return element.type == "endEvent" and not element.event


def _is_notice(element: Element, catalog: HandlerCatalog | None) -> bool:
    if element.type not in SERVICE:
        return False
    if catalog is None:
        return element.topic.startswith("notice.")
    return element.topic in catalog.notices
