"""Writes a typed letter as a Word file with python-docx; no template language is involved."""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm

from handlers.composing import word_shapes as shapes
from handlers.composing.printed_letter import (
    NUMBER_TO_FOLLOW,
    PAPER_MM,
    about_line,
    contact_lines,
    dated_lines,
    is_list_attached,
    place_and_date,
    recipients_of,
    sifat_line,
    signature_below,
    table_cells,
)
from handlers.composing.word_package import read_parts, write_parts
from handlers.letters import Block, LetterSheet

_CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY
_FONTS = {"arial": "Arial", "bookman": "Bookman Old Style"}
_TEXT_MM = {"A4": 160, "F4": 165}
_FIRST_LINE = Mm(12.7)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class WordLetter:
    """Writes one letter from top to bottom."""

    def __init__(self, sheet: LetterSheet, srikandi: bool) -> None:
        self._sheet = sheet
        self._tokens = srikandi
        self._document = Document()
        self._width = _TEXT_MM[sheet.paper]

    def build(self) -> bytes:
        """Return the file."""
        sheet = self._sheet
        shapes.set_up(
            self._document,
            font=_FONTS[sheet.font],
            paper=PAPER_MM[sheet.paper],
            title=_plain(sheet.subject),
        )
        self._head()
        if sheet.shape == "kepala_kiri":
            self._references()
            self._addressees()
        else:
            if sheet.shape == "judul_tengah_dengan_tujuan":
                self._raw(self._dated(), align=_RIGHT, after=8)
            self._addressees()
            self._title()
        self._body()
        self._signature()
        self._copies()
        self._attached_list()
        file = io.BytesIO()
        self._document.save(file)
        return write_parts(read_parts(file.getvalue()))

    def _add(self, text: str, place: Any = None, **style: Any) -> Any:
        return shapes.add(place or self._document, _plain(text), **style)

    def _raw(self, text: str, place: Any = None, **style: Any) -> Any:
        """Text of ours, which may be a token."""
        return shapes.add(place or self._document, text, **style)

    def _number(self) -> str:
        return "${nomor_naskah}" if self._tokens else _plain(self._sheet.number or NUMBER_TO_FOLLOW)

    def _date(self) -> str:
        return "${tanggal_naskah}" if self._tokens else _plain(self._sheet.date_text)

    def _dated(self) -> str:
        if self._tokens:
            return f"{_plain(self._sheet.place)}, ${{tanggal_naskah}}"
        return place_and_date(self._sheet)

    def _head(self) -> None:
        head = self._sheet.letterhead
        place: Any = self._document
        if head.emblem:
            table = shapes.plain_table(self._document, 1, (24, self._width - 32, 8))
            picture = table.cell(0, 0).paragraphs[0].add_run()
            picture.add_picture(io.BytesIO(head.emblem), height=Mm(24))
            place = table.cell(0, 1)
        self._add(head.government, place, align=_CENTER, size=12, first_of_cell=True)
        self._add(head.office, place, align=_CENTER, size=16, bold=True)
        if head.unit:
            self._add(head.unit, place, align=_CENTER, size=13, bold=True)
        for row in contact_lines(head):
            self._add(", ".join(row), place, align=_CENTER, size=9.5)
        shapes.rule(self._document)

    def _references(self) -> None:
        sheet = self._sheet
        table = shapes.plain_table(self._document, 4, (21, 4, self._width - 85, 60))
        rows = (
            ("Nomor", self._number()),
            ("Sifat", _plain(sifat_line(sheet))),
            ("Lampiran", _plain(sheet.attachment_text or "-")),
            ("Hal", _plain(sheet.subject)),
        )
        for row, (label, value) in enumerate(rows):
            for column, text in enumerate((label, ":", value)):
                self._raw(text, table.cell(row, column), first_of_cell=True)
        self._raw(self._dated(), table.cell(0, 3), align=_RIGHT, first_of_cell=True)
        self._raw("")

    def _addressees(self) -> None:
        sheet, recipients = self._sheet, recipients_of(self._sheet)
        if not recipients:
            return
        hanging = {"indent": Mm(11), "first": Mm(-11)}
        if is_list_attached(sheet):
            self._raw("Yth.\t(Daftar terlampir)", **hanging)
        elif len(recipients) == 1:
            self._add(f"Yth.\t{recipients[0]}", **hanging)
        else:
            for number, one in enumerate(recipients, 1):
                start = "Yth.\t" if number == 1 else "\t"
                deeper = {"indent": Mm(17), "first": Mm(-17), "tab": Mm(11)}
                self._add(f"{start}{number}.\t{one}", **deeper)
        if sheet.recipients_place:
            self._add(f"di {sheet.recipients_place}")
        self._raw("")

    def _title(self) -> None:
        sheet = self._sheet
        title = sheet.title or sheet.kind_label.upper()
        self._add(title, align=_CENTER, bold=True, size=13)
        self._raw(f"NOMOR {self._number()}", align=_CENTER)
        if about := about_line(sheet):
            self._raw("TENTANG", align=_CENTER, before=8)
            self._add(about, align=_CENTER, bold=True, before=4)
        self._raw("")

    def _body(self) -> None:
        sheet = self._sheet
        if sheet.opening:
            self._paragraph(sheet.opening)
        for block in sheet.blocks:
            self._block(block)
        if sheet.closing:
            self._paragraph(sheet.closing, keep=True)

    def _paragraph(self, text: str, keep: bool = False) -> None:
        self._add(text, align=_JUSTIFY, first=_FIRST_LINE, after=8, keep=keep)

    def _block(self, block: Block) -> None:
        if block["type"] == "paragraph":
            self._paragraph(block["text"])
        elif block["type"] == "heading":
            self._add(block["text"], bold=True, before=4, after=4, keep=True)
        elif block["type"] == "phrase":
            self._add(block["text"].upper(), bold=True, align=_CENTER, before=6, after=8, keep=True)
        elif block["type"] == "list":
            self._list(block)
        elif block["type"] == "details":
            self._details(block)
        elif block["type"] == "table":
            self._table(block)

    def _list(self, block: Block) -> None:
        left = 6 if self._sheet.shape == "kepala_kiri" else 0
        for number, item in enumerate(block["items"]):
            mark = {"1": f"{number + 1}.", "a": f"{_letter(number)}."}.get(block["style"], "–")
            style = {"indent": Mm(left + 7), "first": Mm(-7), "after": 3, "align": _JUSTIFY}
            self._add(f"{mark}\t{item}", **style)
        self._raw("", size=4)

    def _details(self, block: Block) -> None:
        left = 12 if self._sheet.shape == "kepala_kiri" else 6
        widths = (left, 42, 4, self._width - left - 46)
        table = shapes.plain_table(self._document, len(block["rows"]), widths)
        for row, (label, value) in enumerate(block["rows"]):
            for column, text in ((1, label), (2, ":"), (3, value)):
                self._add(text, table.cell(row, column), first_of_cell=True)
        self._raw("", size=6)

    def _table(self, block: Block) -> None:
        cells = table_cells(block)
        table = shapes.ruled_table(self._document, cells["widths"], self._width)
        for column, text in enumerate(cells["columns"]):
            style = {"bold": True, "align": _CENTER, "size": 11, "first_of_cell": True}
            self._add(text, table.cell(0, column), **style)
        for row in cells["rows"]:
            added = shapes.add_row(table)
            for cell, text in zip(added.cells, row, strict=True):
                self._add(text, cell, size=11, first_of_cell=True)
        self._raw("", size=6)

    def _signature(self) -> None:
        self._raw("")
        half = self._width - 80
        table = shapes.plain_table(self._document, 1, (half, 80), whole_rows=True)
        if self._sheet.kind == "surat_pengantar":
            self._receipt(table.cell(0, 0))
        rows = list(self._signature_rows())
        for number, (text, bold) in enumerate(rows):
            style = {"align": _CENTER, "bold": bold, "first_of_cell": number == 0}
            self._raw(text, table.cell(0, 1), keep=number < len(rows) - 1, **style)

    def _signature_rows(self) -> list[tuple[str, bool]]:
        sheet, signing = self._sheet, self._sheet.signing
        if self._tokens:
            dated = [
                one.replace(sheet.date_text, "${tanggal_naskah}") for one in dated_lines(sheet)
            ]
            rank = [_plain(signing.rank)] if signing.rank else []
            return [
                *((one, False) for one in dated),
                ("${jabatan_pengirim},", False),
                ("${ttd_pengirim}", False),
                ("${nama_pengirim}", True),
                *((one, False) for one in [*rank, "NIP ${nip_pengirim}"]),
            ]
        return [
            *((_plain(one), False) for one in [*dated_lines(sheet), *signing.lines]),
            *[("", False)] * 4,
            (_plain(signing.name), True),
            *((_plain(one), False) for one in signature_below(sheet)),
        ]

    def _receipt(self, cell: Any) -> None:
        dots = "." * 26
        self._raw(f"Diterima tanggal {dots}", cell, first_of_cell=True, after=4)
        self._raw("Penerima,", cell, after=4)
        for label in ("Jabatan", "Tanda tangan", "Nama", "NIP", "Nomor telepon"):
            self._raw(f"{label}\t: {dots}", cell, tab=Mm(31), after=6)

    def _copies(self) -> None:
        copies = self._sheet.copies
        if not copies:
            return
        self._raw("Tembusan:", size=11, before=12, keep=True)
        for number, one in enumerate(copies, 1):
            start = f"{number}.\t" if len(copies) > 1 else ""
            style = {"indent": Mm(6 if start else 0), "first": Mm(-6 if start else 0), "size": 11}
            self._add(start + one, keep=number < len(copies), **style)

    def _attached_list(self) -> None:
        if not is_list_attached(self._sheet):
            return
        self._document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        left = {"indent": Mm(self._width * 0.45), "tab": Mm(self._width * 0.45 + 18)}
        self._add(f"Lampiran {self._sheet.kind_label}", **left)
        self._raw(f"Nomor\t: {self._number()}", **left)
        self._raw(f"Tanggal\t: {self._date()}", after=12, **left)
        self._raw("DAFTAR TUJUAN", align=_CENTER, bold=True, after=6)
        for number, one in enumerate(recipients_of(self._sheet), 1):
            self._add(f"{number}.\t{one}", indent=Mm(8), first=Mm(-8), after=3)


def _plain(text: str) -> str:
    """A person's text is never a token."""
    return _UNPRINTABLE.sub("", text).replace("${", "$\u200b{")


def _letter(number: int) -> str:
    """Return a, b, ..., z, aa, ab, ..."""
    head = _letter(number // 26 - 1) if number >= 26 else ""
    return head + chr(ord("a") + number % 26)
