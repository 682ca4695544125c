"""The messages that nobody received, and the moments at which no process could begin."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Actor, FailedStart, KeptMessage
from webapp.access import allowed, visitor
from webapp.languages import gettext
from webapp.office import office
from webapp.reasons import MOST_LETTERS, given_reason

pages = Blueprint("messages", __name__, url_prefix="/messages")

_SETTLE = "messages.settle"


@pages.get("")
@allowed("messages.settle")
def show() -> str:
    """What waits for a receiver or an operator in the reader's offices, and what was discarded."""
    discarded = office().engine.post.discarded()
    return render_template(
        "messages.html",
        kept=_kept(),
        starts=_starts(),
        discarded=[each for each in discarded if _within_reach(each.scope)],
        most_letters=MOST_LETTERS,
    )


@pages.post("/retry")
@allowed("messages.settle")
def retry() -> Response:
    """Bring a message once more; the history of what it begins names who asked for it."""
    reached = office().engine.post.try_again(_message().id, _operator())
    if reached:
        flash(gettext("Pesan diterima."), "success")
    else:
        flash(gettext("Belum ada yang menerima pesan ini. Lihat sebabnya di bawah."), "warning")
    return redirect(url_for("messages.show"), 303)


@pages.post("/discard")
@allowed("messages.settle")
def discard() -> Response:
    """Take a message away from everybody; who did it and why is kept."""
    office().engine.post.discard(_message().id, _operator(), given_reason())
    flash(gettext("Pesan dibuang. Alasan Anda tercatat."), "success")
    return redirect(url_for("messages.show"), 303)


@pages.post("/starts/retry")
@allowed("messages.settle")
def begin() -> Response:
    """Begin a process that could not begin by itself; its history names who asked for it."""
    wanted = request.form.get("process", ""), request.form.get("element", "")
    if wanted not in {(each.process_id, each.element) for each in _starts()}:
        abort(404)
    if office().engine.timed_starts.try_again(*wanted, _operator()):
        flash(gettext("Proses dimulai."), "success")
    else:
        flash(gettext("Proses belum dapat dimulai. Lihat sebabnya di bawah."), "warning")
    return redirect(url_for("messages.show"), 303)


def waiting() -> int:
    """Count what waits for an operator here; for somebody who may not settle it, nothing does."""
    since = [*(each.stopped_at for each in _kept()), *(each.stopped_at for each in _starts())]
    return len([each for each in since if each is not None])


def _message() -> KeptMessage:
    wanted = request.form.get("message", "")
    found = next((each for each in _kept() if each.id == wanted), None)
    if found is None:
        abort(404)
    return found


def _operator() -> Actor:
    at_home = office()
    return at_home.organisation.actor_for(visitor().id, None, at_home.clock.now())


def _kept() -> list[KeptMessage]:
    return [each for each in office().engine.post.kept() if _within_reach(each.scope)]


def _starts() -> list[FailedStart]:
    return [each for each in office().engine.timed_starts.failed() if _within_reach(each.scope)]


def _within_reach(scope: str) -> bool:
    """What no office owns would otherwise be seen by nobody: any admin may settle it."""
    owned = scope in {each.id for each in office().organisation.offices()}
    return visitor().may(_SETTLE, scope if owned else None)
