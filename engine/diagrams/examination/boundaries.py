"""Boundary events: each at the edge of a task, with a readable deadline or a declared error."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.bridge import event_definition
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import TASKS, Element, Finding
from engine.diagrams.reading import BPMN
from engine.working_calendar import Duration

#: The longest deadline, in days.
LONGEST = 366


def check_boundaries(drawing: Drawing) -> Iterator[Finding]:
    """Boundary events hang on tasks; each error is caught once."""
    caught: set[tuple[str, str]] = set()
    for event in drawing.elements.values():
        if event.type != "boundaryEvent":
            continue
        host = drawing.elements.get(event.attached_to)
        if host is None or host.type not in TASKS:
            yield Finding(
                event.id,
                "attached-to-nothing",
                f"Kejadian tepi «{event.name}» tidak menempel pada tugas dan akan hilang tanpa"
                " pesan. Tempelkan pada tepi tugas.",
                f'Boundary event "{event.name}" is not attached to a task and would silently'
                " vanish. Attach it to the edge of a task.",
            )
        if event.event == "timer":
            yield from _check_timer(drawing, event)
        if event.event == "error":
            yield from _check_error(drawing, event)
            if event.error_code and (event.attached_to, event.error_code) in caught:
                yield Finding(
                    event.id,
                    "error-caught-twice",
                    f"Galat {event.error_code} sudah ditangkap kejadian tepi lain pada tugas yang"
                    " sama. Hapus salah satunya.",
                    f"Error {event.error_code} is caught by another boundary event of this task."
                    " Delete one of them.",
                )
            caught.add((event.attached_to, event.error_code))


def check_declared_errors(drawing: Drawing) -> Iterator[Finding]:
    """Every declared error is caught, and every code that a task can be given up with too."""
    caught = {e.error_code for e in drawing.elements.values() if e.event == "error"}
    for error_id, code in drawing.error_codes.items():
        if code and code not in caught:
            yield Finding(
                error_id,
                "error-never-caught",
                f"Galat {code} dinyatakan tetapi tidak ditangkap kejadian tepi mana pun.",
                f"Error {code} is declared but no boundary event catches it.",
                "warning",
            )
    for element in drawing.elements.values():
        code = element.properties.get("abandonCode", "")
        own = {event.error_code for event in drawing.boundaries(element.id)}
        if code and code not in own:
            yield Finding(
                element.id,
                "error-not-caught",
                f"«{element.name}» dapat ditinggalkan dengan galat {code}, tetapi tidak ada"
                " kejadian tepi galat itu. Tempelkan kejadian tepi galat pada tugas ini.",
                f'"{element.name}" can be abandoned with error {code}, but has no boundary event'
                " for it. Attach an error boundary event to this task.",
            )


def _check_timer(drawing: Drawing, event: Element) -> Iterator[Finding]:
    definition = event_definition(drawing.nodes[event.id])
    kinds = [child.tag for child in definition if child.tag != f"{BPMN}extensionElements"]
    shorter = [text for name, text in event.properties.items() if name.startswith("sla.")]
    wrong = [text for text in (event.timer, *shorter) if not _is_duration(text)]
    if kinds != [f"{BPMN}timeDuration"] or wrong:
        found = wrong[0] if wrong else event.timer
        yield Finding(
            event.id,
            "timer",
            f"Waktu «{found}» pada «{event.name}» bukan jangka waktu yang dapat dihitung."
            f" Tulis satu «Duration», misalnya PT4H, PT90M, P1D atau P2W, paling lama {LONGEST}"
            " hari.",
            f'Time "{found}" of "{event.name}" is no duration that can be counted. Write one'
            f' "Duration" such as PT4H, PT90M, P1D or P2W, at most {LONGEST} days.',
        )


def _is_duration(text: str) -> bool:
    try:
        elapsed = Duration.parse(text).elapsed()
    except (ValueError, OverflowError):
        return False
    return 0 < elapsed.total_seconds() <= LONGEST * 24 * 3600


def _check_error(drawing: Drawing, event: Element) -> Iterator[Finding]:
    reference = event_definition(drawing.nodes[event.id]).get("errorRef", "")
    if not event.error_code:
        yield Finding(
            event.id,
            "error-code",
            f"Kejadian galat «{event.name}» menunjuk galat {reference!r} yang tidak ada atau tanpa"
            " kode. Pilih galat yang punya kode.",
            f'Error event "{event.name}" refers to error {reference!r}, which does not exist or'
            " has no code. Choose an error that has a code.",
        )
    if not event.interrupting:
        yield Finding(
            event.id,
            "error-interrupts",
            f"Kejadian galat «{event.name}» digambar tidak menyela, padahal tugasnya sudah gagal."
            " Gambar sebagai kejadian yang menyela (garis utuh).",
            f'Error event "{event.name}" is drawn as non-interrupting, but its task has failed.'
            " Draw it as interrupting (solid line).",
        )
