"""The SOP sheet: identity and activities of an SOP, read from its diagram, as pages print them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine import Diagram
from webapp.languages import gettext, lazy_gettext

#: Property of the process -> heading, in the order of the printed sheet.
HEADINGS: Mapping[str, object] = {
    "sop.nomor": lazy_gettext("Nomor SOP"),
    "sop.nama": lazy_gettext("Nama SOP"),
    "sop.instansi": lazy_gettext("Instansi"),
    "sop.unit": lazy_gettext("Unit"),
    "sop.tanggal_pembuatan": lazy_gettext("Tanggal pembuatan"),
    "sop.tanggal_revisi": lazy_gettext("Tanggal revisi"),
    "sop.tanggal_efektif": lazy_gettext("Tanggal efektif"),
    "sop.disahkan_jabatan": lazy_gettext("Disahkan oleh"),
    "sop.dasar_hukum": lazy_gettext("Dasar hukum"),
    "sop.kualifikasi": lazy_gettext("Kualifikasi pelaksana"),
    "sop.keterkaitan": lazy_gettext("Keterkaitan"),
    "sop.peralatan": lazy_gettext("Peralatan dan perlengkapan"),
    "sop.peringatan": lazy_gettext("Peringatan"),
    "sop.pencatatan": lazy_gettext("Pencatatan dan pendataan"),
    "sop.total_waktu": lazy_gettext("Jumlah waktu"),
    "sop.catatan": lazy_gettext("Catatan"),
}


@dataclass(frozen=True)
class Activity:
    """One row of the sheet: a step, who does it, with what, how long, and what comes of it."""

    element: str
    row: str
    text: str
    lane: str
    requirements: str
    time: str
    output: str
    remark: str
    limit: str  #: the SLA timer drawn at the step, in words
    printed: bool  #: stands in the printed SOP; otherwise it was proposed


@dataclass(frozen=True)
class SopSheet:
    """The whole SOP of one version."""

    identity: list[tuple[str, list[str]]]
    activities: list[Activity]


def sop_sheet(diagram: Diagram) -> SopSheet:
    """Read the sheet from a diagram; what was not written there is left out."""
    return SopSheet(_identity(diagram.process_properties), _activities(diagram))


def _identity(properties: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    lines: dict[str, list[str]] = {}
    for name, value in properties.items():
        lines.setdefault(re.sub(r"\.\d+$", "", name), []).append(value)
    return [(str(heading), lines[name]) for name, heading in HEADINGS.items() if name in lines]


def _activities(diagram: Diagram) -> list[Activity]:
    limits = {each.attached_to: each.timer for each in diagram.elements.values() if each.timer}
    return [
        Activity(
            element=each.id,
            row=each.properties.get("sop.row", ""),
            text=each.properties.get("sop.activity") or each.name or each.id,
            lane=each.lane_name,
            requirements=each.properties.get("sop.kelengkapan", ""),
            time=each.properties.get("sop.waktu", ""),
            output=each.properties.get("sop.output", ""),
            remark=each.properties.get("sop.keterangan", ""),
            limit=spoken(limits.get(each.id, "")),
            printed=each.properties.get("sop.sumber") == "cetak",
        )
        for each in diagram.elements.values()
        if "sop.activity" in each.properties or each.type == "userTask"
    ]


def spoken(duration: str) -> str:
    """Say an ISO 8601 duration in words: PT90M is "90 menit"; what it is not stays as written."""
    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", duration)
    if not found or not any(found.groups()):
        return duration
    units = (gettext("minggu"), gettext("hari kerja"), gettext("jam"), gettext("menit"))
    parts = zip(found.groups(), units, strict=True)
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
