"""The draft: what a person typed into the form, read into the content of a version."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from engine import canonical_json, sha256_of
from handlers.errors import DraftIncomplete, MarkupRefused
from handlers.letters.kinds import CAPACITIES, KINDS, SIFAT, URGENCY, Level
from handlers.letters.markup import parse

_EMAIL = re.compile(
    r"(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{}~-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Signs nobody sees: they would hide words, turn their order round, or make an empty line a text.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LINE_END = re.compile(r"\r\n|[\x85\u2028\u2029]")


@dataclass(frozen=True)
class Draft:
    """The content of one version: all that reviewers approve. Its hash binds their approval."""

    kind: str
    classification: str
    subject: str
    sifat: str
    urgency: str
    letter_date: str  #: ISO; a proposal until the letter is numbered
    signer: str  #: position
    capacity: str
    recipients: tuple[str, ...] = ()  #: ids of destinations and groups
    other_recipients: str = ""  #: one a line: ``Yth. nama | di tempat | pos-el``
    copies: str = ""  #: one a line
    source: str = "typed"
    opening: str = ""
    body: str = ""  #: markup
    closing: str = ""
    docx: str = ""  #: SHA-256 of a stored upload
    attachments: tuple[Mapping[str, str], ...] = ()  #: sha256, name, media_type
    attachment_note: str = ""  #: "1 (satu) lembar"; empty for none

    @property
    def date(self) -> date:
        return date.fromisoformat(self.letter_date)

    def content(self) -> dict[str, Any]:
        """Return the draft as JSON types."""
        found = asdict(self)
        found["recipients"] = list(self.recipients)
        found["attachments"] = [dict(each) for each in self.attachments]
        return found

    @property
    def content_hash(self) -> str:
        return hash_of(self.content())

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Draft:
        """Return the draft that was stored as this content."""
        values = dict(content)
        values["recipients"] = tuple(content["recipients"])
        values["attachments"] = tuple(content["attachments"])
        return cls(**values)


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the content hash of a version."""
    return sha256_of(canonical_json(content))


@dataclass(frozen=True)
class OtherRecipient:
    """A recipient who is not in the address book."""

    addressee: str
    place: str
    email: str


def other_recipients(text: str) -> list[OtherRecipient]:
    """Read the recipients typed line by line: ``Yth. nama | di tempat | pos-el``."""
    found = []
    for line in _lines(text):
        parts = [part.strip() for part in line.split("|")]
        email = next((part for part in parts[1:] if _EMAIL.fullmatch(part)), "")
        places = [part for part in parts[1:] if part and part != email]
        addressee = re.sub(r"^Yth\.?\s+", "", parts[0], flags=re.IGNORECASE)
        place = re.sub(r"^di\s+", "", places[0], flags=re.IGNORECASE) if places else ""
        found.append(OtherRecipient(addressee, place, email))
    return found


def misspelt_addresses(text: str) -> list[str]:
    """Return what was meant as an e-mail address and is none: it must not vanish unnoticed."""
    parts = [part.strip() for line in _lines(text) for part in line.split("|")]
    return [part for part in parts if "@" in part and not _EMAIL.fullmatch(part)]


def copies_of(text: str) -> tuple[str, ...]:
    """Read the copies (tembusan) typed line by line; a typed number before them is dropped."""
    return tuple(re.sub(r"^\d{1,2}[.)]\s+", "", line) for line in _lines(text))


def read_draft(answers: Mapping[str, Any], before: Draft | None = None) -> Draft:
    """Read the answers of the form over the previous version, if any.

    Fields that are not answered keep what they were. Raises ``DraftIncomplete`` whose details
    ``fields`` hold an Indonesian sentence per field.
    """
    values: dict[str, Any] = {} if before is None else before.content()
    known = {each.name for each in fields(Draft)}
    for name in known & answers.keys():
        values[name] = _READERS.get(name, plain_text)(answers[name])
    for name, standard in _STANDARDS.items():
        if not values.get(name):
            values[name] = standard
    values["recipients"] = tuple(values.get("recipients", ()))
    values["attachments"] = tuple(values.get("attachments", ()))
    draft = Draft(**{name: values.get(name, "") for name in known})
    refused = dict(_flaws(draft))
    if refused:
        raise DraftIncomplete(fields=refused)
    return draft


