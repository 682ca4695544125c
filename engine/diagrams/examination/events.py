"""Events that wait or tell: moments that can be counted, messages that have a name, races."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.bridge import event_definition
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import AGAIN, CATCHING, Element, Finding
from engine.diagrams.reading import BPMN
from engine.feel import FeelError, parse
from engine.working_calendar import Duration

#: The longest deadline, in days.
LONGEST = 366


def check_timers(drawing: Drawing) -> Iterator[Finding]:
    """Every timer is one duration that can be counted; that of a start event may come again."""
    for event in drawing.own:
        if event.event == "timer":
            yield from _check_timer(drawing, event)


def check_messages(drawing: Drawing) -> Iterator[Finding]:
    """Every message has a name, and its correlation key can be read."""
    for element in drawing.own:
        if element.event != "message" and element.type != "receiveTask":
            continue
        if not element.message:
            yield Finding(
                element.id,
                "no-message",
                f"«{element.name}» tidak menyebut pesan. Pilih pesan yang punya nama.",
                f'"{element.name}" names no message. Choose a message that has a name.',
            )
        key = element.properties.get("correlationKey", "")
        if key:
            try:
                parse(key)
            except FeelError as error:
                yield Finding(
                    element.id,
                    "correlation-key",
                    f"Kunci korelasi {key!r:.100} tidak dapat dibaca. {error.sentence} Tulis nama"
                    " data, misalnya: register_number.",
                    f"Correlation key {key!r:.100} cannot be read. {error} Write the name of data,"
                    " e.g. register_number.",
                )


def check_races(drawing: Drawing) -> Iterator[Finding]:
    """Behind an event-based gateway stand events only, each with no other way in."""
    for gateway in drawing.own:
        if gateway.type != "eventBasedGateway":
            continue
        flows = drawing.outgoing.get(gateway.id, ())
        if len(flows) < 2:
            yield Finding(
                gateway.id,
                "race-alone",
                f"Gerbang kejadian «{gateway.name}» punya kurang dari dua cabang. Gambar kejadian"
                " antara tanpa gerbang, atau tambah cabang.",
                f'Event-based gateway "{gateway.name}" has fewer than two branches. Draw the event'
                " without the gateway, or add a branch.",
            )
        for flow in flows:
            yield from _check_racer(drawing, gateway, flow.target)


def _check_racer(drawing: Drawing, gateway: Element, target: str) -> Iterator[Finding]:
    event = drawing.elements.get(target)
    if event is None:
        return
    plain = event.repetition is None and not drawing.boundaries(target)
    if event.type not in CATCHING or not plain or len(drawing.incoming.get(target, ())) != 1:
        yield Finding(
            event.id,
            "race",
            f"«{event.name}» berada sesudah gerbang kejadian «{gateway.name}». Gambar di sana"
            " kejadian antara (waktu atau pesan) atau tugas terima tanpa kejadian tepi, tanpa"
            " aliran masuk lain.",
            f'"{event.name}" stands behind event-based gateway "{gateway.name}". Draw there an'
            " intermediate event (timer or message) or a receive task without boundary events,"
            " with no other flow into it.",
        )


def _check_timer(drawing: Drawing, event: Element) -> Iterator[Finding]:
    definition = event_definition(drawing.nodes[event.id])
    kinds = [child.tag for child in definition if child.tag != f"{BPMN}extensionElements"]
    shorter = [text for name, text in event.properties.items() if name.startswith("sla.")]
    texts, allowed = [event.timer, *shorter], [[f"{BPMN}timeDuration"]]
    if event.type == "startEvent":
        texts = [event.timer.removeprefix(AGAIN)]
        allowed.append([f"{BPMN}timeCycle"])
    wrong = [text for text in texts if not _is_duration(text)]
    if kinds not in allowed or wrong:
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
