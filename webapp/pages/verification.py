"""The verification: what everybody may ask about a letter, with the QR code or with the file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from handlers.signing import verify_pdf
from webapp.access import public
from webapp.languages import gettext
from webapp.office import office
from webapp.pages.documents import as_pdf

pages = Blueprint("verification", __name__)

Page = tuple[str, int]


@pages.get("/v")
@public
def ask() -> str:
    """Ask for a file, or tell how the code on the paper is used."""
    return render_template("verify.html", verdict=None, problem="")


@pages.get("/v/<token>")
@public
def letter(token: str) -> Page:
    """What the register says of the letter behind the code. It shows no NIP and no secret."""
    found = office().letters.public(token)
    if found is None:
        return render_template("verified_letter.html", letter=None, token=token, verdict=None), 404
    verdict = None
    if found.signed_document:
        verdict = verify_pdf(office().documents.get(found.signed_document), office().trust())
    return render_template("verified_letter.html", letter=found, token=token, verdict=verdict), 200


@pages.get("/v/<token>/letter.pdf")
@public
def signed(token: str) -> Response:
    """The signed letter, unless it is secret or was cancelled."""
    found = office().letters.public(token)
    if found is None or found.secret or found.cancelled or not found.signed_document:
        return abort(404)
    return as_pdf(office().documents.get(found.signed_document), "surat")


@pages.post("/v")
@public
def check() -> Page:
    """Judge a PDF that somebody has; it is not kept."""
    file = request.files.get("file")
    data = file.read() if file else b""
    if not data.startswith(b"%PDF-"):
        problem = gettext("Pilih berkas PDF yang hendak diperiksa.")
        return render_template("verify.html", verdict=None, problem=problem), 422
    verdict = verify_pdf(data, office().trust())
    return render_template("verify.html", verdict=verdict, problem=""), 200
