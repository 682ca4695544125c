"""Comparing: what an element means to the token that stands at it, in two versions of a diagram."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import HUMAN, SERVICE, Element, Finding
from engine.diagrams.snapshot import Standing


@dataclass(frozen=True)
class Place:
    """A token, and its element in both versions."""

    before: Drawing
    after: Drawing
    standing: Standing
    old: Element
    new: Element


def standing_findings(before: Drawing, after: Drawing, standing: Standing) -> Iterator[Finding]:
    """Tell what forbids the token to go on there, and what is no longer as it was."""
    old, new = before.elements[standing.element], after.elements.get(standing.element)
    if new is None:
        yield gone(old)
        return
    if (old.type, old.event) != (new.type, new.event):
        yield _other_type(old)
        return
    place = Place(before, after, standing, old, new)
    for rule, same, sentences in _SAME:
        if not same(place):
            yield blocks(old, rule, *(text.format(old=old, new=new) for text in sentences))
    yield from changes(old, new)


def armed_findings(old: Element, after: Drawing, *, droppable: bool) -> Iterator[Finding]:
    """Tell what becomes of an event that waits at the edge of a token."""
    new = after.elements.get(old.id)
    if new is None and droppable:
        yield tells(
            old,
            "event-dropped",
            f"«{old.name}» berlaku sejak pemindahan dan tidak berlaku lagi.",
            f'"{old.name}" began to wait with the move and waits no longer.',
        )
    elif new is None:
        yield blocks(
            old,
            "event-gone",
            f"«{old.name}» sedang menunggu pada langkah yang berjalan, dan tidak ada di versi itu.",
            f'"{old.name}" waits at an open step, and is not in that version.',
        )
    elif _kind(old) != _kind(new):
        yield blocks(
            old,
            "event-changed",
            f"«{old.name}» sedang menunggu, dan di versi itu lain jenis, kode, atau letaknya.",
            f'"{old.name}" waits, and is of another kind, code or place in that version.',
        )
    else:
        yield from changes(old, new)


def changes(old: Element, new: Element) -> Iterator[Finding]:
    """Tell what changes and harms nobody."""
    if old.name != new.name:
        yield tells(
            old,
            "renamed",
            f"«{old.name}» kini bernama «{new.name}».",
            f'"{old.name}" is now called "{new.name}".',
        )
    if old.type in HUMAN:
        yield from _changes_of_task(old, new)
    if old.timer and _limit(old) != _limit(new):
        yield tells(
            old,
            "due-kept",
            f"Batas waktu «{old.name}» berubah{lasting(new)}; yang sedang berjalan tetap jatuh"
            " tempo seperti semula.",
            f'The limit of "{old.name}" was changed{lasting(new)}; the one that runs is due when it'
            " was.",
        )


def lasting(event: Element) -> str:
    """Return how long an event waits, to be put behind its name."""
    return f" ({event.timer})" if event.timer else ""


def incoming(drawing: Drawing, element: str) -> frozenset[str]:
    """Return the ids of the flows that lead to the element."""
    return frozenset(flow.id for flow in drawing.incoming.get(element, ()))


def blocks(element: Element, rule: str, message: str, message_en: str) -> Finding:
    return Finding(element.id, rule, message, message_en)


def tells(element: Element, rule: str, message: str, message_en: str) -> Finding:
    return Finding(element.id, rule, message, message_en, "warning")


def gone(old: Element) -> Finding:
    """Tell that there is no place for the token."""
    return blocks(
        old,
        "gone",
        f"Surat berada di «{old.name}», yang tidak ada di versi itu. Langkah yang hanya berganti"
        f" nama harus tetap ber-id {old.id!r}.",
        f'The instance stands at "{old.name}", which is not in that version. A step that was only'
        f" renamed must keep its id {old.id!r}.",
    )


def _other_type(old: Element) -> Finding:
    return blocks(
        old,
        "type-changed",
        f"«{old.name}» di versi itu elemen jenis lain. Langkah lain memerlukan id lain; biarkan"
        " yang ini sampai surat lewat.",
        f'"{old.name}" is another type of element in that version. Another step needs another id;'
        " leave this one until the instance has passed.",
    )


def _changes_of_task(old: Element, new: Element) -> Iterator[Finding]:
    if old.form_key != new.form_key:
        yield tells(
            old,
            "form-changed",
            f"«{old.name}» memakai formulir lain.",
            f'"{old.name}" has another form.',
        )
    if old.properties.get("operation") != new.properties.get("operation"):
        yield tells(
            old,
            "operation-changed",
            f"Jawaban pada «{old.name}» diolah dengan cara lain.",
            f'What is answered at "{old.name}" is dealt with in another way.',
        )
    if set(old.candidate_groups) != set(new.candidate_groups):
        yield tells(
            old,
            "offer-kept",
            f"«{old.name}» untuk jabatan lain; tugas yang sudah terbuka tetap pada jabatan semula.",
            f'"{old.name}" is for other positions; the open task stays with those who have it.',
        )


# What must be the same


def _same_job(place: Place) -> bool:
    asked = place.old.type in SERVICE and place.standing.state == TaskState.STARTED
    return not asked or place.old.topic == place.new.topic


def _same_race(place: Place) -> bool:
    if place.standing.race is None:
        return True
    return _rivals(place.before, place.old.id) == _rivals(place.after, place.old.id)


def _same_join(place: Place) -> bool:
    if not place.standing.arrived:
        return True
    return incoming(place.before, place.old.id) == incoming(place.after, place.old.id)


def _repeated(element: Element) -> tuple[object, ...] | None:
    """Return what the instances that have begun rely on; when it is enough may change."""
    repetition = element.repetition
    if repetition is None:
        return None
    collects = bool(element.properties.get("collect"))
    return repetition.collection, repetition.variable, repetition.sequential, collects


def _called(element: Element) -> tuple[object, ...]:
    return element.called, bool(element.inputs or element.outputs)


def _rivals(drawing: Drawing, element: str) -> frozenset[str]:
    """Return the events that stand behind the same event-based gateway."""
    gateways = {
        flow.source
        for flow in drawing.incoming.get(element, ())
        if drawing.elements[flow.source].type == "eventBasedGateway"
    }
    return frozenset(
        flow.target for gateway in gateways for flow in drawing.outgoing.get(gateway, ())
    )


def _kind(event: Element) -> tuple[object, ...]:
    return (
        event.type,
        event.event,
        event.attached_to,
        event.interrupting,
        event.error_code,
        event.escalation_code,
        event.message,
    )


def _limit(event: Element) -> tuple[object, ...]:
    drawn = event.properties
    by_value = sorted((name, text) for name, text in drawn.items() if name.startswith("sla"))
    return event.timer, drawn.get("calendar"), tuple(by_value)


#: Rule, whether it is kept, and what is said where it is not, in Indonesian and in English.
_SAME: tuple[tuple[str, Callable[[Place], bool], tuple[str, str]], ...] = (
    (
        "scope-changed",
        lambda place: place.old.scope == place.new.scope,
        (
            "«{old.name}» di versi itu berada di dalam atau di luar subproses lain.",
            '"{old.name}" is inside or outside another sub-process in that version.',
        ),
    ),
    (
        "repetition-changed",
        lambda place: _repeated(place.old) == _repeated(place.new),
        (
            "Pengulangan «{old.name}» berubah, padahal sedang berjalan.",
            'The repetition of "{old.name}" was changed while it is going on.',
        ),
    ),
    (
        "call-changed",
        lambda place: _called(place.old) == _called(place.new),
        (
            "«{old.name}» di versi itu memanggil proses lain, atau meneruskan data dengan cara"
            " lain.",
            '"{old.name}" calls another process, or passes data in another way, in that version.',
        ),
    ),
    (
        "job-changed",
        _same_job,
        (
            "Pekerjaan «{old.name}» sedang berjalan sebagai {old.topic}, di versi itu {new.topic}."
            " Tunggu sampai selesai.",
            'The job of "{old.name}" is under way as {old.topic}, which is {new.topic} in that'
            " version. Wait until it is done.",
        ),
    ),
    (
        "message-changed",
        lambda place: place.old.message == place.new.message,
        (
            "«{old.name}» menunggu pesan {old.message}, di versi itu {new.message}.",
            '"{old.name}" waits for message {old.message}, which is {new.message} in that version.',
        ),
    ),
    (
        "race-changed",
        _same_race,
        (
            "«{old.name}» di versi itu berlomba dengan kejadian yang lain.",
            '"{old.name}" races with other events in that version.',
        ),
    ),
    (
        "join-changed",
        _same_join,
        (
            "Gerbang «{old.name}» sudah didatangi sebagian cabang, dan aliran masuknya berubah.",
            'Some branches have arrived at gateway "{old.name}", and its incoming flows were'
            " changed.",
        ),
    ),
    (
        "form-missing",
        lambda place: bool(place.new.form_key) or not place.old.form_key,
        (
            "«{old.name}» tidak mempunyai formulir di versi itu.",
            '"{old.name}" has no form in that version.',
        ),
    ),
)
