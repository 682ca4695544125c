"""The incidents: what stopped for want of an operator, and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine import Incident, InstanceView
from webapp.access import allowed, visitor
from webapp.audit_list import subject_of
from webapp.languages import gettext
from webapp.office import office

pages = Blueprint("incidents", __name__)


@dataclass(frozen=True)
class Stopped:
    """One incident as the page shows it; of a confidential letter only where it stopped."""

    incident: Incident
    number: str
    subject: str
    hidden: bool
    step: str


@pages.get("/incidents")
@allowed("incidents.resolve")
def show() -> str:
    """What waits for an operator in the reader's offices, oldest first."""
    return render_template("incidents.html", stopped=[_stopped(*each) for each in _within_reach()])


@pages.post("/incidents/<incident_id>/retry")
@allowed("incidents.resolve")
def retry(incident_id: str) -> Response:
    """Try again what stopped; the history names who asked for it."""
    if incident_id not in {incident.id for incident, _ in _within_reach()}:
        abort(404)
    at_home = office()
    actor = at_home.organisation.actor_for(visitor().id, None, at_home.clock.now())
    at_home.engine.retry_incident(incident_id, actor)
    flash(gettext("Dicoba lagi. Bila terhenti lagi, kendala ini muncul kembali."), "success")
    return redirect(url_for("incidents.show"), 303)


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
    )
