"""The difference of two versions of a process, the properties that no drawing shows included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from engine import Diagram
from webapp.languages import gettext, lazy_gettext

Change = Literal["added", "removed", "changed"]

#: Attribute of an element or a flow -> what owners call it.
NAMES: Mapping[str, object] = {
    "name": lazy_gettext("Nama"),
    "type": lazy_gettext("Jenis"),
    "lane_name": lazy_gettext("Lajur (jabatan)"),
    "form_key": lazy_gettext("Formulir"),
    "candidate_groups": lazy_gettext("Peran pelaksana"),
    "topic": lazy_gettext("Operasi"),
    "event": lazy_gettext("Jenis kejadian"),
    "attached_to": lazy_gettext("Menempel pada"),
    "interrupting": lazy_gettext("Memotong langkah"),
    "timer": lazy_gettext("Batas waktu"),
    "error_code": lazy_gettext("Kode galat"),
    "documentation": lazy_gettext("Penjelasan"),
    "source": lazy_gettext("Dari"),
    "target": lazy_gettext("Ke"),
    "condition": lazy_gettext("Syarat"),
    "default": lazy_gettext("Alir bawaan"),
}

#: Property of an element -> what the panel of the modeler calls it.
PROPERTIES: Mapping[str, object] = {
    "operation": lazy_gettext("Pekerjaan yang dilakukan"),
    "letterStatus": lazy_gettext("Status surat selama tugas ini"),
    "calendar": lazy_gettext("Tenggat dihitung dalam"),
    "separateFrom": lazy_gettext("Orangnya harus lain dari tugas"),
    "refuseFrom": lazy_gettext("Orangnya harus lain, tanpa kecuali"),
    "samePerson": lazy_gettext("Bila orangnya sama"),
    "sop.row": lazy_gettext("Nomor baris SOP"),
    "sop.sumber": lazy_gettext("Asal isian"),
    "sop.activity": lazy_gettext("Kegiatan"),
    "sop.kelengkapan": lazy_gettext("Kelengkapan"),
    "sop.waktu": lazy_gettext("Waktu (tercetak)"),
    "sop.waktu_sumber": lazy_gettext("Sumber waktu"),
    "sop.output": lazy_gettext("Output"),
}


@dataclass(frozen=True)
class Detail:
    """One value that is not the same in both versions."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What happened to one element, flow, form or decision between two versions."""

    id: str  #: "" for the process itself, its forms and its decisions
    title: str
    change: Change
    details: tuple[Detail, ...] = ()

    @property
    def word(self) -> str:
        """The change in the reader's language."""
        words = {
            "added": gettext("Baru"),
            "removed": gettext("Dihapus"),
            "changed": gettext("Berubah"),
        }
        return words[self.change]


def differences(
    before: Diagram,
    after: Diagram,
    forms_before: Mapping[str, str],
    forms_after: Mapping[str, str],
) -> list[Difference]:
    """Return what changed from one version to the other; an empty list when nothing did."""
    return [
        *_process(before, after),
        *_things(_by_id(before.elements), _by_id(after.elements)),
        *_things(_flows(before), _flows(after)),
        *_forms(forms_before, forms_after),
    ]


def in_order(found: Iterable[Difference]) -> list[Difference]:
    """Return what changed, then what is new, then what is gone."""
    order = {"changed": 0, "added": 1, "removed": 2}
    return sorted(found, key=lambda each: order[each.change])


def _process(before: Diagram, after: Diagram) -> Iterator[Difference]:
    sides = [
        {gettext("Nama"): each.name, **dict(each.process_properties)} for each in (before, after)
    ]
    if details := details_between(sides[0], sides[1]):
        yield Difference("", gettext("Identitas SOP"), "changed", details)


def _things(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for each in [*before, *(new for new in after if new not in before)]:
        if each not in after:
            yield Difference(each, _title(before[each]), "removed")
        elif each not in before:
            yield Difference(each, _title(after[each]), "added", _told(after[each]))
        elif details := details_between(_values(before[each]), _values(after[each])):
            yield Difference(each, _title(after[each]), "changed", details)


def _forms(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        title = gettext("Formulir %(key)s", key=key)
        if key not in after:
            yield Difference("", title, "removed")
        elif key not in before:
            yield Difference("", title, "added")
        elif before[key] != after[key]:
            yield Difference("", title, "changed")


def _by_id(things: Any) -> dict[str, Any]:
    values = things.values() if isinstance(things, Mapping) else things
    return {each.id: each for each in values}


def _flows(diagram: Diagram) -> dict[str, Any]:
    """The flows by their ids; their ends carry the names that owners read on the drawing."""

    def called(element_id: str) -> str:
        return str(diagram.elements[element_id].name or element_id)

    return {
        each.id: replace(each, source=called(each.source), target=called(each.target))
        for each in _by_id(diagram.flows).values()
    }


def _title(thing: Any) -> str:
    if not thing.name and hasattr(thing, "target"):
        return f"{thing.source} → {thing.target}"
    return str(thing.name or thing.id)


def _told(thing: Any) -> tuple[Detail, ...]:
    return tuple(Detail(label, "", value) for label, value in _values(thing).items() if value)


def _values(thing: Any) -> dict[str, str]:
    """Everything a thing says, under the names owners know; nested maps are laid open."""
    values: dict[str, str] = {}
    for each in fields(thing):
        value = getattr(thing, each.name)
        if isinstance(value, Mapping):
            values.update(
                {str(PROPERTIES.get(key, key)): str(inner) for key, inner in value.items()}
            )
        elif each.name in NAMES:
            values[str(NAMES[each.name])] = _text(value)
    return values


def details_between(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Detail, ...]:
    """Return the values (label -> text) that are not the same on both sides."""
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Detail(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return gettext("ya") if value else gettext("tidak")
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
