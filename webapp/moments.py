"""The moments of a replay: the engine's frames in the words of an auditor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine import RETRIED, SENT_BACK, SKIPPED, Frame, HistoryEvent, Kind, drawn_in
from webapp.languages import gettext, lazy_gettext, moment, time_of_day
from webapp.secret_times import HIDDEN_THEN, OPEN, SecretTime, secret_times

#: What each kind of event is called.
LABELS: Mapping[Kind, object] = {
    Kind.INSTANCE_STARTED: lazy_gettext("Surat dimulai"),
    Kind.ELEMENT_ENTERED: lazy_gettext("Masuk langkah"),
    Kind.ELEMENT_LEFT: lazy_gettext("Langkah dilalui"),
    Kind.ELEMENT_CANCELLED: lazy_gettext("Langkah ditarik"),
    Kind.FLOW_TAKEN: lazy_gettext("Alir dilalui"),
    Kind.TASK_OPENED: lazy_gettext("Tugas dibuka"),
    Kind.TASK_CLAIMED: lazy_gettext("Tugas diambil"),
    Kind.TASK_RELEASED: lazy_gettext("Tugas dilepas"),
    Kind.TASK_COMPLETED: lazy_gettext("Tugas diselesaikan"),
    Kind.JOB_QUEUED: lazy_gettext("Pekerjaan sistem diantrekan"),
    Kind.JOB_FINISHED: lazy_gettext("Pekerjaan sistem selesai"),
    Kind.JOB_FAILED: lazy_gettext("Pekerjaan sistem gagal"),
    Kind.ERROR_THROWN: lazy_gettext("Gagal, mengikuti jalur galat"),
    Kind.INCIDENT_RAISED: lazy_gettext("Kendala, menunggu operator"),
    Kind.INCIDENT_RESOLVED: lazy_gettext("Kendala ditangani operator"),
    Kind.TIMER_FIRED: lazy_gettext("Batas waktu terlampaui"),
    Kind.MESSAGE_THROWN: lazy_gettext("Pesan dikirim"),
    Kind.MESSAGE_DELIVERED: lazy_gettext("Pesan diterima"),
    Kind.WARNING: lazy_gettext("Peringatan"),
    Kind.INSTANCE_MOVED: lazy_gettext("Surat dipindahkan ke versi lain"),
    Kind.INSTANCE_COMPLETED: lazy_gettext("Surat selesai"),
}

#: Words for the answers that people give.
DECISIONS: Mapping[str, object] = {
    "submit": lazy_gettext("diajukan"),
    "approve": lazy_gettext("disetujui"),
    "return": lazy_gettext("dikembalikan"),
    "amend": lazy_gettext("diperbaiki oleh pemeriksa"),
    "cancel": lazy_gettext("dibatalkan"),
    "resubmit": lazy_gettext("diajukan kembali"),
}

#: How an operator resolved an incident.
RESOLVED: Mapping[str, object] = {
    RETRIED: lazy_gettext("dicoba lagi"),
    SKIPPED: lazy_gettext("dilewati"),
    SENT_BACK: lazy_gettext("dikembalikan"),
}

#: The token's own movements; everything else is what people or systems did.
TECHNICAL = frozenset(
    {
        Kind.ELEMENT_ENTERED,
        Kind.ELEMENT_LEFT,
        Kind.ELEMENT_CANCELLED,
        Kind.FLOW_TAKEN,
        Kind.JOB_QUEUED,
        Kind.TASK_OPENED,
    }
)

TONES: Mapping[Kind, str] = {
    Kind.JOB_FAILED: "trouble",
    Kind.ERROR_THROWN: "trouble",
    Kind.INCIDENT_RAISED: "trouble",
    Kind.INCIDENT_RESOLVED: "intervention",
    Kind.INSTANCE_MOVED: "intervention",
    Kind.TIMER_FIRED: "warning",
    Kind.WARNING: "warning",
}

#: After these the trouble at an element is over.
SETTLING = frozenset(
    {Kind.ELEMENT_ENTERED, Kind.ELEMENT_LEFT, Kind.INCIDENT_RESOLVED, Kind.JOB_FINISHED}
)

#: Process data that may quote a confidential letter or lead to it; so may all without a name below.
CONFIDENTIAL_DATA = frozenset({"document", "signed_document", "error"})

#: Process data that name a stored document, the one in force first.
DOCUMENTS: Mapping[str, object] = {
    "signed_document": lazy_gettext("PDF bertanda tangan"),
    "document": lazy_gettext("PDF konsep"),
}

#: Details of an event that are a sentence for people.
SENTENCES = ("sentence", "warning", "message", "error")

#: Process data -> what auditors call them; others keep the name they have in the diagram.
DATA_NAMES: Mapping[str, object] = {
    "content_hash": lazy_gettext("Sidik naskah"),
    "decision": lazy_gettext("Keputusan"),
    "decision_seal": lazy_gettext("Segel keputusan"),
    "dispatch_seal": lazy_gettext("Segel pengiriman"),
    "document": lazy_gettext("PDF konsep"),
    "document_seal": lazy_gettext("Segel PDF konsep"),
    "drafter": lazy_gettext("Konseptor"),
    "drafter_position": lazy_gettext("Jabatan konseptor"),
    "error": lazy_gettext("Kegagalan"),
    "kind": lazy_gettext("Jenis naskah"),
    "number": lazy_gettext("Nomor"),
    "number_seal": lazy_gettext("Segel nomor"),
    "numbered": lazy_gettext("Sudah bernomor"),
    "register_seal": lazy_gettext("Segel agenda"),
    "release_seal": lazy_gettext("Segel petunjuk pengiriman"),
    "request_seal": lazy_gettext("Segel permintaan nomor"),
    "sifat": lazy_gettext("Sifat"),
    "signature_seal": lazy_gettext("Segel tanda tangan"),
    "signed_document": lazy_gettext("PDF bertanda tangan"),
    "signer_is_second_reviewer": lazy_gettext("Penanda tangan juga pemeriksa kedua"),
    "signer_position": lazy_gettext("Jabatan penanda tangan"),
    "signer_stage": lazy_gettext("Tahap penanda tangan"),
    "token_seal": lazy_gettext("Segel kode QR"),
    "undelivered": lazy_gettext("Tujuan belum terkirim"),
    "unit": lazy_gettext("Unit"),
    "urgency": lazy_gettext("Urgensi"),
    "version": lazy_gettext("Versi naskah"),
}

#: Process data that name a position.
POSITIONS = frozenset({"drafter_position", "signer_position"})

HIDDEN = "▒▒▒▒"
SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Reading:
    """How the moments of one letter are read: names of places, links, and what stays hidden."""

    position_name: Callable[[str], str]
    document_url: Callable[[str], str]
    element_name: Callable[[str], str]
    #: version and call activity -> title of the process called there; "" where nothing is called
    called_process: Callable[[int, str], str]
    hidden: bool = False
    hidden_versions: frozenset[int] = frozenset()
    then: SecretTime = OPEN  #: of the one event that is read


@dataclass(frozen=True)
class Moment:
    """One event as a page shows it; every text is ready to be printed."""

    number: int
    kind: str
    label: str
    tone: str
    technical: bool
    flow: bool
    left: bool
    settles: bool
    element: str
    inside: str  #: the call activity whose process was at work; "" in the letter's own
    drawn_as: str  #: the id of the element in the diagram of that process
    process: str  #: what that process is called; "" for the letter's own
    element_name: str
    occurrence: int
    actor: str
    position: str
    on_behalf_of: str
    at: str
    time: str
    reason: str
    note: str
    data: list[dict[str, Any]]
    open: list[dict[str, Any]]
    open_names: str
    hash: str
    version: int
    document: dict[str, str] | None = None
    document_note: str = ""

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Only the values that this event changed."""
        return [row for row in self.data if row["changed"]]


