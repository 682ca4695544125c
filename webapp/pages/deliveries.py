"""The deliveries by hand: the tanda terima to be printed, and the note that it came back signed."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Kind
from handlers.errors import ReceiptRefused
from handlers.letters import LetterView
from handlers.sending import Delivery, delivery_by_hand, note_paper_receipt
from webapp.access import allowed, visitor
from webapp.languages import ZONE, gettext
from webapp.office import office
from webapp.outlook import headline

pages = Blueprint("deliveries", __name__)

#: The operation of the task in which a letter is sent.
SENDING = "letter.release"


@pages.get("/letters/<letter_id>/deliveries/<delivery_id>/receipt")
@allowed("letters.read")
def receipt(letter_id: str, delivery_id: str) -> Response:
    """The tanda terima that goes with the letter, to be printed and signed."""
    delivery = _delivery(letter_id, delivery_id)
    try:
        page = office().by_hand.receipt_page(delivery.receipt)
    except LookupError:
        abort(404)
    return Response(page, mimetype="text/html")


@pages.post("/letters/<letter_id>/deliveries/<delivery_id>/receipt")
@allowed("tasks.work")
def note(letter_id: str, delivery_id: str) -> Response | tuple[str, int]:
    """Note who took the letter; what was noted before stays."""
    delivery = _delivery(letter_id, delivery_id)
    at_home = office()
    letter = at_home.letters.letter(letter_id, visitor().reader)
    if not may_note(letter):
        abort(403)
    now = at_home.clock.now()
    held = sorted(_sending_positions(letter) & visitor().reader.positions)
    actor = at_home.organisation.actor_for(visitor().id, held[0] if held else None, now)
    taken = (request.form.get("received_by", ""), _moment(request.form.get("received_at", "")))
    try:
        with at_home.database.transaction() as session:
            note_paper_receipt(session, delivery, *taken, actor=actor, at=now)
    except ReceiptRefused as refused:
        return _again(letter, delivery, str(refused)), 422
    flash(gettext("Tanda terima dicatat."), "success")
    return redirect(url_for("letters.show", letter_id=letter_id, _anchor="delivery"), 303)


def may_note(letter: LetterView) -> bool:
    """Whether this person looks after the sending of the letter."""
    who = visitor()
    if not who.may("tasks.work", letter.office):
        return False
    by_role = who.reader.has(letter.office, "mail_officer")
    return by_role or not who.reader.positions.isdisjoint(_sending_positions(letter))


def _sending_positions(letter: LetterView) -> frozenset[str]:
    """The positions that sent the letter, as its history names them, and the mail officers'."""
    at_home = office()
    instance = at_home.engine.instance(letter.instance_id)
    history = at_home.engine.history(letter.instance_id)
    followed = {event.definition_version for event in history}
    sending = {
        element.id
        for version in at_home.engine.versions(instance.process_id)
        if version.version in followed
        for element in at_home.engine.diagram(version.id).elements.values()
        if element.properties.get("operation") == SENDING
    }
    sent = {
        event.position
        for event in history
        if event.kind is Kind.TASK_COMPLETED and event.element in sending
    }
    return at_home.organisation.with_duty(letter.office, "mail_officer").union(sent - {""})


def _again(letter: LetterView, delivery: Delivery, problem: str) -> str:
    """The form again, with what was typed and what is wrong with it."""
    return render_template(
        "receipt_note.html",
        letter=letter,
        headline=headline(office(), visitor(), letter.id),
        delivery=delivery,
        typed=request.form,
        problem=problem,
    )


def _delivery(letter_id: str, delivery_id: str) -> Delivery:
    at_home = office()
    if not at_home.letters.may_read(letter_id, visitor().reader):
        abort(404)
    with at_home.database.reading() as session:
        try:
            return delivery_by_hand(session, letter_id, delivery_id)
        except LookupError:
            abort(404)


def _moment(typed: str) -> datetime:
    """Return what was typed as the office's clock shows it; what is no moment is refused later."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZONE)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
