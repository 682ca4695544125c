"""The pages on which an owner moves a running letter to another version, after a dry run."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import (
    Actor,
    Finding,
    InstanceView,
    MoveBlocked,
    MovePreview,
    NothingToUndo,
    ReasonMissing,
)
from webapp.access import allowed, visitor
from webapp.languages import gettext, language, lazy_gettext
from webapp.movable import movable
from webapp.office import office
from webapp.reasons import MOST_LETTERS, given_reason

pages = Blueprint(
    "moving", __name__, url_prefix="/processes/versions/<definition_id>/moves/<instance_id>"
)

Answer = tuple[str, int] | Response

#: What keeps a letter at a place.
KINDS = {
    "task": lazy_gettext("tugas terbuka"),
    "job": lazy_gettext("pekerjaan sistem sedang berjalan"),
    "timer": lazy_gettext("batas waktu berjalan"),
    "message": lazy_gettext("menunggu pesan"),
}


@pages.get("")
@allowed("letters.move")
def ask(definition_id: str, instance_id: str) -> str:
    """The dry run: where the letter stands, what blocks, what changes; nothing is stored."""
    instance = _within_reach(instance_id)
    preview = office().engine.moves.preview(instance_id, definition_id)
    return _page(instance, preview, definition_id)


@pages.post("")
@allowed("letters.move")
def move(definition_id: str, instance_id: str) -> Answer:
    """Move the letter; what is done is judged anew, whatever the dry run said."""
    instance = _within_reach(instance_id)
    moves = office().engine.moves

    def carry_out() -> MovePreview:
        return moves.move(instance_id, definition_id, _mover(), given_reason())

    return _done(instance, definition_id, carry_out, moves.preview, undo=False)


@pages.get("/undo")
@allowed("letters.move")
def ask_back(definition_id: str, instance_id: str) -> str:
    """The dry run of undoing the last move of the letter."""
    instance = _within_reach(instance_id)
    preview = _preview_back(instance_id)
    return _page(instance, preview, definition_id)


@pages.post("/undo")
@allowed("letters.move")
def undo(definition_id: str, instance_id: str) -> Answer:
    """Undo the last move of the letter."""
    instance = _within_reach(instance_id)

    def carry_out() -> MovePreview:
        return office().engine.moves.undo(instance_id, _mover(), given_reason())

    return _done(
        instance, definition_id, carry_out, lambda letter, _: _preview_back(letter), undo=True
    )


def _done(
    instance: InstanceView,
    definition_id: str,
    carry_out: Callable[[], MovePreview],
    preview: Callable[[str, str], MovePreview],
    *,
    undo: bool,
) -> Answer:
    """Do it and go back to the version, or show the dry run again with what stands against it."""
    try:
        made = carry_out()
    except (MoveBlocked, ReasonMissing) as refused:
        again = preview(instance.id, definition_id)
        status = HTTPStatus.CONFLICT if isinstance(refused, MoveBlocked) else 422
        problem = (
            gettext("Belum dipindahkan: lihat penghalangnya.")
            if isinstance(refused, MoveBlocked)
            else gettext("Tuliskan alasannya.")
        )
        return _page(instance, again, definition_id, problem), int(status)
    except NothingToUndo:
        flash(gettext("Pemindahan surat ini sudah dibatalkan."), "warning")
    else:
        sentence = (
            gettext("Pemindahan dibatalkan: surat kembali mengikuti versi %(number)s.",
                    number=made.target.version)
            if undo
            else gettext("Surat dipindahkan: sekarang mengikuti versi %(number)s.",
                         number=made.target.version)
        )  # fmt: skip
        flash(sentence, "success")
    target = url_for("processes.version", definition_id=definition_id, _anchor="moving")
    return redirect(target, 303)


def _page(
    instance: InstanceView, preview: MovePreview, definition_id: str, problem: str = ""
) -> str:
    return render_template(
        "processes/move.html",
        letter=movable(office(), visitor(), instance),
        preview=preview,
        definition_id=definition_id,
        kinds=KINDS,
        blockers=[_told(each) for each in preview.blockers],
        consequences=[_told(each) for each in preview.consequences],
        problem=problem,
        typed=request.form.get("reason", ""),
        most_letters=MOST_LETTERS,
    )


def _told(finding: Finding) -> str:
    return finding.message_en if language() == "en" else finding.message


def _preview_back(instance_id: str) -> MovePreview:
    try:
        return office().engine.moves.preview_undo(instance_id)
    except NothingToUndo:
        abort(404)


def _within_reach(instance_id: str) -> InstanceView:
    """The letter; 404 for one of an office in which this person moves none."""
    instance = office().engine.instance(instance_id)
    if not visitor().may("letters.move", instance.scope):
        abort(404)
    return instance


def _mover() -> Actor:
    return Actor(visitor().id, visitor().name)
