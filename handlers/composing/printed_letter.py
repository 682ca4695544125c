"""Which words a typed letter prints, and where: the data of ``templates/letter.typ``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.composing.typefaces import TYPEFACES
from handlers.letters import Letterhead, LetterSheet

#: Space kept for the visible signature (QR, position, name), in millimetres.
ANCHOR_MM = (80, 27)

#: Paper in millimetres.
PAPER_MM = {"A4": (210, 297), "F4": (215, 330)}

NUMBER_TO_FOLLOW = "(nomor menyusul)"
SIMULATION = (
    "SIMULASI: tidak ditandatangani dengan sertifikat elektronik dari penyelenggara sertifikasi "
    "elektronik (PSrE)."
)
CERTIFIED = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
    "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara.",
    "UU ITE Nomor 11 Tahun 2008 Pasal 5 ayat (1): “Informasi Elektronik dan/atau Dokumen "
    "Elektronik dan/atau hasil cetaknya merupakan alat bukti hukum yang sah.”",
)

_SECRET = {"rahasia", "sangat rahasia"}
_USUAL = {"", "biasa"}
_WITH_SUBJECT = {"surat_edaran", "pengumuman", "instruksi"}  #: print TENTANG below the number
_WITH_ADDRESSEES = {"surat_edaran"}  #: the centred letter that names whom it is for
_MOST_RECIPIENTS = 5  #: more of them go to a list of their own
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def is_secret(sheet: LetterSheet) -> bool:
    """Say whether the page carries the red mark."""
    return sheet.sifat_label.strip().lower() in _SECRET


def sifat_line(sheet: LetterSheet) -> str:
    """Return the line "Sifat": secrecy and urgency together, the usual ones unsaid."""
    unusual = [one for one in (sheet.sifat_label, sheet.urgency_label) if one.lower() not in _USUAL]
    return ", ".join(unusual) or sheet.sifat_label or "Biasa"


def recipients_of(sheet: LetterSheet) -> tuple[str, ...]:
    """Return the addressees that this shape prints."""
    if sheet.shape == "judul_tengah" and sheet.kind not in _WITH_ADDRESSEES:
        return ()
    return sheet.recipients


def is_list_attached(sheet: LetterSheet) -> bool:
    """Say whether the addressees stand on a page of their own."""
    return len(recipients_of(sheet)) > _MOST_RECIPIENTS


def dated_lines(sheet: LetterSheet) -> list[str]:
    """Return place and date above the signature; a left head carries them at its top."""
    if sheet.shape != "judul_tengah":
        return []
    if sheet.kind == "surat_edaran":
        return [f"Ditetapkan di {sheet.place}", f"pada tanggal {sheet.date_text}"]
    return [place_and_date(sheet)]


def place_and_date(sheet: LetterSheet) -> str:
    """Return "Wanajaya, 3 Februari 2026"."""
    return ", ".join(filter(None, (sheet.place, sheet.date_text)))


def about_line(sheet: LetterSheet) -> str:
    """Return what stands below TENTANG, or nothing."""
    return sheet.subject.upper() if sheet.kind in _WITH_SUBJECT else ""


def contact_lines(head: Letterhead) -> list[list[str]]:
    """Return the small lines of the head of the paper, each in pieces that are not broken."""
    named = (("Telepon", head.phone), ("Laman", head.website), ("Pos-el", head.email))
    contact = [f"{label} {value}" for label, value in named if value]
    address = [piece.strip() for piece in head.address.split(",") if piece.strip()]
    return [line for line in (address, contact) if line]


def signature_below(sheet: LetterSheet) -> list[str]:
    """Return the lines below the signer's name."""
    nip = f"NIP {sheet.signing.nip}" if sheet.signing.nip else ""
    return [line for line in (sheet.signing.rank, nip) if line]


def foot_lines(sheet: LetterSheet) -> list[str]:
    """Return the foot; the note of the certified authority never stands on a simulation."""
    simulated = sheet.simulated or sheet.signing.simulated
    notes = [SIMULATION] if simulated else list(CERTIFIED)
    if sheet.verification_url:
        notes.append(f"Keabsahan dokumen dapat diperiksa pada {sheet.verification_url}")
    return notes


