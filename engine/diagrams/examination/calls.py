"""Calls: each leads to a process that is deployed and can begin, and says what data it passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagrams.drawing import MOST_CALLED, Drawing
from engine.diagrams.model import DATA_NAME, Element, Finding, drawn_as

#: The longest id of an element of a called process.
LONGEST_ID = 200

_CALLS = {
    "unknown": (
        "belum diterbitkan. Terbitkan proses itu lebih dahulu, atau perbaiki namanya",
        "is not deployed. Deploy that process first, or correct its name",
    ),
    "unreadable": (
        "tidak terbaca dari berkasnya. Terbitkan proses itu lagi",
        "cannot be read from its file. Deploy that process again",
    ),
    "recursive": (
        "memanggil dirinya sendiri, langsung atau melalui proses lain. Gambar gerbang eksklusif"
        " yang kembali",
        "calls itself, directly or through others. Draw an exclusive gateway that leads back",
    ),
    "too-large": (
        f"membuat proses ini lebih besar dari {MOST_CALLED} unsur. Kurangi panggilan",
        f"makes this process larger than {MOST_CALLED} elements. Draw fewer calls",
    ),
}


def check_calls(drawing: Drawing) -> Iterator[Finding]:
    """Every call leads to a deployed process with a plain start, and never back to itself."""
    told: set[tuple[str, str]] = set()
    for name, state in drawing.calls.items():
        call = drawing.elements[drawn_as(name)]
        called = drawing.elements[name].called
        if state != "drawn" and (call.id, state) in told:
            continue
        told.add((call.id, state))
        if state != "drawn":
            yield _not_called(call, called, *_CALLS[state])
        elif not any(not start.event for start in drawing.starts(name)):
            yield _not_called(
                call,
                called,
                "tidak punya kejadian awal polos. Gambar kejadian awal polos di dalamnya",
                "has no plain start event. Draw a plain start event in it",
            )
        elif max((len(e.id) for e in drawing.inside[name]), default=0) > LONGEST_ID:
            yield _not_called(
                call,
                called,
                "dipanggil terlalu dalam atau memakai ID terlalu panjang. Pendekkan ID-nya",
                "is called too deeply or has ids that are too long. Shorten its ids",
            )
    yield from _check_mappings(drawing)


def _check_mappings(drawing: Drawing) -> Iterator[Finding]:
    for call in drawing.own:
        mappings: tuple[Mapping[str, str], ...] = (call.inputs, call.outputs)
        names = [name for each in mappings for pair in each.items() for name in pair]
        if not all(DATA_NAME.fullmatch(name) for name in names):
            yield Finding(
                call.id,
                "call-mapping",
                f"Pemetaan data «{call.name}» tidak lengkap. Isi «Source» dan «Target» dengan nama"
                " data, atau hapus pemetaannya agar data dipakai bersama.",
                f'The data mapping of "{call.name}" is incomplete. Fill in "Source" and "Target"'
                " with names of data, or delete the mapping to share the data.",
            )


def _not_called(call: Element, called: str, why: str, why_en: str) -> Finding:
    return Finding(
        call.id,
        "call",
        f"«{call.name}» memanggil proses {called!r}, yang {why}.",
        f'"{call.name}" calls process {called!r}, which {why_en}.',
    )
