"""The pages of auditors: the list of letters on their way and the replay of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Definition, Frame, InstanceView
from webapp.access import allowed, visitor
from webapp.audit_list import Filters, find, subject_of
from webapp.levels import Level, levels
from webapp.moments import Reading, moments, stored_documents
from webapp.office import office
from webapp.verdicts import full_verdict, quick_verdict

pages = Blueprint("audit", __name__, url_prefix="/audit")


@pages.get("/")
@allowed("audit.read")
def instances() -> str:
    """Every letter that ever went its way in the audited offices, the newest first."""
    filters = Filters.from_request(request.args)
    listing = find(office(), filters, visitor().reader, visitor().offices_where("audit.read"))
    return render_template(
        "audit/instances.html",
        filters=filters,
        listing=listing,
        processes=office().engine.processes(),
    )


@pages.get("/<instance_id>")
@allowed("audit.read")
def replay(instance_id: str) -> str:
    """The replay of one letter on the diagrams it followed, and the same as a table."""
    instance = _opened(instance_id)
    subject, visible = subject_of(office(), instance, visitor().reader)
    found = office().engine.replay(instance_id)
    followed = _followed(instance, found)
    drawn = {each.version: levels(office(), each) for each in followed}
    return render_template(
        "audit/replay.html",
        instance=instance,
        definition=followed[-1],
        diagrams={version: _addressed(every) for version, every in drawn.items()},
        first=drawn.get(_begun_on(found), drawn[instance.definition_version])[""],
        calls=any(len(every) > 1 for every in drawn.values()),
        moments=moments(found, _reading(instance, followed, drawn, hidden=not visible)),
        hidden=not visible,
        subject=subject,
        number=instance.data.get("number"),
        verdict=quick_verdict(office(), instance, found),
    )


@pages.get("/<instance_id>/verdict")
@allowed("audit.read")
def verdict(instance_id: str) -> str:
    """The verdict of ``alur verify`` on this letter; loaded after the page, since it takes long."""
    instance = _opened(instance_id)
    found = full_verdict(office(), instance, office().engine.replay(instance_id))
    page = "audit/verdict_box.html" if request.headers.get("HX-Request") else "audit/verdict.html"
    return render_template(page, instance=instance, verdict=found)


@pages.get("/<instance_id>/frames.json")
@allowed("audit.read")
def frames(instance_id: str) -> dict[str, Any]:
    """The moments for the diagram page, exactly those of the table."""
    instance = _opened(instance_id)
    hidden = not subject_of(office(), instance, visitor().reader)[1]
    found = office().engine.replay(instance_id)
    followed = _followed(instance, found)
    drawn = {each.version: levels(office(), each) for each in followed}
    told = moments(found, _reading(instance, followed, drawn, hidden=hidden))
    return {"frames": [asdict(each) for each in told]}


@pages.get("/<instance_id>/documents/<sha256>.pdf")
@allowed("audit.read")
def document(instance_id: str, sha256: str) -> Response:
    """A PDF that was in force at some moment of this letter, as it was stored."""
    instance = _opened(instance_id)
    if not subject_of(office(), instance, visitor().reader)[1]:
        abort(404)
    found = office().engine.replay(instance_id)
    if sha256 not in stored_documents(found, _hidden_versions(instance)):
        abort(404)
    response = Response(office().documents.get(sha256), mimetype="application/pdf")
    # The name says nothing of the letter: it may end up in a shared download folder.
    response.headers["Content-Disposition"] = f'inline; filename="{sha256[:16]}.pdf"'
    return response


def _opened(instance_id: str) -> InstanceView:
    """The instance; 404 when there is none, or none in an office this reader audits."""
    instance = office().engine.instance(instance_id)
    if not visitor().may("audit.read", instance.scope):
        abort(404)
    return instance


def _followed(instance: InstanceView, found: list[Frame]) -> list[Definition]:
    """The versions that the letter followed, in the order of its history, the present one last."""
    known = {each.version: each for each in office().engine.versions(instance.process_id)}
    told = (known.get(frame.event.definition_version) for frame in found)
    passed = dict.fromkeys(each.id for each in told if each is not None)
    passed.pop(instance.definition_id, None)
    by_id = {each.id: each for each in known.values()}
    return [by_id[each] for each in (*passed, instance.definition_id)]


def _begun_on(found: list[Frame]) -> int:
    return found[0].event.definition_version if found else 0


def _addressed(every: Mapping[str, Level]) -> dict[str, dict[str, str]]:
    """The levels of one version as the page needs them to draw one and to name the chain."""
    return {
        call: {
            "address": url_for("processes.diagram", definition_id=level.definition.id),
            "title": level.title,
            "around": level.around,
            "drawn_as": level.drawn_as,
        }
        for call, level in every.items()
    }


def _reading(
    instance: InstanceView,
    followed: list[Definition],
    drawn: Mapping[int, Mapping[str, Level]],
    *,
    hidden: bool,
) -> Reading:
    elements = {
        name: element
        for each in followed
        for name, element in office().engine.diagram(each.id).elements.items()
    }
    positions = {each.id: each.name for each in office().organisation.positions(instance.scope)}

    def called_process(version: int, call: str) -> str:
        level = drawn.get(version, {}).get(call)
        return level.title if level and call else ""

    return Reading(
        position_name=lambda position: positions.get(position, position),
        document_url=lambda sha256: url_for(".document", instance_id=instance.id, sha256=sha256),
        element_name=lambda element: elements[element].name if element in elements else "",
        called_process=called_process,
        hidden=hidden,
        hidden_versions=frozenset() if hidden else _hidden_versions(instance),
    )


def _hidden_versions(instance: InstanceView) -> frozenset[int]:
    """The versions that the reader of the letter may not read, since they were secret."""
    return office().letters.hidden_versions(instance.business_key, visitor().reader)