def moments(frames: Iterable[Frame], reading: Reading) -> list[Moment]:
    """Return the frames as moments; of a confidential letter the path only."""
    return [
        _moment(frame, replace(reading, then=then))
        for frame, then in _in_time(frames, reading.hidden_versions)
    ]


def stored_documents(
    frames: Iterable[Frame], hidden_versions: frozenset[int] = frozenset()
) -> list[str]:
    """Return the documents that were in force at some moment, in the order of appearance.

    Those that only were while a hidden version stood are left out.
    """
    found = (
        frame.data.get(key)
        for frame, then in _in_time(frames, hidden_versions)
        for key in DOCUMENTS
        if not then.now and key not in then.after
    )
    return list(dict.fromkeys(str(each) for each in found if each))


def _in_time(
    frames: Iterable[Frame], hidden_versions: frozenset[int]
) -> Iterable[tuple[Frame, SecretTime]]:
    found = list(frames)
    times = secret_times((frame.event for frame in found), hidden_versions)
    return zip(found, times, strict=True)


def _moment(frame: Frame, reading: Reading) -> Moment:
    event = frame.event
    document, document_note = _document(event.data_after, reading)
    technical = event.kind in TECHNICAL  # nobody did it: it followed from what somebody did
    inside, there = drawn_in(event.element)
    return Moment(
        number=event.sequence,
        kind=event.kind.value,
        label=str(LABELS[event.kind]),
        tone=TONES.get(event.kind, "plain"),
        technical=technical,
        flow=event.kind is Kind.FLOW_TAKEN,
        left=event.kind is Kind.ELEMENT_LEFT,
        settles=event.kind in SETTLING,
        element=event.element,
        inside=inside,
        drawn_as=there,
        process=reading.called_process(event.definition_version, inside),
        element_name=event.element_name or reading.element_name(event.element),
        occurrence=event.occurrence,
        actor="" if technical else event.name,
        position="" if technical else reading.position_name(event.position),
        on_behalf_of="" if technical else event.on_behalf_of,
        at=moment(event.at),
        time=time_of_day(event.at),
        reason=_unless_hidden(event.reason, reading),
        note=_note(event, reading),
        data=_data(event.data_before, event.data_after, reading),
        open=[{"element": element, "occurrence": count} for element, count in frame.open],
        open_names=", ".join(reading.element_name(element) for element, _ in frame.open),
        hash=event.hash,
        version=event.definition_version,
        document=document,
        document_note=document_note,
    )


