"""The letters: a new one, the lists, and the page of one letter with all that became of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Definition, InstanceView, OpenTask, drawn_in
from handlers.letters import SECRET, STATUS_LABELS, LetterQuery, LetterView
from handlers.sending import deliveries, paper_receipts
from webapp import outlook
from webapp.access import allowed, visitor
from webapp.asking import whole
from webapp.differences import differences
from webapp.happenings import happenings
from webapp.labels import FIELD_LABELS, tone_of
from webapp.languages import day, gettext
from webapp.levels import Level, levels, marked
from webapp.office import office
from webapp.pages.deliveries import may_note

pages = Blueprint("letters", __name__)

A_PAGE = 25


@pages.get("/letters")
@allowed("letters.read")
def everything() -> str:
    """Every letter the reader may read; secret ones only for those on their way."""
    return _listed(drafter="", title=gettext("Semua surat"))


@pages.get("/letters/start")
@allowed("letters.read")
def start() -> Response:
    """Lead to one's own letters, or to all of them where one writes none."""
    own = visitor().may("letters.write")
    return redirect(url_for("letters.mine" if own else "letters.everything"), 303)


@pages.get("/letters/mine")
@allowed("letters.write")
def mine() -> str:
    """The letters the reader has drafted."""
    return _listed(drafter=visitor().id, title=gettext("Surat Saya"))


@pages.get("/letters/new")
@allowed("letters.write")
def new() -> str:
    """Ask in which position the letter is written, and which SOP it follows."""
    return render_template("letter_new.html", desks=_desks())


@pages.post("/letters/new")
@allowed("letters.write")
def begin() -> Response:
    """Start the SOP and lead the drafter to the form."""
    wanted = (request.form.get("position", ""), request.form.get("process", ""))
    for position, processes in _desks():
        for process in processes:
            if (position.id, process.process_id) == wanted:
                instance_id = _start(position.id, process)
                (task, *_) = office().engine.tasks_of(instance_id)
                return redirect(url_for("tasks.show", task_id=task.id), 303)
    return abort(422)


@pages.get("/letters/<letter_id>")
@allowed("letters.read")
def show(letter_id: str) -> str:
    """One letter: where it is, what was written, decided, made of it, and what happened."""
    at_home, who = office(), visitor()
    letter = at_home.letters.letter(letter_id, who.reader)
    instance = at_home.engine.instance(letter.instance_id)
    tasks = at_home.engine.tasks_of(letter.instance_id)
    frames = at_home.engine.replay(letter.instance_id)
    open_now = [element for element, _ in frames[-1].open] if frames else []
    events = [frame.event for frame in frames]
    drawn = levels(at_home, at_home.engine.definition(instance.definition_id))
    return render_template(
        "letter.html",
        letter=letter,
        headline=outlook.headline(at_home, who, letter_id),
        tone=tone_of(letter.status),
        instance=instance,
        tasks=[(task, outlook.desk(at_home, task), _mine(task)) for task in tasks],
        called={task.id: _called(drawn, task) for task in tasks},
        drawings=marked(drawn, open_now, [event.element for event in events]),
        waiting=_waiting(instance, tasks),
        happened=happenings(
            events, reasons=letter.content_visible, hidden_versions=_hidden_versions(letter)
        ),
        **_inside(letter),
    )


@pages.get("/letters/<letter_id>/compare")
@allowed("letters.read")
def compare(letter_id: str) -> str:
    """What changed between two versions, word by word."""
    at_home, who = office(), visitor()
    letter = at_home.letters.letter(letter_id, who.reader)
    versions = {each.version: each for each in at_home.letters.versions(letter_id, who.reader)}
    after = versions.get(request.args.get("after", letter.version, type=whole))
    earlier = (after.version if after else 1) - 1
    before = versions.get(request.args.get("before", earlier, type=whole))
    if after is None or before is None:
        abort(404)
    return render_template(
        "letter_compare.html",
        letter=letter,
        before=before,
        after=after,
        versions=sorted(versions),
        changes=differences(_readable(letter, before.content), _readable(letter, after.content)),
        labels=FIELD_LABELS,
    )


#: Field of a version -> the list its values are chosen from.
CHOSEN_FROM = {
    "kind": "kinds",
    "classification": "classifications",
    "sifat": "sifat_options",
    "urgency": "urgency_options",
    "signer": "signers",
    "capacity": "capacities",
    "recipients": "destinations",
}


