"""The incidents: what stopped for want of an operator, and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine import Actor, Incident, InstanceView, WaysOut
from webapp.access import allowed, visitor
from webapp.audit_list import subject_of
from webapp.languages import gettext
from webapp.office import office
from webapp.pages.messages import waiting
from webapp.reasons import MOST_LETTERS, given_reason

pages = Blueprint("incidents", __name__)


@dataclass(frozen=True)
class Stopped:
    """One incident as the page shows it; of a confidential letter only where it stopped."""

    incident: Incident
    number: str
    subject: str
    hidden: bool
    step: str
    ways: WaysOut


@pages.get("/incidents")
@allowed("incidents.resolve")
def show() -> str:
    """What waits for an operator in the reader's offices, oldest first."""
    stopped = [_stopped(*each) for each in _within_reach()]
    return render_template(
        "incidents.html", stopped=stopped, messages=waiting(), most_letters=MOST_LETTERS
    )


@pages.post("/incidents/<incident_id>/retry")
@allowed("incidents.resolve")
def retry(incident_id: str) -> Response:
    """Try again what stopped; the history names who asked for it."""
    actor = _resolver(incident_id)
    office().engine.retry_incident(incident_id, actor)
    flash(gettext("Dicoba lagi. Bila terhenti lagi, kendala ini muncul kembali."), "success")
    return redirect(url_for("incidents.show"), 303)


@pages.post("/incidents/<incident_id>/skip")
@allowed("incidents.resolve")
def skip(incident_id: str) -> Response:
    """Let the letter go on without what stopped; the history names who decided it, and why."""
    actor = _resolver(incident_id)
    office().engine.skip_incident(incident_id, actor, given_reason())
    flash(gettext("Dilewati. Alasan Anda tercatat dalam riwayat."), "success")
    return redirect(url_for("incidents.show"), 303)


@pages.post("/incidents/<incident_id>/send-back")
@allowed("incidents.resolve")
def send_back(incident_id: str) -> Response:
    """Take the way drawn for a failure; whoever has the letter then reads the reason."""
    actor = _resolver(incident_id)
    office().engine.send_back_incident(incident_id, actor, given_reason())
    flash(gettext("Dikembalikan. Alasan Anda dibaca oleh yang mengerjakannya lagi."), "success")
    return redirect(url_for("incidents.show"), 303)


def _resolver(incident_id: str) -> Actor:
    """Return this person as the history names them; what another office has stays hidden."""
    if incident_id not in {incident.id for incident, _ in _within_reach()}:
        abort(404)
    at_home = office()
    return at_home.organisation.actor_for(visitor().id, None, at_home.clock.now())


def _within_reach() -> list[tuple[Incident, InstanceView]]:
    """The open incidents of the offices in which this person resolves them."""
    engine, who = office().engine, visitor()
    found = [(each, engine.instance(each.instance_id)) for each in engine.incidents()]
    return [each for each in found if who.may("incidents.resolve", each[1].scope)]


def _stopped(incident: Incident, instance: InstanceView) -> Stopped:
    subject, visible = subject_of(office(), instance, visitor().reader)
    elements = office().engine.diagram(instance.definition_id).elements
    element = elements.get(incident.element)
    return Stopped(
        incident=incident,
        number=str(instance.data.get("number") or ""),
        subject=subject,
        hidden=not visible,
        step=element.name if element else incident.element,
        ways=office().engine.ways_out(incident),
    )
