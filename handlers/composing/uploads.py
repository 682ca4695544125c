"""Checks attachments: by what they are, not by what they are called."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from handlers.composing.composed import UploadRefused
from handlers.composing.docx_guard import clean_docx
from handlers.composing.word_package import TYPES_PART, parse, read_parts

if TYPE_CHECKING:
    import pikepdf

UploadKind = Literal["pdf", "jpeg", "png", "docx", "xlsx"]

#: The largest attachment, in bytes; what a mailbox of an office usually still takes.
MAX_UPLOAD = 15 << 20
MEDIA_TYPES: dict[UploadKind, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ENDINGS: dict[str, UploadKind] = {
    ".pdf": "pdf",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".docx": "docx",
    ".xlsx": "xlsx",
}
_MAX_PIXELS = 60_000_000
_MAX_OBJECTS = 200_000
_ACCEPTED = "PDF, JPG, PNG, DOCX, atau XLSX"


def check_upload(data: bytes, name: str) -> UploadKind:
    """Return what the attachment is.

    Raises ``UploadRefused``, with a sentence for the uploader, for anything that is too large,
    broken, called otherwise than it is, or able to run something.
    """
    if not data:
        raise UploadRefused("Berkas ini kosong.")
    if len(data) > MAX_UPLOAD:
        raise UploadRefused(f"Berkas terlalu besar: paling besar {MAX_UPLOAD >> 20} MB.")
    called = _ENDINGS.get(PurePosixPath(name.lower()).suffix)
    if called is None:
        raise UploadRefused(f"Jenis berkas ini tidak diterima; gunakan {_ACCEPTED}.")
    kind = _kind_of(data)
    if kind is None:
        raise UploadRefused(f"Isi berkas ini bukan {_ACCEPTED}.")
    if kind != called:
        raise UploadRefused(
            f"Nama berkas berakhiran .{called}, tetapi isinya {kind.upper()}; beri nama yang benar."
        )
    _check_content(kind, data)
    return kind


def _kind_of(data: bytes) -> UploadKind | None:
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    return None


def _office_kind(data: bytes) -> UploadKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if TYPES_PART not in names:
        return None
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "docx" if any(name.startswith("word/") for name in names) else None


def _check_content(kind: UploadKind, data: bytes) -> None:
    if kind == "pdf":
        _check_pdf(data)
    elif kind == "docx":
        clean_docx(data)
    elif kind == "xlsx":
        _check_workbook(data)
    else:
        _check_picture(data)


def _check_pdf(data: bytes) -> None:
    import pikepdf

    try:
        with warnings.catch_warnings(), pikepdf.open(io.BytesIO(data)) as document:
            warnings.simplefilter("ignore")
            if not len(document.pages):
                raise UploadRefused("PDF ini tidak memuat halaman.")
            if any(_runs(one) for one in _dictionaries(document)):
                raise UploadRefused("PDF ini memuat program atau perintah; cetak ulang ke PDF.")
    except pikepdf.PasswordError as problem:
        raise UploadRefused("PDF ini bersandi; hapus sandinya lebih dahulu.") from problem
    except (pikepdf.PdfError, ValueError, RuntimeError) as problem:
        raise UploadRefused("PDF ini rusak dan tidak dapat dibuka.") from problem


def _dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    import pikepdf

    for number, one in enumerate(document.objects):
        if number > _MAX_OBJECTS:
            raise UploadRefused("PDF ini memuat terlalu banyak objek.")
        if isinstance(one, pikepdf.Dictionary):
            yield one
            yield from _nested(one)


def _nested(one: Any, depth: int = 3) -> Iterator[Any]:
    import pikepdf

    for value in one.values() if isinstance(one, pikepdf.Dictionary) else one:
        if depth and isinstance(value, pikepdf.Dictionary | pikepdf.Array):
            if getattr(value, "is_indirect", False):
                continue  # it is visited by itself
            if isinstance(value, pikepdf.Dictionary):
                yield value
            yield from _nested(value, depth - 1)


def _runs(one: Any) -> bool:
    kind = one.get("/S")
    return kind in ("/JavaScript", "/Launch", "/ImportData") or "/JS" in one


def _check_picture(data: bytes) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    raise UploadRefused("Gambar terlalu besar; perkecil ukurannya.")
                picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as problem:
        raise UploadRefused("Gambar ini rusak dan tidak dapat dibuka.") from problem


def _check_workbook(data: bytes) -> None:
    types = parse(read_parts(data)[TYPES_PART])
    kinds = [node.get("ContentType") or "" for node in types]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in kinds):
        raise UploadRefused("Lembar kerja bermakro tidak diterima; simpan sebagai .xlsx biasa.")
    if not any(kind.endswith("spreadsheetml.sheet.main+xml") for kind in kinds):
        raise UploadRefused("Berkas ini bukan lembar kerja Excel (.xlsx).")
