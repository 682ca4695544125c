"""The outlook on a letter: its headline, where it is, and what is read before deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from engine import OpenTask, StepResult
from handlers.errors import LetterError, MarkupRefused, UnknownLetter
from handlers.letters import SECRET, Draft, LetterDocument, LetterRow, LetterView, parse
from webapp.access import Visitor
from webapp.bootstrap import Office
from webapp.drawing import drawn_version
from webapp.forms import Choices
from webapp.languages import gettext
from webapp.sitting import Sitting


@dataclass(frozen=True)
class Headline:
    """A letter in one line, masked for whoever may not read it."""

    id: str
    title: str
    number: str = ""
    sifat: str = ""
    sifat_label: str = ""
    urgency: str = ""
    urgency_label: str = ""
    masked: bool = False

    @property
    def secret(self) -> bool:
        return self.sifat in SECRET


@dataclass(frozen=True)
class Reading:
    """A document beside a form: where it is, and what the reader binds the decision to."""

    address: str
    pictures: tuple[str, ...]
    note: str = ""
    bound: Mapping[str, str] = field(default_factory=dict)  #: hidden fields of the form
    problem: str = ""  #: why there is no document to show


def headline(office: Office, visitor: Visitor, letter_id: str) -> Headline:
    """Return the headline of a letter; before its first version it has no subject."""
    try:
        return _headline(office.letters.letter(letter_id, visitor.reader))
    except UnknownLetter:
        return Headline(letter_id, gettext("Konsep baru"))


def headline_of(sitting: Sitting) -> Headline:
    """Return the headline of the letter on the table."""
    if sitting.letter is None:
        return Headline(sitting.task.business_key, gettext("Konsep baru"))
    return _headline(sitting.letter)


def _headline(letter: LetterView | LetterRow) -> Headline:
    masked = isinstance(letter, LetterView) and not letter.content_visible
    return Headline(
        id=letter.id,
        title=gettext("Rahasia: isi tidak ditampilkan") if masked else letter.subject,
        number=letter.number,
        sifat=letter.sifat,
        sifat_label=letter.sifat_label,
        urgency=letter.urgency,
        urgency_label=letter.urgency_label,
        masked=masked,
    )


def whereabouts(office: Office, result: StepResult) -> str:
    """Say who has the letter after a step."""
    if result.completed:
        return gettext("Tersimpan. Alur surat ini sudah selesai.")
    if not result.opened:
        return gettext(
            "Tersimpan. Surat sedang diproses aplikasi; petugas berikutnya akan menemukannya"
            " di kotak tugas."
        )
    places = ", ".join(desk(office, task) for task in result.opened)
    return gettext("Tersimpan. Surat sekarang pada %(places)s.", places=places)


def desk(office: Office, task: OpenTask) -> str:
    """Say on whose desk a task lies: the positions, and who acts in them today."""
    return "; ".join(_position(office, each) for each in task.candidates)


def _position(office: Office, position_id: str) -> str:
    title = office.organisation.position(position_id).title
    people = office.organisation.in_charge(position_id, office.clock.now())
    names = ", ".join(each.name for each in people)
    return f"{title} ({names})" if names else title


def reading(sitting: Sitting) -> Reading | None:
    """Return what is read at this task: the composed or signed PDF, else the draft as a PDF."""
    letter = sitting.letter
    if letter is None or not letter.content_visible or sitting.drafting:
        return None
    bound = {"read_version": str(letter.version), "read_hash": letter.content_hash}
    documents = sitting.office.letters.documents(letter.id, sitting.visitor.reader)
    return letter_reading(sitting.office, sitting.visitor, letter, documents, bound)


def letter_reading(
    office: Office,
    visitor: Visitor,
    letter: LetterView,
    documents: Sequence[LetterDocument],
    bound: Mapping[str, str] | None = None,
) -> Reading:
    """Return the signed PDF, else the one composed of this version, else the version as a draft."""
    bound = bound or {}
    standing = [each for each in documents if each.role == "signed"] or [
        each for each in documents if each.role == "composed" and each.version == letter.version
    ]
    if not standing:
        return draft_reading(office, visitor, letter, bound)
    found = standing[-1]
    note = gettext("bertanda tangan") if found.role == "signed" else gettext("naskah final")
    return Reading(
        address=url_for("documents.made", letter_id=letter.id, sha256=found.sha256),
        pictures=tuple(
            url_for("documents.made_page", letter_id=letter.id, sha256=found.sha256, page=page)
            for page in range(1, max(found.pages, 1) + 1)
        ),
        note=note,
        bound={**bound, "read_document": found.sha256},
    )


def draft_reading(
    office: Office, visitor: Visitor, letter: LetterView, bound: Mapping[str, str]
) -> Reading:
    """Return the current version as it would be printed, marked as a draft."""
    place = (letter.id, letter.version)
    try:
        pages = drawn_version(office, *place, visitor.reader).pages
    except LetterError as refused:
        return Reading("", (), bound=bound, problem=str(refused))
    return Reading(
        address=url_for("documents.version", letter_id=place[0], version=place[1]),
        pictures=tuple(
            url_for("documents.version_page", letter_id=place[0], version=place[1], page=page)
            for page in range(1, pages + 1)
        ),
        note=gettext("konsep versi %(version)s", version=letter.version),
        bound=bound,
    )


def typed(values: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """Return what is being typed, as the rough layout beside the form needs it."""
    body = str(values.get("body") or "")
    try:
        blocks: Sequence[Mapping[str, Any]] = parse(body)
        problem = ""
    except MarkupRefused as refused:
        blocks, problem = (), str(refused)
    chosen = set(values.get("recipients") or ())
    return {
        "values": values,
        "blocks": blocks,
        "problem": problem,
        "kind": _label(choices, "kinds", values.get("kind")),
        "signer": _label(choices, "signers", values.get("signer")),
        "recipients": [
            each.label for each in choices.get("destinations", ()) if each.value in chosen
        ],
    }


def printed(sitting: Sitting, draft: Draft) -> bytes:
    """Return the letter as it would be printed from a draft that is not in the books yet."""
    office = sitting.office
    unit = str(sitting.task.data.get("unit") or "")
    sheet = office.letters.preview(draft, sitting.task.scope, unit, office.clock.now())
    docx = office.documents.get(draft.docx) if draft.source == "docx" else None
    return office.previews.of_sheet(sheet, docx)


def _label(choices: Choices, name: str, value: Any) -> str:
    return next((each.label for each in choices.get(name, ()) if each.value == value), "")