def _note(event: HistoryEvent, reading: Reading) -> str:
    """What the event itself adds: a decision, to whom a task went, why something failed."""
    if event.kind is Kind.TASK_OPENED:
        return _offer(event, reading)
    if event.kind is Kind.TASK_COMPLETED:
        decision = str(event.data_after.get("decision", ""))
        said = str(DECISIONS.get(decision, ""))
        return gettext("Keputusan: %(decision)s", decision=said) if said else ""
    if event.kind is Kind.INCIDENT_RESOLVED:
        return str(RESOLVED.get(str(event.details.get("how", "")), ""))
    if event.kind is Kind.INSTANCE_MOVED:
        return _move(event)
    said = next((str(event.details[key]) for key in SENTENCES if event.details.get(key)), "")
    return _unless_hidden(said, reading)


def _move(event: HistoryEvent) -> str:
    versions = {name: event.details[name]["version"] for name in ("from", "to")}
    if "undoes" in event.details:
        return gettext("Pemindahan dibatalkan: versi %(from)s → versi %(to)s", **versions)
    return gettext("versi %(from)s → versi %(to)s", **versions)


def _offer(event: HistoryEvent, reading: Reading) -> str:
    names = ", ".join(reading.position_name(str(each)) for each in event.details["candidates"])
    offered = gettext("Ditujukan kepada %(names)s", names=names or "–")
    if not event.details.get("due"):
        return offered
    due = moment(datetime.fromisoformat(str(event.details["due"])))
    return gettext("%(offered)s; tenggat %(due)s", offered=offered, due=due)


def _document(data: Mapping[str, Any], reading: Reading) -> tuple[dict[str, str] | None, str]:
    """The PDF that was in force: the signed one once there is one."""
    for key, label in DOCUMENTS.items():
        if not (sha256 := data.get(key)):
            continue
        if reading.hidden:
            return None, gettext("Rahasia: tidak ditampilkan")
        if reading.then.now or key in reading.then.after:
            return None, str(HIDDEN_THEN)
        url = reading.document_url(str(sha256))
        return {"sha256": str(sha256), "url": url, "label": str(label)}, ""
    return None, ""


def _data(
    before: Mapping[str, Any], after: Mapping[str, Any], reading: Reading
) -> list[dict[str, Any]]:
    """Every value before and after; the changed ones first."""
    rows = []
    for name in sorted({*before, *after}):
        confidential = name in CONFIDENTIAL_DATA or name not in DATA_NAMES
        always = confidential and (reading.hidden or reading.then.now)
        old, new = before.get(name), after.get(name)
        old_hidden = always or (confidential and name in reading.then.before)
        new_hidden = always or (confidential and name in reading.then.after)
        rows.append(
            {
                "name": str(DATA_NAMES.get(name, name)),
                "before": HIDDEN if old_hidden and old else _shown(name, old, reading),
                "after": HIDDEN if new_hidden and new else _shown(name, new, reading),
                "changed": old != new,
            }
        )
    return sorted(rows, key=lambda row: not row["changed"])


def _shown(name: str, value: object, reading: Reading) -> str:
    if name == "decision" and value in DECISIONS:
        return str(DECISIONS[str(value)])
    if name in POSITIONS and value:
        return reading.position_name(str(value))
    return _text(value)


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("ya") if value else gettext("tidak")
    if isinstance(value, str):
        # A hash says enough with its beginning; the link to the document carries all of it.
        return f"{value[:16]}…" if SHA256.fullmatch(value) else value
    if isinstance(value, Mapping) and value.get("sentence"):
        return str(value["sentence"])
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _unless_hidden(text: str, reading: Reading) -> str:
    if text and reading.then.now:
        return str(HIDDEN_THEN)
    return HIDDEN if text and reading.hidden else text
