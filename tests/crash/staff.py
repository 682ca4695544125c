"""The staff of both offices: each person works off the inbox, and hands in again what got lost."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.crash.person import Page, Person, Unreachable
from webapp.demo import DEMO_PASSPHRASE

_ZONE = ZoneInfo("Asia/Jakarta")
_IDLE = 0.1

#: What a signer reads after five attempts of which none ended well; asking on at once is no use.
_BARRED = "Terlalu banyak percobaan"
_REST = 5.0

#: What happens to a letter on its way, and how often.
WAYS = ("straight", "straight", "straight", "returned", "mistyped", "cancelled")

_COMMON: Mapping[str, Any] = {
    "kind": "surat_dinas",
    "sifat": "biasa",
    "urgency": "biasa",
    "capacity": "direct",
    "source": "typed",
    "opening": "Sehubungan dengan pelaksanaan program kerja.",
    "closing": "Demikian disampaikan, terima kasih.",
}


@dataclass(frozen=True)
class Desk:
    """Who begins letters in an office, what stands in them, and who takes them on."""

    office: str
    drafter: str
    others: tuple[str, ...]
    content: Mapping[str, Any]


DESKS = (
    Desk(
        "dpmptsp",
        "staf_yan",
        ("kasi_usaha", "kabid_yan", "pengelola_surat", "kadis"),
        {
            "classification": "500.16.7.2",
            "signer": "dpmptsp:kadis",
            "recipients": ["opd-dinkes", "swasta-01"],
            "other_recipients": "Ketua RT 05 | di Tempat\nPanitia | di Tempat | rt@contoh.example",
        },
    ),
    Desk(
        "kec",
        "staf_kec_pmd",
        ("kasubbag_umpeg", "kasi_pmd", "sekcam", "camat"),
        {
            "classification": "400.10.2.5",
            "signer": "kec:camat",
            "recipients": ["opd-dpmd", "opd-pupr"],
            "other_recipients": "",
        },
    ),
)


@dataclass
class Letter:
    """A letter that somebody began: the form of its draft, and what is to happen to it."""

    subject: str
    way: str
    desk: Desk


@dataclass
class Load:
    """The work of the day: letters are begun as long as it lasts."""

    dice: random.Random
    wanted: Callable[[], bool]  #: whether another letter may be begun now
    offered: Callable[[], Collection[str]]  #: positions that have something to do
    letters: dict[str, Letter] = field(default_factory=dict)  #: by instance
    complaints: list[str] = field(default_factory=list)
    on_consent: Callable[[], None] = lambda: None
    steps: int = 0
    mishaps: int = 0  #: how often no answer came
    closing: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def letter_of(self, instance: str, desk: Desk) -> Letter:
        """Return the letter of an instance; whoever sees its empty draft first decides on it."""
        with self.guard:
            if instance not in self.letters:
                number = len(self.letters) + 1
                way = self.dice.choice(WAYS)
                self.letters[instance] = Letter(f"Surat {number:03} {way}", way, desk)
            return self.letters[instance]

    def complain(self, sentence: str) -> None:
        with self.guard:
            self.complaints.append(sentence)


@dataclass
class Worker:
    """One person of an office at work."""

    person: Person
    desk: Desk
    load: Load

    @property
    def drafts(self) -> bool:
        return self.person.username == self.desk.drafter

    def work(self) -> None:
        """Work until the office closes; what could not be handed in is found in the inbox again."""
        try:
            self.person.sign_in(time.monotonic() + 60)
            while not self.load.closing.is_set():
                try:
                    if not self._round():
                        time.sleep(_IDLE)
                except Unreachable:
                    self.load.mishaps += 1
                    time.sleep(_IDLE)
        except Exception as defect:  # a thread that dies unheard would let the test wait in vain
            self.load.complain(f"{self.person.username}: {type(defect).__name__}: {defect}")
            raise

    def _round(self) -> bool:
        """Look into the inbox when somebody says that something lies there: pages cost time."""
        waits = f"{self.desk.office}:{self.person.username}" in self.load.offered()
        if not waits and not (self.drafts and self.load.wanted()):
            return False
        tasks = [str(each) for each in self.person.read("/tasks").tree.xpath("//tr/@data-href")]
        empty = [each for each in tasks if ".draft_letter." in each]
        if self.drafts and not empty and self.load.wanted():
            self._begin()
        for task in tasks:
            self._do(task)
        return bool(tasks)

    def _begin(self) -> None:
        blank = self.person.read("/letters/new")
        self.person.send("/letters/new", blank.hidden("/letters/new"))

    def _do(self, task: str) -> None:
        page = self.person.read(task)
        if page.status == 409:
            return  # a colleague was faster, or our own answer that seemed lost
        instance, element, occurrence = task.rpartition("/")[2].split(".")
        letter = self.load.letter_of(instance, self.desk)
        answers = _answers(letter, element, first=occurrence == "1")
        if "passphrase" in answers:
            self.load.on_consent()
        answered = self.person.send(task, {**page.hidden(task), **answers})
        if answered.status in (200, 409):
            self.load.steps += answered.status == 200
            if _BARRED in answered.text:
                time.sleep(_REST)
        else:
            said = _sentence(answered)
            self.load.complain(f"{self.person.username} {element}: {answered.status} {said}")


def at_work(load: Load, address: str) -> list[threading.Thread]:
    """Let everybody begin to work, each in a thread."""
    threads = []
    for desk in DESKS:
        for username in (desk.drafter, *desk.others):
            worker = Worker(Person(username, address), desk, load)
            threads.append(threading.Thread(target=worker.work, name=username, daemon=True))
    for thread in threads:
        thread.start()
    return threads


def _answers(letter: Letter, element: str, *, first: bool) -> dict[str, Any]:
    """Return what is written at a task; asked twice the same is written twice."""
    if element in ("draft_letter", "revise_letter"):
        revised = {"decision": "resubmit"} if element == "revise_letter" else {}
        body = f"Isi {letter.subject}, {'konsep' if not revised else 'perbaikan'}."
        content = {**_COMMON, **letter.desk.content}
        return {
            **content,
            "subject": letter.subject,
            "body": body,
            "letter_date": _today(),
            **revised,
        }
    if element == "assign_number":
        return {"letter_date": _today()}
    if element == "send_letter":
        return {}
    if element.startswith("sign_"):
        return _signature(letter, first=first)
    if letter.way == "returned" and first:
        return {"decision": "return", "reason": "Perlu diperjelas."}
    return {"decision": "approve"}


def _signature(letter: Letter, *, first: bool) -> dict[str, Any]:
    if letter.way == "cancelled":
        return {"decision": "cancel", "reason": "Kegiatan ditiadakan."}
    mistyped = letter.way == "mistyped" and first
    passphrase = "bukan frasa sandinya" if mistyped else DEMO_PASSPHRASE
    return {"decision": "approve", "consent": "on", "passphrase": passphrase}


def _today() -> str:
    return datetime.now(UTC).astimezone(_ZONE).date().isoformat()


def _sentence(page: Page) -> str:
    found = page.tree.xpath("//*[@data-error-summary] | //main")
    return " ".join(found[0].text_content().split())[:300] if found else page.text[:300]
