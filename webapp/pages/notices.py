"""The notices: what people are told inside the application."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.access import allowed, visitor
from webapp.office import office

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@allowed("notices.read")
def show() -> str:
    """The latest notices, newest first; those about a secret letter tell nothing of it."""
    return render_template("notices.html", notices=office().notices.of(visitor().id))


@pages.post("/notices/read")
@allowed("notices.read")
def read() -> Response:
    """Note that one notice, or all of them, have been read."""
    at_home, who = office(), visitor()
    now = at_home.clock.now()
    wanted = request.form.get("notice", "")
    if wanted:
        at_home.notices.read(who.id, wanted, now)
    else:
        at_home.notices.read_all(who.id, now)
    return redirect(url_for("notices.show"), 303)
