"""Uploads: what a file is called after it was received."""

from __future__ import annotations

import io
import json

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.forms import Form
from webapp.uploads import Guarded, Uploads

FORM = Form.parse(json.dumps({"components": [{"type": "filepicker", "key": "file"}]}))


class Shelf:
    """Keeps nothing and calls everything the same."""

    def put(self, data: bytes) -> str:
        return "0" * 64


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Lampiran 1.pdf", "Lampiran_1.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\surat\\nota.pdf", "nota.pdf"),
        ("报告.pdf", "berkas.pdf"),
        ("😀.PDF", "berkas.PDF"),
        ("..pdf", "berkas.pdf"),
        ("a\r\nX-Forged: 1.pdf", "a_X-Forged_1.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_file_keeps_a_plain_name_and_its_ending(sent: str, kept: str) -> None:
    uploads = Uploads(Shelf(), "key", {".pdf": lambda data, _: Guarded(data, "application/pdf")})
    files = MultiDict([("file", FileStorage(io.BytesIO(b"x"), filename=sent))])

    received = uploads.receive(FORM, files, MultiDict(), "somebody")

    assert [name for _, name in received.kept["file"]] == [kept]
