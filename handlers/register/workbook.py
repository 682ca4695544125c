"""The register as a workbook (XLSX), for the shelf and for those who count."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handlers.register.register import RegisterRow

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_COLUMNS = (
    ("No. Urut", 9),
    ("Tanggal Surat", 14),
    ("Nomor Surat", 32),
    ("Tujuan", 44),
    ("Hal", 50),
    ("Klasifikasi", 14),
    ("Lampiran", 18),
    ("Pengolah", 32),
    ("Tanggal Kirim", 18),
    ("Keterangan", 30),
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def register_workbook(rows: Sequence[RegisterRow], title: str, zone: str) -> bytes:
    """Return the lines as an XLSX file.

    Every text is written as text: a subject that begins with "=" stays a subject and is not
    calculated when somebody opens the file.
    """
    from openpyxl import Workbook  # half a second that only an export needs
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Agenda Surat Keluar"
    _write(sheet, 1, [_FORBIDDEN.sub(" ", title)])
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    _write(sheet, 3, [name for name, _ in _COLUMNS])
    for index, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.cell(3, index).font = Font(bold=True)
    for line, row in enumerate(rows, 4):
        _write(sheet, line, _values(row, ZoneInfo(zone)))
    sheet.freeze_panes = "A4"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _values(row: RegisterRow, zone: ZoneInfo) -> list[str | int]:
    sent = "" if row.sent_at is None else f"{row.sent_at.astimezone(zone):%d-%m-%Y %H:%M}"
    return [
        row.sequence,
        f"{row.letter_date:%d-%m-%Y}",
        row.number,
        row.recipients,
        row.subject,
        row.classification,
        row.attachment,
        row.unit_name,
        sent,
        row.note,
    ]


def _write(sheet: Worksheet, line: int, values: Sequence[str | int]) -> None:
    from openpyxl.styles import Alignment

    for column, value in enumerate(values, 1):
        cell = sheet.cell(line, column)
        if isinstance(value, int):
            cell.value = value
            continue
        cell.value = _FORBIDDEN.sub(" ", value)
        # The library takes a leading "=" for a formula; the type says it is text.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
