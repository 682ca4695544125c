"""The letter sheet: all that is printed of a letter, as pure data; composing depends on it only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: One block of the body: paragraph, list, details, table, heading or phrase; see ``markup``.
Block = Mapping[str, Any]

Shape = Literal["kepala_kiri", "judul_tengah", "judul_tengah_dengan_tujuan"]


@dataclass(frozen=True)
class Letterhead:
    """The head of the paper (kop)."""

    government: str  #: e.g. "PEMERINTAH KABUPATEN WANAJAYA"
    office: str  #: e.g. "KECAMATAN TIRTASARI"
    unit: str = ""
    address: str = ""
    phone: str = ""
    website: str = ""
    email: str = ""
    emblem: bytes | None = None


@dataclass(frozen=True)
class SigningBlock:
    """The block of the signature: who signs, and for whom."""

    lines: tuple[str, ...]  #: e.g. ("a.n. Kepala Dinas", "Sekretaris,")
    name: str
    rank: str
    nip: str  #: as printed, "19700312 199503 2 901"
    position: str  #: label of the visible signature, e.g. "Plh. Kepala Dinas"
    simulated: bool = True  #: signed by the demonstration authority, not by a certified one
    person: str = ""  #: id of the person; not printed


@dataclass(frozen=True)
class LetterSheet:
    """One version of a letter, ready to be laid out."""

    letter_id: str
    version: int
    kind: str  #: id, e.g. "surat_undangan"
    kind_label: str
    shape: Shape
    title: str  #: printed above a centred letter, e.g. "SURAT EDARAN"; empty for a left head
    number: str | None  #: None: not numbered yet
    date_text: str  #: e.g. "3 Februari 2026"
    place: str
    sifat_label: str
    urgency_label: str
    attachment_text: str  #: "-" when there is none
    subject: str
    recipients: tuple[str, ...]  #: without "Yth."
    recipients_place: str  #: after "di"; empty when the recipients carry their own
    copies: tuple[str, ...]
    opening: str
    blocks: tuple[Block, ...]
    closing: str
    letterhead: Letterhead
    signing: SigningBlock
    paper: Literal["A4", "F4"]
    font: Literal["arial", "bookman"]
    verification_url: str
    simulated: bool
    final: bool  #: False prints the mark KONSEP
    content_hash: str  #: of the version in the books

    def as_json(self) -> dict[str, Any]:
        """Return the sheet as JSON types; the emblem as hexadecimal digits."""
        data = asdict(self)
        emblem = self.letterhead.emblem
        data["letterhead"]["emblem"] = None if emblem is None else emblem.hex()
        for name in ("recipients", "copies", "blocks"):
            data[name] = list(data[name])
        data["signing"]["lines"] = list(self.signing.lines)
        return data
