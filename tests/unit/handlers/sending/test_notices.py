"""Reminders of overdue tasks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from sending_bench import a_call
from sqlalchemy import insert

from engine import Database, TemporaryFailure
from handlers.organisation import tables
from handlers.sending import Notices, OverdueTask, RemindPerformer

TODAY = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
PEOPLE = {"kadis": "dpm", "sekre": "sek", "staf": "umum", "plh": "umum"}


@pytest.fixture
def organisation(database: Database) -> Database:
    """A head, a secretary below, a clerk below the secretary; somebody stands in for the clerk."""
    office = {
        "id": "dpmptsp",
        "name": "DPMPTSP",
        "abbreviation": "DPMPTSP",
        "government": "PEMKAB",
        "letterhead_name": "DPMPTSP",
        "place": "Wanajaya",
        "zone": "Asia/Jakarta",
        "process_id": "outgoing",
        "shifts": {},
    }
    units = {"dpm": None, "sek": "dpm", "umum": "sek"}
    with database.transaction() as session:
        session.execute(insert(tables.office).values(office))
        for unit, parent in units.items():
            row = {"id": unit, "office": "dpmptsp", "parent": parent, "name": unit, "kind": "x"}
            session.execute(insert(tables.unit).values(row))
        for person, unit in PEOPLE.items():
            position = {
                "id": f"p:{person}",
                "office": "dpmptsp",
                "unit": unit,
                "name": person,
                "title": person,
                "mandate_title": person,
                "heads_unit": person in ("kadis", "sekre"),
            }
            someone = {
                "id": person,
                "office": "dpmptsp",
                "username": person,
                "name": person.title(),
                "email": f"{person}@wanajaya.example",
            }
            session.execute(insert(tables.position).values(position))
            session.execute(insert(tables.person).values(someone))
            held = {
                "id": f"h-{person}",
                "person": person,
                "position": "p:staf" if person == "plh" else f"p:{person}",
                "kind": "Plh" if person == "plh" else "definitive",
                "valid_from": date(2026, 1, 1),
            }
            session.execute(insert(tables.holding).values(held))
    return database


@dataclass
class Desk:
    task: OverdueTask | None

    def overdue_task(self, instance_id: str, element: str) -> OverdueTask | None:
        assert (instance_id, element) == ("i1", "review_letter")
        return self.task


@dataclass
class Mailbox:
    told: list[str] = field(default_factory=list)
    down: bool = False

    def tell(self, key: str, address: str, name: str, title: str, text: str) -> None:
        if self.down:
            raise TemporaryFailure("down")
        self.told.append(f"{address}: {title}")


TASK = OverdueTask("i1.review_letter.1", "Periksa surat", ("p:staf",), "Undangan rapat")


def remind(database: Database, task: OverdueTask | None, mailer: Mailbox | None = None) -> None:
    step = RemindPerformer(database, Desk(task), mailer=mailer)
    call = a_call(
        "", "notice.remind", arguments={"task": "review_letter"}, key="i1.remind.1", at=TODAY
    )
    outcome = step.perform(call)
    with database.transaction() as session:
        assert step.record(call, outcome, session) == {}


def test_whoever_stands_in_and_the_superior_are_told(organisation: Database) -> None:
    mailbox = Mailbox()

    remind(organisation, TASK, mailbox)

    notices = Notices(organisation)
    assert [notices.unread(person) for person in PEOPLE] == [0, 1, 0, 1]
    (told,) = notices.of("plh")
    assert told.title == "Lewat waktu: Periksa surat"
    assert "Undangan rapat" in told.text
    assert (told.letter_id, told.task_id) == ("surat-1", "i1.review_letter.1")
    assert sorted(mailbox.told) == [
        "plh@wanajaya.example: Lewat waktu: Periksa surat",
        "sekre@wanajaya.example: Lewat waktu: Periksa surat",
    ]


def test_the_superior_of_a_head_is_the_head_of_the_unit_above(organisation: Database) -> None:
    remind(organisation, dataclasses.replace(TASK, candidates=("p:sekre",)))

    notices = Notices(organisation)
    assert [notices.unread(person) for person in PEOPLE] == [1, 1, 0, 0]


def test_one_occasion_is_told_once(organisation: Database) -> None:
    remind(organisation, TASK)
    remind(organisation, TASK)

    assert Notices(organisation).unread("plh") == 1


def test_a_task_done_meanwhile_reminds_nobody(organisation: Database) -> None:
    remind(organisation, None)

    assert Notices(organisation).unread("plh") == 0


def test_a_secret_letter_is_not_named(organisation: Database) -> None:
    remind(organisation, dataclasses.replace(TASK, subject=""))

    (told,) = Notices(organisation).of("plh")
    assert "untuk sebuah surat" in told.text


def test_mail_that_is_down_holds_no_notice_up(organisation: Database) -> None:
    remind(organisation, TASK, Mailbox(down=True))

    assert Notices(organisation).unread("plh") == 1


def test_only_the_reader_marks_notices_as_read(organisation: Database) -> None:
    remind(organisation, TASK)
    notices = Notices(organisation)
    (mine,) = notices.of("plh")

    notices.read("sekre", mine.id, TODAY)
    assert notices.unread("plh") == 1

    notices.read("plh", mine.id, TODAY)
    assert notices.unread("plh") == 0
    assert notices.of("plh")[0].read_at == TODAY

    notices.read_all("sekre", TODAY)
    assert notices.unread("sekre") == 0
