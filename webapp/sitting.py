"""A sitting: one person at one task, with the form, the lists, and the letter as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage, MultiDict

from engine import Actor, Kind, OpenTask, TaskNotYours
from handlers.errors import UnknownLetter
from handlers.letters import Draft, LetterView, delivery_list
from handlers.sending import deliveries
from webapp.access import Visitor
from webapp.bootstrap import Office
from webapp.forms import Choice, Choices, Form, Submission, read
from webapp.languages import gettext
from webapp.uploads import Received, Upload

#: Form keys of the letter itself; an amendment starts from what stands in it now.
LETTER_KEYS = frozenset(Draft.__dataclass_fields__)

#: The list of a form that only the letter itself can fill.
MAIL_RECIPIENTS = "mail_recipients"


@dataclass(frozen=True)
class Capacity:
    """A position in which the person may do the task."""

    position: str
    label: str


@dataclass(frozen=True)
class Sitting:
    """Everything the page of a task is made of."""

    office: Office
    visitor: Visitor
    task: OpenTask
    form: Form
    choices: Choices
    letter: LetterView | None  #: nothing while the very first draft is being written
    capacities: tuple[Capacity, ...]

    @property
    def operation(self) -> str:
        return self.task.properties.get("operation", "")

    @property
    def drafting(self) -> bool:
        """Whether the letter is being written here, rather than read and judged."""
        return self.operation == "letter.draft"

    @property
    def before(self) -> Draft | None:
        """The letter as it stands in the books."""
        visible = self.letter is not None and self.letter.content
        return Draft.of(visible) if visible else None

    @property
    def context(self) -> dict[str, Any]:
        """What conditions of the form may ask for beside the answers."""
        known = dict(self.task.data)
        known.pop("decision", None)  # of an earlier step
        if self.before is not None and "source" not in self.form.keys:
            known["source"] = self.before.source
        return known

    def first_values(self) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        values = {
            one.key: one.raw["defaultValue"]
            for one in self.form.answering()
            if "defaultValue" in one.raw
        }
        values["letter_date"] = today_in(self.office, self.task.scope).isoformat()
        values |= {"sifat": "biasa", "urgency": "biasa", "capacity": "direct"}
        if self.before is not None:
            content = self.before.content()
            values |= {key: content[key] for key in LETTER_KEYS & self.form.keys}
        if kept := self.office.drafts.of(self.task.id, self.visitor.id):
            values |= kept.values
        return {key: value for key, value in values.items() if key in self.form.keys}

    def keep(self, values: Mapping[str, Any]) -> datetime:
        """Keep what the person typed for the next visit; return when."""
        plain = (str, int, float, bool, list, type(None))
        kept = {
            key: value if isinstance(value, plain) else str(value)
            for key, value in values.items()
            if key != "consent"  # given for the document on the table, at that moment only
        }
        return self.office.drafts.keep(self.task.id, self.visitor.id, kept)

    def kept_files(self, values: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
        """Return the files of the values as the form keeps them: a token and a name each."""
        found: dict[str, list[tuple[str, str]]] = {}
        for one in self.form.answering():
            value = values.get(one.key)
            if one.type == "filepicker" and value:
                files = _files(value)
                found[one.key] = self.office.uploads.tokens(files, self.visitor.id)
        return found

    def read(
        self, posted: MultiDict[str, str], files: MultiDict[str, FileStorage]
    ) -> tuple[Submission, Received]:
        """Read what the person sent; files are guarded and stored on the way."""
        received = self.office.uploads.receive(self.form, files, posted, self.visitor.id)
        submission = read(self.form, posted, self.choices, self.context, received.values)
        errors = {
            **submission.errors,
            **{key: said for key, said in received.errors.items() if key in submission.visible},
        }
        return (
            Submission(submission.answers, submission.values, errors, submission.visible),
            received,
        )

    def actor(self, position: str) -> Actor:
        """Return the person as an actor in the position chosen, else in the first that fits."""
        fitting = [each.position for each in self.capacities]
        chosen = position if position in fitting else fitting[0]
        return self.office.organisation.actor_for(self.visitor.id, chosen, self.office.clock.now())

    def trouble(self) -> str:
        """Say what went wrong on the way to this task, and nothing of older troubles."""
        for event in reversed(self.office.engine.history(self.task.instance_id)):
            if event.kind == Kind.TASK_COMPLETED:
                return ""
            if event.kind == Kind.ERROR_THROWN:
                error = self.task.data.get("error")
                return str(error.get("sentence") or "") if isinstance(error, dict) else ""
        return ""

    def warnings(self) -> list[str]:
        """Say that the reader did an earlier step that should have been a colleague's."""
        separate = self.task.properties.get("separateFrom", "")
        stages = {each.strip() for each in separate.split(",")} - {""}
        done = {
            event.element_name
            for event in self.office.engine.history(self.task.instance_id)
            if event.kind == Kind.TASK_COMPLETED
            and event.person == self.visitor.id
            and event.element in stages
        }
        return [
            gettext("Anda sendiri yang mengerjakan langkah “%(step)s”; hal ini dicatat.", step=step)
            for step in sorted(done)
        ]


def sit_down(office: Office, visitor: Visitor, task_id: str) -> Sitting:
    """
    Return the sitting of the person at the task.

    Raises ``TaskNotOpen`` when a colleague was faster, ``TaskNotYours`` when
    the task is offered to other positions.
    """
    task = office.engine.task(task_id)
    now = office.clock.now()
    held = office.organisation.positions_held(visitor.id, now)
    capacities = tuple(
        Capacity(each.position, each.styled(office.organisation.position(each.position).title))
        for each in held
        if each.position in task.candidates
    )
    if not capacities:
        raise TaskNotYours(task_id=task_id)
    form = Form.parse(office.engine.form(task.definition_id, task.form_key))
    return Sitting(
        office=office,
        visitor=visitor,
        task=task,
        form=form,
        choices=_choices(office, visitor, task, form),
        letter=_letter(office, visitor, task),
        capacities=capacities,
    )


def _choices(office: Office, visitor: Visitor, task: OpenTask, form: Form) -> Choices:
    unit = str(task.data.get("unit") or "")
    lists = office.letters.choices(task.scope, unit, visitor.id, office.clock.now())
    found = {
        name: [Choice(str(each["value"]), str(each["label"])) for each in entries]
        for name, entries in lists.items()
    }
    if any(one.values_key == MAIL_RECIPIENTS for one in form.answering()):
        found[MAIL_RECIPIENTS] = _mail_recipients(office, task.business_key)
    return found


def _mail_recipients(office: Office, letter_id: str) -> list[Choice]:
    """Who is to get the letter by e-mail and has not got it yet."""
    with office.database.reading() as session:
        served = {
            each.recipient for each in deliveries(session, letter_id) if each.state == "delivered"
        }
        return [
            Choice(each.recipient, f"{each.addressee} ({each.email})")
            for each in delivery_list(session, letter_id)
            if each.email and each.recipient not in served
        ]


def _letter(office: Office, visitor: Visitor, task: OpenTask) -> LetterView | None:
    try:
        return office.letters.letter(task.business_key, visitor.reader)
    except UnknownLetter:
        return None


def today_in(office: Office, office_id: str) -> date:
    """The day in the zone of the office."""
    zone = ZoneInfo(office.organisation.office(office_id).zone)
    return office.clock.now().astimezone(zone).date()


def _files(value: Any) -> Sequence[Upload]:
    if isinstance(value, str):
        return [Upload(value, gettext("berkas yang berlaku"), "")]
    return [Upload(each["sha256"], each["name"], each["media_type"]) for each in value]
