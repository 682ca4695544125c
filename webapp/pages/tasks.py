"""The task page: the form beside the document, and what happens when it is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import AnswerRefused, SamePersonTwice, Secret, StepResult
from handlers.errors import DraftIncomplete, LetterError
from handlers.letters import read_draft
from webapp import outlook
from webapp.access import allowed, visitor
from webapp.forms import Submission, render
from webapp.forms.rendering import sheet
from webapp.languages import gettext, lazy_gettext, time_of_day
from webapp.office import office
from webapp.pages.documents import as_pdf
from webapp.pages.inbox import due_sentence
from webapp.problems import sentence
from webapp.sitting import Sitting, sit_down
from webapp.uploads import Received

pages = Blueprint("tasks", __name__)

Page = tuple[str, int]

#: What the person saw when deciding; a later version or another document is refused.
READ = ("read_version", "read_hash", "read_document")

SUBMIT_LABELS = {
    "letter.draft": lazy_gettext("Ajukan untuk diperiksa"),
    "number.request": lazy_gettext("Beri nomor"),
    "letter.release": lazy_gettext("Kirim"),
}


@pages.get("/tasks/<task_id>")
@allowed("tasks.work")
def show(task_id: str) -> Page:
    """The task with its form, as the person left it or as the letter stands."""
    sitting = sit_down(office(), visitor(), task_id)
    values = sitting.first_values()
    return _page(sitting, values, kept=sitting.kept_files(values))


@pages.post("/tasks/<task_id>")
@allowed("tasks.work")
def answer(task_id: str) -> Page | AnyResponse:
    """Keep what was typed, or hand it in: one step of the diagram."""
    secret = Secret(request.form.get("passphrase", ""))
    sitting = sit_down(office(), visitor(), task_id)
    submission, received = sitting.read(request.form, request.files)
    if "refresh" in request.form:
        return _page(sitting, submission.values, kept=received.kept, notes=received.notes)
    if "save" in request.form:
        return _keep(sitting, submission)
    errors = dict(submission.errors)
    wants_secret = "consent" in submission.visible
    if wants_secret and not request.form.get("passphrase"):
        errors["passphrase"] = (gettext("Masukkan passphrase Anda."),)
    if errors:
        return _page(
            sitting, submission.values, errors, received.kept, notes=received.notes, status=422
        )
    return _complete(sitting, submission, received, secret if wants_secret else None)


@pages.post("/tasks/<task_id>/fields")
@allowed("tasks.work")
def fields(task_id: str) -> str:
    """The fields again, after an answer that shows or hides others."""
    sitting = sit_down(office(), visitor(), task_id)
    submission, received = sitting.read(request.form, request.files)
    return render_template(
        "task_fields.html", **_fields(sitting, submission.values, received.kept, received.errors)
    )


@pages.post("/tasks/<task_id>/preview")
@allowed("tasks.work")
def preview(task_id: str) -> str:
    """What is being typed, laid out roughly while it is typed."""
    sitting = sit_down(office(), visitor(), task_id)
    submission, _ = sitting.read(request.form, request.files)
    return render_template("draft_text.html", **outlook.typed(submission.values, sitting.choices))


@pages.post("/tasks/<task_id>/preview.pdf")
@allowed("tasks.work")
def preview_pdf(task_id: str) -> Response | Page:
    """The letter as it would be printed now. Nothing is kept of it in the books."""
    sitting = sit_down(office(), visitor(), task_id)
    submission, received = sitting.read(request.form, request.files)
    before = sitting.before
    try:
        draft = read_draft(dict(submission.answers), before)
        return as_pdf(outlook.printed(sitting, draft), gettext("konsep"))
    except DraftIncomplete as incomplete:
        errors = _sentences(incomplete)
        return _page(sitting, submission.values, errors, received.kept, status=422)
    except LetterError as refused:
        return _page(
            sitting, submission.values, {}, received.kept, general=(str(refused),), status=422
        )


def _complete(
    sitting: Sitting, submission: Submission, received: Received, secret: Secret | None
) -> Page | AnyResponse:
    answers = dict(submission.answers) | {
        key: request.form[key] for key in READ if request.form.get(key)
    }
    try:
        result = office().engine.complete_task(
            sitting.task.id,
            sitting.actor(request.form.get("acting_as", "")),
            answers,
            reason=str(answers.get("reason") or ""),
            secret=secret,
        )
    except DraftIncomplete as incomplete:
        errors = _sentences(incomplete)
        return _page(sitting, submission.values, errors, received.kept, status=422)
    except (LetterError, AnswerRefused, SamePersonTwice) as refused:
        status, said = sentence(refused)
        return _page(sitting, submission.values, {}, received.kept, general=(said,), status=status)
    office().drafts.forget(sitting.task.id)
    for note in received.notes:
        flash(note, "info")
    return _onward(sitting, result)


def _onward(sitting: Sitting, result: StepResult) -> AnyResponse:
    """Say who has the letter now, and lead on."""
    if result.error:
        for task in result.opened:
            if visitor().reader.positions.intersection(task.candidates):
                # That page says what went wrong, today and when the person comes back to it.
                return redirect(url_for("tasks.show", task_id=task.id), 303)
        flash(result.error, "danger")
    else:
        flash(outlook.whereabouts(office(), result), "success")
    return redirect(url_for("letters.show", letter_id=sitting.task.business_key), 303)


def _keep(sitting: Sitting, submission: Submission) -> AnyResponse:
    saved_at = sitting.keep(submission.values)
    flash(gettext("Konsep disimpan pukul %(time)s.", time=time_of_day(saved_at)), "success")
    return redirect(url_for("tasks.show", task_id=sitting.task.id), 303)


def _page(
    sitting: Sitting,
    values: Any,
    errors: Any = None,
    kept: Any = None,
    *,
    general: tuple[str, ...] = (),
    notes: Sequence[str] = (),
    status: int = 200,
) -> Page:
    due, tone = due_sentence(sitting.task.due_at, office().clock.now())
    page = render_template(
        "task.html",
        due=due,
        tone=tone,
        general=general,
        notes=notes,
        headline=outlook.headline_of(sitting),
        reading=outlook.reading(sitting),
        preview=outlook.typed(values, sitting.choices) if sitting.drafting else None,
        submit_label=_submit_label(sitting),
        **_fields(sitting, values, kept or {}, errors or {}),
    )
    return page, status


def _fields(sitting: Sitting, values: Any, kept: Any, errors: Any = None) -> dict[str, Any]:
    drawing = sheet(
        {**sitting.context, **values},
        errors=errors,
        choices=sitting.choices,
        kept=kept,
        refresh=url_for("tasks.fields", task_id=sitting.task.id),
    )
    consents = any(one.key == "consent" for one in drawing.shown(sitting.form))
    return {
        "sitting": sitting,
        "task": sitting.task,
        "form": sitting.form,
        "errors": errors or {},
        "drawn": render(sitting.form, drawing),
        "asks_passphrase": consents,
    }


def _submit_label(sitting: Sitting) -> str:
    return str(SUBMIT_LABELS.get(sitting.operation) or gettext("Kirim keputusan"))


def _sentences(incomplete: DraftIncomplete) -> dict[str, tuple[str, ...]]:
    found = incomplete.details.get("fields")
    return {key: (str(said),) for key, said in found.items()} if isinstance(found, dict) else {}
