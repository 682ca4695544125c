"""The pages of process owners: versions of the SOPs, the modeler, publishing, differences."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Actor, Definition, DefinitionRejected, Diagram, Finding, vocabulary
from webapp.access import allowed, visitor
from webapp.asking import whole
from webapp.decision_changes import decision_differences
from webapp.diagram_changes import differences, in_order
from webapp.diagram_files import element_templates
from webapp.languages import gettext, language
from webapp.movable import movable_letters
from webapp.office import office
from webapp.sop_sheet import sop_sheet

pages = Blueprint("processes", __name__, url_prefix="/processes")

#: The largest diagram that is read; the engine refuses larger ones with a finding.
LARGEST_DIAGRAM = 4 * 1024 * 1024

#: More letters than are ever on their way at once.
MOST = 100_000


@pages.get("/")
@allowed("processes.read")
def overview() -> str:
    """Every process with its newest version and how many letters run on it."""
    running = _running()
    rows = [
        {
            "newest": newest,
            "running": sum(
                running[each.id] for each in office().engine.versions(newest.process_id)
            ),
        }
        for newest in office().engine.processes()
    ]
    return render_template("processes/overview.html", rows=rows, may_publish=may_publish)


@pages.get("/<process_id>")
@allowed("processes.read")
def versions(process_id: str) -> str:
    """Every version of one process: who published it when, and what still runs on it."""
    known = _versions(process_id)
    return render_template(
        "processes/versions.html",
        versions=known[::-1],
        newest=known[-1],
        running=_running(),
        owned=may_publish(process_id),
    )


@pages.get("/versions/<definition_id>")
@allowed("processes.read")
def version(definition_id: str) -> str:
    """One version to read: the drawing, and the whole SOP as text beside it."""
    definition = office().engine.definition(definition_id)
    sheet = sop_sheet(office().engine.diagram(definition_id))
    owned = may_publish(definition.process_id)
    letters = movable_letters(office(), visitor(), definition)
    return render_template(
        "processes/version.html", definition=definition, sheet=sheet, owned=owned, letters=letters
    )


@pages.get("/versions/<definition_id>/diagram.bpmn")
@allowed("processes.read")
def diagram(definition_id: str) -> Response:
    """The diagram as it was published, byte for byte."""
    definition = office().engine.definition(definition_id)
    response = Response(definition.source, mimetype="application/xml")
    name = f"{definition.process_id}-v{definition.version}.bpmn"
    kind = "attachment" if request.args.get("download") else "inline"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response


@pages.get("/versions/<definition_id>/edit")
@allowed("processes.publish")
def edit(definition_id: str) -> str:
    """The modeler, opened on this version."""
    definition = _base(definition_id)
    known = _versions(definition.process_id)
    return render_template(
        "processes/edit.html",
        definition=definition,
        versions=known[::-1],
        newest=known[-1],
        vocabulary=vocabulary(),
    )


@pages.get("/versions/<definition_id>/templates.json")
@allowed("processes.publish")
def templates(definition_id: str) -> Response:
    """The element templates; the forms on offer are those of this version."""
    keys = sorted(_base(definition_id).forms)
    offered = json.loads(element_templates())
    for template in offered:
        for field in template["properties"]:
            if field["binding"].get("name") == "camunda:formKey" and field["type"] != "Hidden":
                field["type"] = "Dropdown"
                field["choices"] = [{"name": key, "value": key} for key in keys]
    return Response(json.dumps(offered, ensure_ascii=False), mimetype="application/json")


@pages.post("/versions/<definition_id>/examine")
@allowed("processes.publish")
def examine(definition_id: str) -> dict[str, Any]:
    """What the engine says to an edited diagram; nothing is stored."""
    findings = _examined(_base(definition_id), _sent_diagram())
    return {"findings": _told(findings), "sound": _sound(findings)}


@pages.post("/versions/<definition_id>/publish")
@allowed("processes.publish")
def publish(definition_id: str) -> tuple[dict[str, Any], int]:
    """Publish an edited diagram as the next version, with the forms of the one it came from."""
    base, source = _base(definition_id), _sent_diagram()
    findings = _examined(base, source)
    if not _sound(findings):
        return {"published": False, "findings": _told(findings), "sentence": _refusal()}, 422
    published, fresh = _deploy(base, source)
    if not fresh:
        return {"published": False, "findings": [], "sentence": _unchanged(published)}, 200
    flash(_announcement(published), "success")
    return {"published": True, "url": url_for(".versions", process_id=published.process_id)}, 200


@pages.post("/versions/<definition_id>/upload")
@allowed("processes.publish")
def upload(definition_id: str) -> tuple[str, int] | Response:
    """Publish a diagram file; the way of those who draw in a program of their own."""
    base = _base(definition_id)
    sent = request.files.get("diagram")
    source = sent.read(LARGEST_DIAGRAM + 1) if sent else b""
    findings = _examined(base, source)
    if not _sound(findings):
        shown = render_template("processes/refused.html", base=base, findings=_told(findings))
        return shown, 422
    published, fresh = _deploy(base, source)
    flash(_announcement(published) if fresh else _unchanged(published), "success")
    return redirect(url_for(".versions", process_id=published.process_id), 303)


@pages.get("/<process_id>/compare")
@allowed("processes.read")
def compare(process_id: str) -> str:
    """What changed between two versions, invisible properties included."""
    known = _versions(process_id)
    after = _wanted(known, "after", known[-1])
    before = _wanted(known, "before", known[max(known.index(after) - 1, 0)])
    engine = office().engine
    drawn = differences(
        engine.diagram(before.id), engine.diagram(after.id), before.forms, after.forms
    )
    found = in_order([*drawn, *decision_differences(before.decisions, after.decisions)])
    marked = {
        change: " ".join(each.id for each in found if each.id and each.change == change)
        for change in ("added", "removed", "changed")
    }
    return render_template(
        "processes/compare.html",
        versions=known, before=before, after=after, found=found, marked=marked,
    )  # fmt: skip


def may_publish(process_id: str) -> bool:
    """Whether the visitor owns the SOP of an office that follows this process."""
    mine = visitor().offices_where("processes.publish")
    following = {
        each.id for each in office().organisation.offices() if each.process_id == process_id
    }
    return bool(following.intersection(mine) if following else mine)


def _base(definition_id: str) -> Definition:
    """The version an owner starts from; 403 for the owner of another office."""
    definition = office().engine.definition(definition_id)
    if not may_publish(definition.process_id):
        abort(403)
    return definition


def _examined(base: Definition, source: bytes) -> list[Finding]:
    """What speaks against publishing this as the next version of the base."""
    findings = office().engine.examine(source, base.forms, base.decisions)
    if not _sound(findings):
        return findings
    process_id = Diagram.compile(source).process_id
    if process_id == base.process_id:
        return findings
    renamed = Finding(
        process_id,
        "process-renamed",
        f"Diagram ini untuk proses lain. Kembalikan ID proses menjadi «{base.process_id}».",
        f"This diagram is of another process. Set the process id back to {base.process_id!r}.",
    )
    return [*findings, renamed]


def _deploy(base: Definition, source: bytes) -> tuple[Definition, bool]:
    """Deploy; tell whether that made a new version."""
    engine = office().engine
    before = {each.id for each in engine.versions(base.process_id)}
    actor = Actor(visitor().id, visitor().name)
    try:
        published = engine.deploy(source, base.forms, actor, base.decisions)
    except DefinitionRejected:
        abort(422, gettext("Diagram tidak layak; periksa temuannya."))
    return published, published.id not in before


def _versions(process_id: str) -> list[Definition]:
    """The versions of the process, oldest first; 404 when there are none."""
    return office().engine.versions(process_id) or abort(404)


def _wanted(known: list[Definition], name: str, otherwise: Definition) -> Definition:
    number = request.args.get(name, type=whole)
    return next((each for each in known if each.version == number), otherwise)


def _running() -> Counter[str]:
    """How many letters are on their way, per version."""
    return Counter(
        each.definition_id for each in office().engine.instances(status="running", limit=MOST)
    )


def _sent_diagram() -> bytes:
    return request.get_data(cache=False)[: LARGEST_DIAGRAM + 1]


def _sound(findings: list[Finding]) -> bool:
    return all(each.severity != "error" for each in findings)


def _told(findings: list[Finding]) -> list[dict[str, str]]:
    english = language() == "en"
    return [
        {
            "element": each.element,
            "rule": each.rule,
            "severity": each.severity,
            "message": each.message_en if english else each.message,
        }
        for each in findings
    ]


def _refusal() -> str:
    return gettext("Belum diterbitkan: perbaiki dahulu temuan di bawah.")


def _unchanged(standing: Definition) -> str:
    return gettext(
        "Isinya sama dengan versi %(version)s yang berlaku; tidak ada versi baru.",
        version=standing.version,
    )


def _announcement(published: Definition) -> str:
    return gettext(
        "Versi %(version)s terbit. Surat baru mengikutinya; surat yang sedang berjalan tetap"
        " memakai versinya.",
        version=published.version,
    )
