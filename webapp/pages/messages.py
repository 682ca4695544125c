"""The messages that nobody received, and the moments at which no process could begin."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Actor, DiscardedMessage, FailedStart, KeptMessage
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
    post, elsewhere = office().engine.post, _elsewhere()
    kept, discarded = post.kept(without=elsewhere), post.discarded(without=elsewhere)
    return render_template(
        "messages.html",
        kept=kept,
        starts=_starts(elsewhere),
        discarded=discarded,
        hidden=_hidden([*kept, *discarded]),
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
    if wanted not in {(each.process_id, each.element) for each in _starts(_elsewhere())}:
        abort(404)
    if office().engine.timed_starts.try_again(*wanted, _operator()):
        flash(gettext("Proses dimulai."), "success")
    else:
        flash(gettext("Proses belum dapat dimulai. Lihat sebabnya di bawah."), "warning")
    return redirect(url_for("messages.show"), 303)


def waiting() -> int:
    """Count what waits for an operator here; for somebody who may not settle it, nothing does."""
    if not visitor().may(_SETTLE):
        return 0
    elsewhere = _elsewhere()
    stopped = [each for each in _starts(elsewhere) if each.stopped_at is not None]
    return office().engine.post.stopped(elsewhere) + len(stopped)


def _message() -> KeptMessage:
    found = office().engine.post.kept_message(request.form.get("message", ""))
    if found is None or found.scope in _elsewhere():
        abort(404)
    return found


def _operator() -> Actor:
    at_home = office()
    return at_home.organisation.actor_for(visitor().id, None, at_home.clock.now())


def _starts(elsewhere: frozenset[str]) -> list[FailedStart]:
    return [each for each in office().engine.timed_starts.failed() if each.scope not in elsewhere]


def _elsewhere() -> frozenset[str]:
    """The offices in which this person settles nothing.

    What no office owns would otherwise be seen by nobody: any admin may settle it.
    """
    every = {each.id for each in office().organisation.offices()}
    return frozenset(each for each in every if not visitor().may(_SETTLE, each))


def _hidden(messages: Iterable[KeptMessage | DiscardedMessage]) -> frozenset[str]:
    """The ids of messages about, or from, letters that this person may not read."""
    keys = {each.id: {each.correlation, each.sender} - {""} for each in messages}
    unread = office().letters.hidden(set().union(*keys.values()), visitor().reader)
    return frozenset(each for each, named in keys.items() if named & unread)
