"""The inbox: the tasks of a person and of the positions he or she holds, most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Actor, OpenTask
from handlers.letters import URGENCY
from webapp.access import allowed, visitor
from webapp.languages import duration, gettext
from webapp.office import office
from webapp.outlook import Headline, headline
from webapp.sitting import sit_down

pages = Blueprint("inbox", __name__)

SOON = timedelta(hours=2)
_FASTEST_FIRST = [level.id for level in reversed(URGENCY)]


@dataclass(frozen=True)
class Line:
    """One task as the inbox shows it."""

    task: OpenTask
    letter: Headline
    mine: bool  #: taken by the reader; otherwise it is free to take
    due: str  #: a sentence: colour never says it alone
    tone: str  #: ok, wait, warn or bad


@pages.get("/tasks")
@allowed("tasks.work")
def show() -> str:
    """The open tasks, narrowed by words, sifat and who has taken them."""
    lines = _lines()
    wanted = {
        "q": request.args.get("q", "").strip(),
        "show": request.args.get("show", ""),
        "urgency": request.args.get("urgency", ""),
    }
    return render_template(
        "inbox.html",
        lines=[line for line in lines if _fits(line, wanted)],
        total=len(lines),
        mine=sum(line.mine for line in lines),
        wanted=wanted,
        urgencies=URGENCY,
    )


@pages.post("/tasks/<task_id>/claim")
@allowed("tasks.work")
def claim(task_id: str) -> Response:
    """Take a task: colleagues see that it is being worked on."""
    office().engine.claim(task_id, _actor(task_id))
    flash(gettext("Tugas ini sekarang Anda kerjakan."), "success")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@pages.post("/tasks/<task_id>/release")
@allowed("tasks.work")
def release(task_id: str) -> Response:
    """Give a task back to the colleagues."""
    office().engine.release(task_id, _actor(task_id))
    flash(gettext("Tugas dilepas; rekan Anda dapat mengambilnya."), "success")
    return redirect(url_for("inbox.show"), 303)


def due_sentence(due_at: datetime | None, now: datetime) -> tuple[str, str]:
    """Say when a task is due, and in which tone."""
    if due_at is None:
        return gettext("Tanpa tenggat"), "quiet"
    left = due_at - now
    if left < timedelta():
        return gettext("Terlambat %(time)s", time=duration(left)), "bad"
    tone = "warn" if left < SOON else "wait"
    return gettext("Tenggat %(time)s lagi", time=duration(left)), tone


def _lines() -> list[Line]:
    at_home, who = office(), visitor()
    now = at_home.clock.now()
    tasks = at_home.engine.inbox(who.reader.positions, who.id)
    return sorted((_line(task, now) for task in tasks), key=_place)


def _place(line: Line) -> tuple[bool, datetime, int]:
    """Where a task stands: by the minute it is due, as shown; then the faster letter first."""
    due_at = line.task.due_at
    minute = due_at.replace(second=0, microsecond=0) if due_at else datetime.max.replace(tzinfo=UTC)
    urgency = line.letter.urgency
    slowness = _FASTEST_FIRST.index(urgency) if urgency in _FASTEST_FIRST else len(_FASTEST_FIRST)
    return due_at is None, minute, slowness


def _line(task: OpenTask, now: datetime) -> Line:
    due, tone = due_sentence(task.due_at, now)
    return Line(
        task=task,
        letter=headline(office(), visitor(), task.business_key),
        mine=task.claimed_by == visitor().id,
        due=due,
        tone=tone,
    )


def _fits(line: Line, wanted: dict[str, str]) -> bool:
    if wanted["show"] == "mine" and not line.mine:
        return False
    if wanted["show"] == "free" and line.mine:
        return False
    if wanted["urgency"] and line.letter.urgency != wanted["urgency"]:
        return False
    return _contains(wanted["q"], (line.letter.title, line.letter.number, line.task.name))


def _contains(words: str, texts: Iterable[str]) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())


def _actor(task_id: str) -> Actor:
    return sit_down(office(), visitor(), task_id).actor("")
