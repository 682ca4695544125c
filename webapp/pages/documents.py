"""The documents: PDFs, pictures of pages and attachments, for those who may read the letter."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, request

from handlers.composing import letter_docx
from handlers.errors import UnknownLetter
from handlers.letters import SECRET, LetterView
from webapp.access import allowed, visitor
from webapp.drawing import drawn_version
from webapp.office import office

pages = Blueprint("documents", __name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

#: Shown inside the browser; everything else is only handed over as a file.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})


@pages.get("/letters/<letter_id>/documents/<sha256>.pdf")
@allowed("letters.read")
def made(letter_id: str, sha256: str) -> Response:
    """A document that was made of the letter, byte for byte."""
    return as_pdf(_made(letter_id, sha256), _name(_letter(letter_id)))


@pages.get("/letters/<letter_id>/documents/<sha256>/pages/<int:page>.png")
@allowed("letters.read")
def made_page(letter_id: str, sha256: str, page: int) -> Response:
    """A page of that document as a picture."""
    return _picture(_made(letter_id, sha256), page)


@pages.get("/letters/<letter_id>/versions/<int:version>.pdf")
@allowed("letters.read")
def version(letter_id: str, version: int) -> Response:
    """A version as it would be printed, marked as a draft."""
    return as_pdf(_drawn(letter_id, version), f"{_name(_letter(letter_id))}-konsep-{version}")


@pages.get("/letters/<letter_id>/versions/<int:version>/pages/<int:page>.png")
@allowed("letters.read")
def version_page(letter_id: str, version: int, page: int) -> Response:
    """A page of that version as a picture."""
    return _picture(_drawn(letter_id, version), page)


@pages.get("/letters/<letter_id>/versions/<int:version>.docx")
@allowed("letters.read")
def version_docx(letter_id: str, version: int) -> Response:
    """A version as a Word file; on request with the tokens that SRIKANDI fills."""
    reader = visitor().reader
    content = _content(letter_id, version)
    if content["source"] == "docx":
        data = office().documents.get(str(content["docx"]))
    else:
        sheet = office().letters.sheet(letter_id, reader, office().clock.now(), version=version)
        data = letter_docx(sheet, srikandi="srikandi" in request.args)
    return handed_over(data, DOCX, f"{_name(_letter(letter_id))}-{version}.docx")


@pages.get("/letters/<letter_id>/attachments/<sha256>")
@allowed("letters.read")
def attachment(letter_id: str, sha256: str) -> Response:
    """A file attached to some version of the letter."""
    data = _document(letter_id, sha256)
    for each in office().letters.versions(letter_id, visitor().reader):
        for one in each.content["attachments"]:
            if one["sha256"] == sha256:
                return handed_over(data, one["media_type"], one["name"])
    return abort(404)


def as_pdf(pdf: bytes, name: str) -> Response:
    """Answer with a PDF, shown in the page or saved under the name."""
    way = "attachment" if request.args.get("download") else "inline"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'{way}; filename="{_plain(name)}.pdf"'},
    )


def handed_over(data: bytes, media_type: str, name: str) -> Response:
    """Answer with a file; what a browser might run is never shown in the page."""
    way = "inline" if media_type in SHOWN and not request.args.get("download") else "attachment"
    known = media_type if media_type in SHOWN | {DOCX} else "application/octet-stream"
    return Response(
        data,
        mimetype=known,
        headers={"Content-Disposition": f'{way}; filename="{_plain(name)}"'},
    )


def _made(letter_id: str, sha256: str) -> bytes:
    """Return a composed or signed PDF; drafts in Word and attachments have pages of their own."""
    found = office().letters.documents(letter_id, visitor().reader)
    if sha256 not in {each.sha256 for each in found}:
        abort(404)
    return office().documents.get(sha256)


def _document(letter_id: str, sha256: str) -> bytes:
    at_home = office()
    if not at_home.letters.may_open(letter_id, sha256, visitor().reader):
        raise UnknownLetter(letter=letter_id)
    return at_home.documents.get(sha256)


def _drawn(letter_id: str, number: int) -> bytes:
    _content(letter_id, number)
    return drawn_version(office(), letter_id, number, visitor().reader).pdf


def _content(letter_id: str, number: int) -> dict[str, object]:
    for each in office().letters.versions(letter_id, visitor().reader):
        if each.version == number:
            return dict(each.content)
    return abort(404)


def _letter(letter_id: str) -> LetterView:
    return office().letters.letter(letter_id, visitor().reader)


def _name(letter: LetterView) -> str:
    """A file name that tells nothing of a secret letter: it stays in folders and download lists."""
    if letter.sifat in SECRET or not letter.number:
        return f"surat-{letter.id[:8]}"
    return f"surat-{letter.number}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)


def _picture(pdf: bytes, page: int) -> Response:
    if not 1 <= page <= office().previews.pages(pdf):
        abort(404)
    return Response(office().previews.page(pdf, page), mimetype="image/png")
