"""The process as a whole: one per file, executable, with one start, an end and usable ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.diagrams.bridge import local_name
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import EXECUTED, WITHIN, Element, Finding
from engine.diagrams.reading import BPMN

#: More than any SOP needs; the library's parser follows the flows by recursion.
MOST_ELEMENTS = 200
MOST_FLOWS = 500
#: What may stand in a process that is only an empty pool.
_EMPTY = frozenset({"laneSet", "documentation", "extensionElements"})

#: Ids stand in names of tasks and jobs, beside "#" and ".".
_USABLE_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
#: The library's own names.
_RESERVED = frozenset({"Start", "End", "Root"})


def check_size(drawing: Drawing) -> Iterator[Finding]:
    """The process is small enough to be examined at all."""
    elements = len(drawing.own)
    flows = sum(1 for flow in drawing.flows if WITHIN not in flow)
    if elements > MOST_ELEMENTS or flows > MOST_FLOWS:
        yield Finding(
            drawing.process_id,
            "too-many-elements",
            f"Diagram memuat {elements} unsur dan {flows} aliran; paling banyak {MOST_ELEMENTS} dan"
            f" {MOST_FLOWS}. Pisahkan menjadi beberapa SOP.",
            f"The diagram has {elements} elements and {flows} flows; at most {MOST_ELEMENTS} and"
            f" {MOST_FLOWS} are allowed. Split it into several SOPs.",
        )


def check_process(drawing: Drawing) -> Iterator[Finding]:
    """The process is alone in its file, in a pool that means it, and executable."""
    busy = [p for p in drawing.processes if any(local_name(n) not in _EMPTY for n in p)]
    for other in busy:
        if other is not drawing.process:
            yield Finding(
                other.get("id", ""),
                "several-processes",
                "Berkas ini memuat lebih dari satu proses. Gambar satu SOP dalam satu pool; pihak"
                " lain digambar sebagai pool kosong.",
                "The file contains more than one process. Draw one SOP in one pool; draw other"
                " parties as empty pools.",
            )
    if drawing.process.get("isExecutable", "true").strip() not in ("true", "1"):
        yield Finding(
            drawing.process_id,
            "not-executable",
            "Proses ditandai tidak dapat dijalankan. Centang «Executable» pada proses.",
            'The process is marked as not executable. Tick "Executable" on the process.',
        )
    known = {process.get("id") for process in drawing.processes}
    for pool in drawing.root.iterfind(f"{BPMN}collaboration/{BPMN}participant"):
        meant = pool.get("processRef")
        if meant and meant not in known:
            yield Finding(
                pool.get("id", ""),
                "missing-reference",
                f"Pool ini menunjuk proses {meant!r} yang tidak ada. Hapus pool itu atau"
                " gambar lagi.",
                f"This pool refers to process {meant!r}, which does not exist. Delete the pool or"
                " draw it again.",
            )


def check_ends(drawing: Drawing) -> Iterator[Finding]:
    """The process and each sub-process has one plain start and at least one end event."""
    yield from _check_scope(drawing, "", drawing.process_id)
    for element in drawing.own:
        if element.type == "subProcess":
            yield from _check_scope(drawing, element.id, element.id)


def _check_scope(drawing: Drawing, scope: str, where: str) -> Iterator[Finding]:
    starts = drawing.starts(scope)
    if not starts:
        yield Finding(
            where,
            "no-start",
            "Diagram tidak punya kejadian awal. Gambar satu kejadian awal (lingkaran tipis).",
            "The diagram has no start event. Draw one start event (thin circle).",
        )
    yield from _check_starts(starts, scope)
    if not any(e.type == "endEvent" for e in drawing.inside.get(scope, ())):
        yield Finding(
            where,
            "no-end",
            "Diagram tidak punya kejadian akhir. Gambar kejadian akhir (lingkaran tebal).",
            "The diagram has no end event. Draw an end event (thick circle).",
        )


def _check_starts(starts: tuple[Element, ...], scope: str) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for start in starts:
        way = (start.event, start.message or start.id if start.event else "")
        if way in seen:
            yield Finding(
                start.id,
                "several-starts",
                f"«{start.name}» adalah kejadian awal kedua. Gambar satu kejadian awal saja;"
                " pilihan sesudahnya digambar dengan gerbang.",
                f'"{start.name}" is a second start event. Draw only one; draw choices after it with'
                " a gateway.",
            )
        seen.add(way)
        if scope and start.event:
            yield Finding(
                start.id,
                "event-kind",
                f"Subproses dimulai oleh alirannya, bukan oleh kejadian «{start.name}». Gambar"
                " kejadian awal polos di dalamnya.",
                f'A sub-process is begun by its flow, not by event "{start.name}". Draw a plain'
                " start event in it.",
            )


def check_ids(drawing: Drawing) -> Iterator[Finding]:
    """Ids are there, unique, and usable as names."""
    inside = [n for n in drawing.process.iter() if n.get("id")]
    outside = [n for n in drawing.root.iter(f"{BPMN}*") if n.get("id")]
    seen = Counter(n.get("id") for n in {id(n): n for n in inside + outside}.values())
    for name, count in seen.items():
        if count > 1:
            yield Finding(
                name,
                "duplicate-id",
                f"ID {name!r} dipakai {count} kali. Beri setiap unsur ID sendiri.",
                f"Id {name!r} is used {count} times. Give every element an id of its own.",
            )
    nodes = [n for n in drawing.process.iter(f"{BPMN}*") if local_name(n) in EXECUTED]
    for node in (drawing.process, *nodes):
        name = node.get("id", "")
        if not _USABLE_ID.fullmatch(name) or name in _RESERVED:
            yield Finding(
                name,
                "unusable-id",
                f"ID {name!r} tidak dapat dipakai. Pakai huruf, angka, garis bawah atau tanda"
                " hubung, paling panjang 100 karakter, bukan Start, End atau Root.",
                f"Id {name!r} cannot be used. Use letters, digits, underscores or hyphens, at most"
                " 100 characters, and not Start, End or Root.",
            )
    for node in drawing.process.iter(f"{BPMN}sequenceFlow"):
        if not node.get("id"):
            yield Finding(
                node.get("sourceRef", ""),
                "unusable-id",
                "Sebuah aliran dari unsur ini tidak punya ID. Hapus dan gambar lagi alirannya.",
                "A flow from this element has no id. Delete the flow and draw it again.",
            )
