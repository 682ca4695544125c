"""Signing in and out, and the choice of the language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from webapp.access import allowed, public, recognise, visitor, visitor_or_none
from webapp.accounts import AccountLocked, SignInRefused
from webapp.languages import COOKIE, LANGUAGES, gettext
from webapp.office import office
from webapp.problems import sentence
from webapp.resuming import carried, resume, sign_in_page

pages = Blueprint("sign_in", __name__)

A_YEAR = 365 * 24 * 3600


@pages.get("/sign-in")
@public
def show() -> str | Response:
    """The sign-in page; who is signed in already goes on."""
    if visitor_or_none() is not None:
        return redirect(_onward(), 303)
    return sign_in_page(request.args.get("next", ""))


@pages.post("/sign-in")
@public
def attempt() -> tuple[str, int] | Response:
    """Check the password and begin a session."""
    username = request.form.get("username", "")
    try:
        account = office().accounts.sign_in(username, request.form.get("password", ""))
    except (SignInRefused, AccountLocked) as refused:
        status, text = sentence(refused)
        onward = request.form.get("next", "")
        return sign_in_page(onward, username=username, error=text, typed=carried()), status
    # A fresh session: nothing of before the sign-in may be carried over.
    session.clear()
    session.permanent = True
    session["person"], session["version"] = account.person, account.session_version
    if typed := carried():
        recognise()
        resume(_onward(), typed)
    return redirect(_onward(), 303)


@pages.post("/sign-out")
@allowed("session.end")
def leave() -> Response:
    """End the session of this browser, or of every browser of the person."""
    if request.form.get("everywhere"):
        office().accounts.end_sessions(visitor().id)
    session.clear()
    flash(gettext("Anda telah keluar."), "success")
    return redirect(url_for("sign_in.show"), 303)


@pages.post("/language")
@public
def choose_language() -> Response:
    """Remember the language in a cookie and return to the page."""
    response = redirect(_onward(), 303)
    wanted = request.form.get("language", "id")
    if wanted in LANGUAGES:
        response.set_cookie(
            COOKIE, wanted, max_age=A_YEAR, samesite="Lax", secure=office().settings.encrypted
        )
    return response


def _onward() -> str:
    """Where to go on: a path of this application, never an address elsewhere."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    here = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if here and wanted.isprintable() and not parts.scheme and not parts.netloc:
        return wanted
    return url_for("sign_in.home")


@pages.get("/")
@public
def home() -> Response:
    """Lead people to the page they work on."""
    found = visitor_or_none()
    if found is None:
        return redirect(url_for("sign_in.show"), 303)
    if found.may("tasks.work"):
        return redirect(url_for("inbox.show"), 303)
    if found.may("audit.read"):
        return redirect(url_for("audit.instances"), 303)
    return redirect(url_for("processes.overview"), 303)
