"""The verdict on one letter: its history, its documents and its signatures, checked just now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import Frame, InstanceView
from handlers.errors import DocumentDamaged, DocumentMissing
from webapp.bootstrap import Office
from webapp.languages import gettext, language
from webapp.moments import stored_documents
from webapp.proof import prove


@dataclass(frozen=True)
class Verdict:
    """What was checked and everything that was found wrong."""

    checks: list[str]
    problems: list[str]
    full: bool  #: whether the books and signatures were looked at as well

    @property
    def good(self) -> bool:
        return not self.problems


def quick_verdict(office: Office, instance: InstanceView, frames: list[Frame]) -> Verdict:
    """Check what the page itself shows: the history, its diagram, and the stored documents."""
    documents = stored_documents(frames)
    problems = [*_history(office, instance), *_documents(office, documents)]
    return Verdict(_checks(documents), problems, full=False)


def full_verdict(office: Office, instance: InstanceView, frames: list[Frame]) -> Verdict:
    """Check the letter as ``alur verify`` does: the books and every signature included."""
    documents = stored_documents(frames)
    history = list(_history(office, instance))
    books = [
        flaw.sentence
        for flaw in prove(office, instance.business_key)
        if flaw.kind != "history" or not history
    ]
    checks = [
        *_checks(documents),
        gettext("versi dan keputusan surat"),
        gettext("buku nomor dan agenda"),
        gettext("tanda tangan elektronik"),
    ]
    problems = dict.fromkeys([*history, *_documents(office, documents), *books])
    return Verdict(checks, list(problems), full=True)


def _checks(documents: list[str]) -> list[str]:
    checks = [
        gettext("rantai sidik riwayat"),
        gettext("ujung riwayat"),
        gettext("sidik diagram versinya"),
        gettext("jalan ulang pada diagram"),
        gettext("keadaan tersimpan"),
    ]
    if documents:
        checks.append(gettext("sidik %(count)s dokumen", count=len(documents)))
    return checks


def _history(office: Office, instance: InstanceView) -> Iterator[str]:
    english = language() == "en"
    for problem in office.engine.verify_instance(instance.id):
        yield problem.message_en if english else problem.message


def _documents(office: Office, documents: list[str]) -> Iterator[str]:
    for sha256 in documents:
        try:
            office.documents.get(sha256)
        except DocumentMissing:
            yield gettext("Dokumen %(sha256)s… tidak ada di penyimpanan.", sha256=sha256[:16])
        except DocumentDamaged:
            yield gettext("Dokumen %(sha256)s… bukan lagi yang disimpan.", sha256=sha256[:16])