def plain_text(value: object) -> str:
    """Return an answer as text that every database and every printer takes."""
    if value is None:
        return ""
    return _UNSEEN.sub("", _LINE_END.sub("\n", str(value))).strip()


def _ids(value: object) -> list[str]:
    if isinstance(value, str):
        value = [part for part in re.split(r"[\s,;]+", value) if part]
    if not isinstance(value, list | tuple):
        return []
    return list(dict.fromkeys(plain_text(each) for each in value if each))


def _attachments(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list | tuple):
        return []
    return [
        {name: plain_text(each.get(name)) for name in ("sha256", "name", "media_type")}
        for each in value
        if isinstance(each, Mapping)
    ]


_READERS: Mapping[str, Callable[[object], Any]] = {
    "recipients": _ids,
    "attachments": _attachments,
}

_STANDARDS = {"sifat": "biasa", "urgency": "biasa", "capacity": "direct", "source": "typed"}

_REQUIRED = {
    "kind": "Pilih jenis naskah.",
    "classification": "Pilih kode klasifikasi.",
    "subject": "Isi hal surat.",
    "letter_date": "Isi tanggal surat.",
    "signer": "Pilih penanda tangan.",
}


def _flaws(draft: Draft) -> list[tuple[str, str]]:
    found = [(name, text) for name, text in _REQUIRED.items() if not getattr(draft, name)]
    found += _unknown_choices(draft)
    if "\n" in draft.subject or len(draft.subject) > 300:
        found.append(("subject", "Hal paling panjang 300 huruf dalam satu baris."))
    if draft.letter_date and not _is_date(draft.letter_date):
        found.append(("letter_date", "Tanggal surat ditulis TTTT-BB-HH, misalnya 2026-02-03."))
    if not draft.recipients and not draft.other_recipients and _needs_recipient(draft):
        found.append(("recipients", "Pilih atau isi paling sedikit satu tujuan."))
    found += _content_flaws(draft)
    for each in draft.attachments:
        if not _SHA256.fullmatch(each["sha256"]) or not each["name"]:
            found.append(("attachments", "Lampiran belum terunggah dengan lengkap."))
    return found


def _unknown_choices(draft: Draft) -> list[tuple[str, str]]:
    def missing(value: str, scale: tuple[Level, ...]) -> bool:
        return all(each.id != value for each in scale)

    found = []
    if draft.kind and all(each.id != draft.kind for each in KINDS):
        found.append(("kind", "Jenis naskah tidak dikenal."))
    if missing(draft.sifat, SIFAT):
        found.append(("sifat", "Sifat surat tidak dikenal."))
    if missing(draft.urgency, URGENCY):
        found.append(("urgency", "Tingkat urgensi tidak dikenal."))
    if missing(draft.capacity, CAPACITIES):
        found.append(("capacity", "Cara menandatangani tidak dikenal."))
    return found


def _content_flaws(draft: Draft) -> list[tuple[str, str]]:
    if draft.source == "docx":
        if not _SHA256.fullmatch(draft.docx):
            return [("docx", "Unggah berkas .docx, atau ketik isi surat.")]
        return []
    if draft.source != "typed":
        return [("source", "Pilih: diketik atau diunggah.")]
    try:
        blocks = parse(draft.body)
    except MarkupRefused as refused:
        return [("body", str(refused))]
    if not blocks and not draft.opening:
        return [("body", "Isi surat masih kosong.")]
    return []


def _needs_recipient(draft: Draft) -> bool:
    shape = next((each.shape for each in KINDS if each.id == draft.kind), "judul_tengah")
    return shape != "judul_tengah"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
