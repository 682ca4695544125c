"""Events at an edge: each at the edge of an activity, with what it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.bridge import event_definition
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import ACTIVITIES, SCOPES, Element, Finding


def check_boundaries(drawing: Drawing) -> Iterator[Finding]:
    """Boundary events hang on activities; each error and escalation is caught once."""
    caught: set[tuple[str, str, str]] = set()
    for event in drawing.own:
        if event.type != "boundaryEvent":
            continue
        host = drawing.elements.get(event.attached_to)
        if host is None or host.type not in ACTIVITIES or host.scope != event.scope:
            yield Finding(
                event.id,
                "attached-to-nothing",
                f"Kejadian tepi «{event.name}» tidak menempel pada tugas dan akan hilang tanpa"
                " pesan. Tempelkan pada tepi tugas.",
                f'Boundary event "{event.name}" is not attached to a task and would silently'
                " vanish. Attach it to the edge of a task.",
            )
        if event.event == "error":
            yield from _check_error(drawing, event)
        if event.event == "escalation":
            yield from _check_escalation(event, host)
        if event.event in ("error", "escalation"):
            code = event.error_code or event.escalation_code
            if (event.attached_to, event.event, code) in caught:
                yield Finding(
                    event.id,
                    f"{event.event}-caught-twice",
                    f"{code or 'Eskalasi'} sudah ditangkap kejadian tepi lain pada langkah yang"
                    " sama. Hapus salah satunya.",
                    f"{code or 'The escalation'} is caught by another boundary event of this"
                    " activity. Delete one of them.",
                )
            if event.event == "escalation" or code:
                caught.add((event.attached_to, event.event, code))


def check_thrown(drawing: Drawing) -> Iterator[Finding]:
    """An error end is caught around it; escalations bear a code, and somebody listens."""
    for event in drawing.own:
        if event.type not in ("endEvent", "intermediateThrowEvent"):
            continue
        around = [each for name in drawing.around(event.scope) for each in drawing.boundaries(name)]
        if event.event == "error":
            if event.error_code not in {e.error_code for e in around if e.event == "error"} - {""}:
                yield Finding(
                    event.id,
                    "error-not-caught",
                    f"Akhir galat «{event.name}» ({event.error_code or 'tanpa kode'}) tidak"
                    " ditangkap di sekitarnya. Gambar di dalam subproses yang di tepinya ada"
                    " kejadian galat berkode sama, atau pakai akhir polos.",
                    f'Error end "{event.name}" ({event.error_code or "without a code"}) is not'
                    " caught around it. Draw it in a sub-process that has an error event with the"
                    " same code at its edge, or draw a plain end.",
                )
        elif event.event == "escalation":
            heard = {e.escalation_code for e in around if e.event == "escalation"}
            if not event.escalation_code or not heard & {event.escalation_code, ""}:
                yield _unheard(event)


def _unheard(event: Element) -> Finding:
    if not event.escalation_code:
        return Finding(
            event.id,
            "escalation-code",
            f"Eskalasi «{event.name}» tidak punya kode. Pilih eskalasi yang punya kode.",
            f'Escalation "{event.name}" has no code. Choose an escalation that has a code.',
        )
    return Finding(
        event.id,
        "escalation-not-heard",
        f"Eskalasi {event.escalation_code} tidak didengar kejadian tepi di sekitarnya dalam diagram"
        " ini; tanpa pendengar, tidak terjadi apa-apa.",
        f"Escalation {event.escalation_code} is heard by no boundary event around it in this"
        " diagram; without one, nothing happens.",
        "warning",
    )


def check_declared_errors(drawing: Drawing) -> Iterator[Finding]:
    """Every declared error is caught, and every code that a task can be given up with too."""
    caught = {e.error_code for e in drawing.own if e.event == "error" and e.attached_to}
    for error_id, code in drawing.declared.errors.items():
        if code and code not in caught:
            yield Finding(
                error_id,
                "error-never-caught",
                f"Galat {code} dinyatakan tetapi tidak ditangkap kejadian tepi mana pun.",
                f"Error {code} is declared but no boundary event catches it.",
                "warning",
            )
    for element in drawing.own:
        code = element.properties.get("abandonCode", "")
        around = [e for name in drawing.around(element.id) for e in drawing.boundaries(name)]
        if code and code not in {event.error_code for event in around}:
            yield Finding(
                element.id,
                "error-not-caught",
                f"«{element.name}» dapat ditinggalkan dengan galat {code}, tetapi tidak ada"
                " kejadian tepi galat itu. Tempelkan kejadian tepi galat pada tugas ini.",
                f'"{element.name}" can be abandoned with error {code}, but has no boundary event'
                " for it. Attach an error boundary event to this task.",
            )


def _check_escalation(event: Element, host: Element | None) -> Iterator[Finding]:
    if host is not None and host.type not in SCOPES:
        yield Finding(
            event.id,
            "escalation-from-nothing",
            f"«{host.name}» tidak dapat mengirim eskalasi. Tempelkan «{event.name}» pada subproses"
            " atau aktivitas panggil.",
            f'"{host.name}" cannot escalate. Attach "{event.name}" to a sub-process or a call'
            " activity.",
        )


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
