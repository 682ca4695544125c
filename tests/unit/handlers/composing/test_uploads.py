"""Attachments are what their content is."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pikepdf
import pytest
from docx_for_tests import TYPES, cleaned_files, patched, refused_files, word_document
from PIL import Image

from handlers.composing import MAX_UPLOAD, UploadRefused, check_upload


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(file, kind)
    return file.getvalue()


def pdf(**changes: Any) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for name, value in changes.items():
            document.Root[f"/{name}"] = value
        document.save(file)
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("Lampiran.PDF", pdf(), "pdf"),
        ("foto.jpg", picture("JPEG"), "jpeg"),
        ("foto.jpeg", picture("JPEG"), "jpeg"),
        ("bagan.png", picture("PNG"), "png"),
        ("daftar.xlsx", workbook(), "xlsx"),
        ("kerangka acuan.docx", word_document("isi"), "docx"),
    ],
)
def test_an_ordinary_attachment_is_accepted(name: str, data: bytes, kind: str) -> None:
    assert check_upload(data, name) == kind


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.pdf", b"", "kosong"),
        ("a.pdf", b"%PDF-" + bytes(MAX_UPLOAD), "terlalu besar"),
        ("a.exe", b"MZ", "tidak diterima"),
        ("tanpa-akhiran", pdf(), "tidak diterima"),
        ("a.pdf", b"halo dunia", "bukan PDF"),
        ("a.docx", pdf(), "isinya PDF"),
        ("a.pdf", picture("PNG"), "isinya PNG"),
        ("a.docx", workbook(), "isinya XLSX"),
        ("a.pdf", b"%PDF-1.7\nrusak", "rusak"),
        ("a.png", picture("PNG")[:40], "rusak"),
        ("a.jpg", picture("JPEG")[:10], "rusak"),
        ("a.docx", refused_files()["macro-renamed"], "bermakro"),
        ("a.docx", refused_files()["entity-bomb"], "DTD"),
        ("a.docx", refused_files()["zip-bomb"], "bom zip"),
    ],
)
def test_a_bad_attachment_is_refused_with_a_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(UploadRefused, match=sentence):
        check_upload(data, name)


@pytest.mark.parametrize(
    "action",
    [
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")),
        pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe")),
    ],
)
def test_a_pdf_that_runs_something_is_refused(action: pikepdf.Dictionary) -> None:
    with pytest.raises(UploadRefused, match="program"):
        check_upload(pdf(OpenAction=action), "a.pdf")


def test_a_locked_pdf_is_refused() -> None:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(file, encryption=pikepdf.Encryption(owner="a", user="b"))

    with pytest.raises(UploadRefused, match="bersandi"):
        check_upload(file.getvalue(), "a.pdf")


def test_a_workbook_with_macros_is_refused() -> None:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"

    with pytest.raises(UploadRefused, match="bermakro"):
        check_upload(
            patched({TYPES: lambda text: text.replace(main, macro)}, base=workbook()), "a.xlsx"
        )


def test_a_picture_of_endless_size_is_refused() -> None:
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")

    with pytest.raises(UploadRefused):
        check_upload(file.getvalue(), "a.png")


@pytest.mark.parametrize("name", cleaned_files("http://127.0.0.1:9", "file:///etc/hostname"))
def test_an_attached_word_file_is_judged_without_being_changed(name: str) -> None:
    data = cleaned_files("http://127.0.0.1:9", "file:///etc/hostname")[name]

    assert check_upload(data, "lampiran.docx") == "docx"
