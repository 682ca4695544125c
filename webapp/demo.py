"""The demonstration: two fictional offices with accounts, keys and both SOPs, ready to try."""

from __future__ import annotations

import textwrap
import uuid
from zoneinfo import ZoneInfo

from engine import SYSTEM
from handlers.demo import demo_plays, seed_demo
from handlers.letters import signing_options
from handlers.organisation import OrganisationBook, Person
from webapp.bootstrap import Office
from webapp.diagram_files import decisions_beside, forms_beside, shipped_diagrams

#: Everybody of the demonstration signs in with this; the page says that all of it is fictional.
DEMO_PASSWORD = "wanajaya-2026"  # noqa: S105  # printed by the command, known to everybody
#: Every demo key opens with this. It signs nothing but SIMULASI.
DEMO_PASSPHRASE = "tanda-tangan-2026"  # noqa: S105  # printed by the command, known to everybody

#: What somebody may do beside the tasks of his or her position.
_ROLES = {
    "mail_officer": "pengelola surat",
    "owner": "pemilik proses",
    "auditor": "auditor",
    "admin": "admin",
}


def prepare_demo(office: Office, *, letters: bool = False) -> str:
    """
    Make the demonstration ready and return what people need to try it.

    What stands already is left alone: books, accounts with their passwords,
    keys, deployed diagrams. ``letters`` submits the draft of every sample
    letter, so that each inbox has work; it needs an office without letters.
    """
    seed_demo(office.database, office.documents, office.clock)
    for diagram in shipped_diagrams():
        decisions = decisions_beside(diagram)
        office.engine.deploy(diagram.read_bytes(), forms_beside(diagram), SYSTEM, decisions)
    people = office.organisation.people()
    _open_accounts(office, people)
    _enrol_signers(office)
    if letters and not office.engine.instance_ids():
        _submit_drafts(office)
    return _guide(office, people)


def _open_accounts(office: Office, people: list[Person]) -> None:
    standing = office.accounts.usernames()
    missing = {each.id: each.username for each in people if each.active and each.id not in standing}
    office.accounts.open_several(missing, DEMO_PASSWORD)


def _enrol_signers(office: Office) -> None:
    """Give a key to everybody who may be asked to sign, those who may stand in included."""
    now = office.clock.now()
    with office.database.reading() as session:
        book = OrganisationBook(session)
        signers = {
            holding.person: book.person(holding.person).name
            for each in book.offices()
            for option in signing_options(book, each.id, book.today(each.id, now))
            for holding in book.in_charge(option.position.id, book.today(each.id, now))
        }
    for person, name in signers.items():
        if not office.authority.enrolled(person):
            office.authority.enrol(person, name, DEMO_PASSPHRASE)


def _submit_drafts(office: Office) -> None:
    """Write each sample letter, dated today, as its drafter would in the browser."""
    now = office.clock.now()
    for play in demo_plays():
        if play.name.isalnum():  # the others are second ways of the same letters
            zone = ZoneInfo(office.organisation.office(play.office).zone)
            drafter = office.organisation.actor_for(play.drafter, play.drafter_position, now)
            instance = office.engine.start(
                play.process_id, uuid.uuid4().hex, play.office, play.start_data, drafter
            )
            [task] = office.engine.tasks_of(instance)
            answers = play.draft_answers(now.astimezone(zone).date())
            office.engine.complete_task(task.id, drafter, answers)


def _guide(office: Office, people: list[Person]) -> str:
    with office.database.reading() as session:
        book = OrganisationBook(session)
        day = office.clock.now().date()
        roles = {each.id: book.reader(each.id, day).roles for each in people}
    lines = [
        "Peragaan siap: semua orang, kantor, dan tanda tangan rekaan (SIMULASI).",
        f"Kata sandi semua akun: {DEMO_PASSWORD}   Passphrase tanda tangan: {DEMO_PASSPHRASE}",
        "",
    ]
    for each in sorted(people, key=lambda one: (one.office or "~", one.username)):
        held = frozenset[str]().union(*roles[each.id].values())
        named = ", ".join(_ROLES[role] for role in _ROLES if role in held)
        job = textwrap.shorten(each.job, 64, placeholder="…")
        lines.append(f"  {each.username:<20} {job}{f'  [{named}]' if named else ''}")
    return "\n".join(lines)