def _readable(letter: LetterView, content: Mapping[str, Any]) -> dict[str, Any]:
    """Replace short names by the words people chose."""
    at_home = office()
    lists = at_home.letters.choices(letter.office, letter.unit, visitor().id, at_home.clock.now())
    found = dict(content)
    for field, name in CHOSEN_FROM.items():
        words = {str(each["value"]): str(each["label"]) for each in lists.get(name, ())}
        value = found.get(field)
        found[field] = (
            [words.get(str(each), str(each)) for each in value]
            if isinstance(value, (list, tuple))
            else words.get(str(value), str(value or ""))
        )
    sources = {"typed": gettext("Diketik di aplikasi"), "docx": gettext("Berkas Word")}
    found["source"] = sources.get(str(found.get("source")), "")
    found["letter_date"] = day(found.get("letter_date"))
    return found


def _inside(letter: LetterView) -> dict[str, Any]:
    """What only those who may read the letter are shown."""
    if not letter.content_visible:
        return {"versions": (), "approvals": (), "documents": (), "deliveries": (), "reading": None}
    at_home, reader = office(), visitor().reader
    documents = at_home.letters.documents(letter.id, reader)
    with at_home.database.reading() as session:
        sent, receipts = deliveries(session, letter.id), paper_receipts(session, letter.id)
    return {
        "versions": at_home.letters.versions(letter.id, reader)[::-1],
        "approvals": at_home.letters.approvals(letter.id, reader),
        "documents": documents[::-1],
        "deliveries": sent,
        "paper_receipts": receipts,
        "notes_receipts": any(each.channel == "hand" for each in sent) and may_note(letter),
        "reading": outlook.letter_reading(at_home, visitor(), letter, documents),
    }


def _hidden_versions(letter: LetterView) -> frozenset[int]:
    if not letter.content_visible:
        return frozenset()
    return office().letters.hidden_versions(letter.id, visitor().reader)


def _waiting(instance: InstanceView, tasks: list[OpenTask]) -> str:
    """Say what goes on while nobody has a task."""
    if instance.status == "completed" or tasks:
        return ""
    return gettext("Sedang diproses aplikasi. Muat ulang halaman ini beberapa saat lagi.")


def _called(drawn: Mapping[str, Level], task: OpenTask) -> str:
    """The called process in which the task stands; nothing for the letter's own."""
    call, _ = drawn_in(task.element)
    return drawn[call].title if call else ""


def _mine(task: OpenTask) -> bool:
    return bool(visitor().reader.positions.intersection(task.candidates))


def _listed(*, drafter: str, title: str) -> str:
    number = max(request.args.get("page", 1, type=whole), 1)
    query = LetterQuery(
        text=request.args.get("q", "").strip(),
        drafter=drafter,
        status=request.args.get("status", ""),
        limit=A_PAGE,
        offset=(number - 1) * A_PAGE,
    )
    letters, reader = office().letters, visitor().reader
    total = letters.count(query, reader)
    return render_template(
        "letters.html",
        title=title,
        query=query,
        rows=[(row, tone_of(row.status)) for row in letters.find(query, reader)],
        secret=SECRET,
        total=total,
        page=number,
        last=max((total - 1) // A_PAGE + 1, 1),
        statuses=STATUS_LABELS,
    )


def _desks() -> list[tuple[Any, list[Definition]]]:
    """The positions in which the person may draft, each with the SOPs of its office."""
    at_home = office()
    found = []
    for held in at_home.organisation.positions_held(visitor().id, at_home.clock.now()):
        position = at_home.organisation.position(held.position)
        if not visitor().may("letters.write", position.office):
            continue
        own = at_home.organisation.office(position.office).process_id
        deployed = at_home.engine.processes()
        processes = [each for each in deployed if each.process_id == own] or deployed
        found.append((position, processes))
    return found


def _start(position_id: str, process: Definition) -> str:
    at_home, who = office(), visitor()
    position = at_home.organisation.position(position_id)
    actor = at_home.organisation.actor_for(who.id, position_id, at_home.clock.now())
    flash(gettext("Surat baru dimulai. Isi konsepnya, lalu ajukan."), "success")
    return at_home.engine.start(
        process.process_id,
        uuid.uuid4().hex,
        position.office,
        {"unit": position.unit, "drafter_position": position_id, "drafter": who.id},
        actor,
    )
