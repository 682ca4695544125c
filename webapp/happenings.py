"""The happenings: the history of a letter in sentences, for those who work with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import SENT_BACK, SKIPPED, HistoryEvent, Kind
from webapp.languages import gettext
from webapp.secret_times import HIDDEN_THEN, SecretTime, secret_times


@dataclass(frozen=True)
class Happening:
    """One line of what happened."""

    at: datetime
    who: str
    on_behalf_of: str
    what: str
    reason: str
    icon: str


def happenings(
    events: Sequence[HistoryEvent],
    *,
    reasons: bool,
    hidden_versions: frozenset[int] = frozenset(),
) -> list[Happening]:
    """
    Return what people and the application did, the latest first.

    ``reasons`` is False for those who may follow a secret letter but not read it. Who may not
    read ``hidden_versions`` is not told the reasons given while they stood.
    """
    times = secret_times(events, hidden_versions)
    told = ((event, then, _told(event)) for event, then in zip(events, times, strict=True))
    found = [
        Happening(
            at=event.at,
            who=event.name,
            on_behalf_of=event.on_behalf_of,
            what=what[0],
            reason=_why(event, then) if reasons else "",
            icon=what[1],
        )
        for event, then, what in told
        if what is not None
    ]
    return found[::-1]


def _why(event: HistoryEvent, then: SecretTime) -> str:
    """Return the reason that a person gave, or the sentence with which something failed."""
    failed = event.kind is Kind.ERROR_THROWN
    said = event.reason or (str(event.details.get("sentence") or "") if failed else "")
    return str(HIDDEN_THEN) if said and then.now else said


def _told(event: HistoryEvent) -> tuple[str, str] | None:
    """Return the sentence and icon of an event, or nothing for steps only auditors look at."""
    step = event.element_name or event.element
    sentences = {
        Kind.INSTANCE_STARTED: (gettext("Surat dimulai"), "play-fill"),
        Kind.TASK_COMPLETED: (_completed(event, step), "check-circle"),
        Kind.TASK_CLAIMED: (gettext("Mengambil tugas: %(step)s", step=step), "person-check"),
        Kind.TASK_RELEASED: (gettext("Melepas tugas: %(step)s", step=step), "arrow-return-left"),
        Kind.JOB_FINISHED: (gettext("Selesai otomatis: %(step)s", step=step), "gear"),
        Kind.JOB_FAILED: (gettext("Belum berhasil: %(step)s", step=step), "exclamation-circle"),
        Kind.ERROR_THROWN: (gettext("Gagal: %(step)s", step=step), "exclamation-triangle"),
        Kind.INCIDENT_RAISED: (
            gettext("Terhenti, menunggu admin: %(step)s", step=step),
            "exclamation-triangle-fill",
        ),
        Kind.INCIDENT_RESOLVED: (_resolved(event, step), "gear"),
        Kind.TIMER_FIRED: (gettext("Lewat tenggat: %(step)s", step=step), "clock-history"),
        Kind.MESSAGE_THROWN: (gettext("Mengirim pesan: %(step)s", step=step), "send"),
        Kind.MESSAGE_DELIVERED: (gettext("Menerima pesan: %(step)s", step=step), "envelope-check"),
        Kind.WARNING: (gettext("Peringatan: orang yang sama pada dua tahap"), "people"),
        Kind.INSTANCE_MOVED: (_moved(event), "file-diff"),
        Kind.INSTANCE_COMPLETED: (gettext("Alur surat selesai"), "flag"),
    }
    return sentences.get(event.kind)


def _moved(event: HistoryEvent) -> str:
    told = event.details.get("to")
    number = told.get("version") if isinstance(told, dict) else ""
    if "undoes" in event.details:
        return gettext("Dikembalikan ke SOP versi %(number)s", number=number)
    return gettext("Dipindahkan ke SOP versi %(number)s", number=number)


def _resolved(event: HistoryEvent, step: str) -> str:
    sentences = {
        SKIPPED: gettext("Dilewati oleh admin: %(step)s", step=step),
        SENT_BACK: gettext("Dikembalikan oleh admin: %(step)s", step=step),
    }
    how = str(event.details.get("how", ""))
    return sentences.get(how) or gettext("Dilanjutkan oleh admin: %(step)s", step=step)


def _completed(event: HistoryEvent, step: str) -> str:
    outputs = event.details.get("outputs")
    decision = str(outputs.get("decision") or "") if isinstance(outputs, dict) else ""
    sentences = {
        "approve": gettext("Menyetujui: %(step)s", step=step),
        "return": gettext("Mengembalikan: %(step)s", step=step),
        "amend": gettext("Memperbaiki dan menyetujui: %(step)s", step=step),
        "cancel": gettext("Membatalkan: %(step)s", step=step),
        "resubmit": gettext("Mengajukan ulang: %(step)s", step=step),
    }
    return sentences.get(decision) or gettext("Menyelesaikan: %(step)s", step=step)
