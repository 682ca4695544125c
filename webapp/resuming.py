"""Resuming: what somebody typed while the session ended waits behind the sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine import EngineError
from webapp.access import from_our_page, to_sign_in, visitor
from webapp.languages import gettext
from webapp.office import office
from webapp.sitting import sit_down

Typed = list[tuple[str, str]]

#: In front of the name of each field that the sign-in page carries.
PREFIX = "typed."

#: Forms of a task: what they hand in is worth carrying.
_FORMS = frozenset({"tasks.answer", "tasks.preview_pdf"})
#: Meant for one moment, or for the page that is gone.
_LEFT_BEHIND = frozenset({"csrf_token", "passphrase", "consent", "save", "refresh"})


def ask_again() -> Response | tuple[str, int]:
    """Ask who is there, and carry what was typed; whatever is no form of a task leads back."""
    typed = _typed_here()
    if not typed:
        return to_sign_in()
    return sign_in_page(_task_address(), typed=typed, ended=True), 401


def sign_in_page(
    onward: str,
    *,
    username: str = "",
    error: str = "",
    typed: Typed | None = None,
    ended: bool = False,
) -> str:
    """Return the sign-in page; ``typed`` are the fields it carries, ``ended`` says why."""
    return render_template(
        "sign_in.html",
        username=username,
        onward=onward,
        error=error,
        ended=ended,
        typed=[(f"{PREFIX}{name}", value) for name, value in typed or ()],
    )


def carried() -> Typed:
    """Return the fields that this request brings from the sign-in page."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]


def resume_here() -> Response | None:
    """Keep what a page older than the sign-in hands in, and open its task; else ``None``."""
    typed = _typed_here()
    if not typed:
        return None
    resume(_task_address(), typed)
    return redirect(_task_address(), 303)


def resume(address: str, typed: Iterable[tuple[str, str]]) -> None:
    """Keep what was typed as the draft of the person who signed in, if the task is theirs."""
    fields = MultiDict(typed)
    task_id = urlsplit(address).path.removeprefix(url_for("tasks.show", task_id=""))
    if not fields or not task_id:
        return
    try:
        sitting = sit_down(office(), visitor(), task_id)
    except EngineError:
        return  # the page of the task says why
    submission, _ = sitting.read(fields, MultiDict())
    sitting.keep(submission.values)
    flash(gettext("Isian Anda dipulihkan. Periksa, lalu kirim."), "info")


def _typed_here() -> Typed:
    if request.endpoint not in _FORMS or not from_our_page():
        return []
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in _LEFT_BEHIND]


def _task_address() -> str:
    return url_for("tasks.show", task_id=(request.view_args or {})["task_id"])