def letter_json(sheet: LetterSheet) -> str:
    """Return all that the template prints, as JSON; equal sheets give equal text."""
    width, height = PAPER_MM[sheet.paper]
    data = {
        "paper": {"width": width, "height": height},
        "font": TYPEFACES[sheet.font],
        "document_title": sheet.subject or sheet.kind_label,
        "author": sheet.letterhead.office,
        "anchor": {"width": ANCHOR_MM[0], "height": ANCHOR_MM[1]},
        "draft": not sheet.final,
        "secrecy": sheet.sifat_label.upper() if is_secret(sheet) else "",
        "simulated": sheet.simulated or sheet.signing.simulated,
        "foot": foot_lines(sheet),
        **_head(sheet),
        **_body(sheet),
        **_end(sheet),
    }
    return json.dumps(_printable(data), ensure_ascii=False, sort_keys=True)


def _head(sheet: LetterSheet) -> dict[str, Any]:
    head = sheet.letterhead
    number = sheet.number or NUMBER_TO_FOLLOW
    return {
        "letterhead": {
            "government": head.government,
            "office": head.office,
            "unit": head.unit,
            "contact": contact_lines(head),
            "emblem": list(head.emblem) if head.emblem else None,
        },
        "shape": sheet.shape,
        "title": sheet.title or sheet.kind_label.upper(),
        "kind_label": sheet.kind_label,
        "number": number,
        "numbered": sheet.number is not None,
        "about": about_line(sheet),
        "date_text": sheet.date_text,
        "place_and_date": place_and_date(sheet),
        "references": [
            ["Nomor", number],
            ["Sifat", sifat_line(sheet)],
            ["Lampiran", sheet.attachment_text or "-"],
            ["Hal", sheet.subject],
        ],
        "recipients": list(recipients_of(sheet)),
        "recipients_place": sheet.recipients_place,
        "list_attached": is_list_attached(sheet),
    }


def _body(sheet: LetterSheet) -> dict[str, Any]:
    left = sheet.shape == "kepala_kiri"
    return {
        "opening": sheet.opening,
        "blocks": [_laid_out(block) for block in sheet.blocks],
        "closing": sheet.closing,
        "list_indent": 6 if left else 0,
        "label_width": _label_width(sheet.blocks),
        "details_indent": 12.7 if left else 6,
    }


def _end(sheet: LetterSheet) -> dict[str, Any]:
    return {
        "signing": {
            "dated": dated_lines(sheet),
            "lines": list(sheet.signing.lines),
            "name": sheet.signing.name,
            "below": signature_below(sheet),
        },
        "receipt": sheet.kind == "surat_pengantar",
        "copies": list(sheet.copies),
    }


def _label_width(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Return the room for labels in millimetres: one for the whole letter, so that colons align."""
    labels = [row[0] for block in blocks if block["type"] == "details" for row in block["rows"]]
    return min(62, max(28, round(max(map(len, labels), default=0) * 2.3) + 2))


def _laid_out(block: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(block)
    if block["type"] == "table":
        laid.update(table_cells(block))
        laid["columns"] = [_breakable(cell, 24) for cell in laid["columns"]]
        laid["rows"] = [[_breakable(cell, 24) for cell in row] for row in laid["rows"]]
    return laid


def _breakable(text: str, longest: int) -> str:
    """A word without end may break anywhere; it must not run off the paper."""
    pieces = re.compile(rf"\S{{{longest + 1},}}")
    every = max(longest // 3, 1)
    return pieces.sub(lambda word: re.sub(rf"(.{{{every}}})(?=.)", "\\1\u200b", word[0]), text)


def table_cells(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns, rows of equal length, and a width for each column (0: as its content)."""
    count = max([len(block["columns"]), *(len(row) for row in block["rows"])], default=0)
    rows = [_padded(row, count) for row in block["rows"]]
    columns = _padded(block["columns"], count)
    return {"columns": columns, "rows": rows, "widths": _widths([columns, *rows])}


def _padded(row: Sequence[Any], count: int) -> list[str]:
    return [*map(str, row), *[""] * (count - len(row))]


def _widths(rows: list[list[str]]) -> list[int]:
    widths = []
    for cells in zip(*rows, strict=True):
        longest = max(map(len, cells))
        word = max((len(word) for cell in cells for word in cell.split()), default=1)
        widths.append(0 if longest <= 4 else max(round(min(word, 24) * 1.3), min(longest, 36)))
    return widths if any(widths) else [1] * len(widths)


def _printable(value: Any) -> Any:
    """Leave out what cannot be printed: control marks, and marks that reverse the reading order."""
    if isinstance(value, str):
        return _breakable(_CONTROL.sub("", value.replace("\r\n", "\n").replace("\t", " ")), 60)
    if isinstance(value, Mapping):
        return {key: _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value
