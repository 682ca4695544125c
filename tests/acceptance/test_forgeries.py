"""Forgeries that somebody with the database's password could plant, and what finds them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from handlers.demo import demo_plays
from handlers.letters.tables import (
    approval,
    letter,
    letter_document,
    letter_release,
    letter_version,
    number_request,
)
from handlers.numbering.tables import letter_number
from handlers.register.tables import register_entry
from webapp import Settings, build_office
from webapp.bootstrap import Office
from webapp.proof import prove
from webapp.rehearsal import Performance, stage_on

PLAYS = {play.name: play for play in demo_plays()}


@dataclass(frozen=True)
class Forgery:
    """Something a person with the database's password could do at night."""

    name: str
    plant: Callable[[Session, Office, Performance], None]
    append_only: tuple[str, ...] = ()


def _run(statement: str, **values: object) -> Callable[[Session, Office, Performance], None]:
    def plant(session: Session, office: Office, performance: Performance) -> None:
        session.execute(
            text(statement),
            {"letter": performance.letter_id, "instance": performance.instance_id, **values},
        )

    return plant


def _swap_document(session: Session, office: Office, performance: Performance) -> None:
    sha256 = _signed_sha256(session, performance.letter_id)
    other = office.documents.path(sha256)
    other.chmod(0o600)
    other.write_bytes(other.read_bytes().replace(b"/Type", b"/Typo", 1))


def _take_letter_away(session: Session, office: Office, performance: Performance) -> None:
    books = (
        *(letter_version, approval, letter_document, number_request, letter_release),
        *(register_entry, letter_number),
    )
    for table in books:
        session.execute(delete(table).where(table.c.letter_id == performance.letter_id))
    session.execute(delete(letter).where(letter.c.id == performance.letter_id))


def _sign_on_another_day(session: Session, office: Office, performance: Performance) -> None:
    row = letter.c.id == performance.letter_id
    began = select(letter.c.created_at).where(row).scalar_subquery()
    signed = letter_document.c.letter_id == performance.letter_id
    session.execute(update(letter).where(row).values(signed_at=letter.c.created_at))
    session.execute(
        update(letter_document)
        .where(signed & (letter_document.c.role == "signed"))
        .values(at=began)
    )


FORGERIES = (
    Forgery(
        "an edited reason",
        _run(
            'UPDATE history SET events = replace(events, \'"reason":"\', \'"reason":"bukan \') '
            "WHERE instance_id = :instance"
        ),
        ("history",),
    ),
    Forgery(
        "events that are no JSON",
        _run(
            "UPDATE history SET events = 'x' WHERE instance_id = :instance "
            "AND sequence <= 9 AND last >= 9"
        ),
        ("history",),
    ),
    Forgery(
        "a version without any text",
        _run("UPDATE letter_version SET content = '{}' WHERE letter_id = :letter"),
        ("letter_version",),
    ),
    Forgery(
        "another person",
        _run(
            "UPDATE history SET person = 'orang_lain' WHERE instance_id = :instance "
            "AND sequence <= 12 AND last >= 12"
        ),
        ("history",),
    ),
    Forgery(
        "a deleted step",
        _run("DELETE FROM history WHERE instance_id = :instance AND sequence <= 20 AND last >= 20"),
        ("history",),
    ),
    Forgery(
        "a tail cut off",
        _run("DELETE FROM history WHERE instance_id = :instance AND sequence > 40"),
        ("history",),
    ),
    Forgery(
        "a history taken away whole",
        _run("DELETE FROM history WHERE instance_id = :instance"),
        ("history",),
    ),
    Forgery("a swapped document", _swap_document),
    Forgery(
        "another text of a version",
        _run(
            "UPDATE letter_version SET content_hash = :other WHERE letter_id = :letter",
            other="0" * 64,
        ),
        ("letter_version",),
    ),
    Forgery(
        "an approval of another version",
        _run("UPDATE approval SET content_hash = :other WHERE letter_id = :letter", other="0" * 64),
        ("approval",),
    ),
    Forgery(
        "a number that never was",
        _run("DELETE FROM letter_number WHERE letter_id = :letter"),
    ),
    Forgery(
        "a letter struck from the register",
        _run("DELETE FROM register_entry WHERE letter_id = :letter"),
    ),
    Forgery(
        "a receipt that never came",
        _run("UPDATE dispatch SET receipt = 'lain' WHERE letter_id = :letter"),
    ),
    Forgery(
        "a recipient struck from the dispatch book",
        _run("DELETE FROM dispatch WHERE letter_id = :letter AND rank = 0"),
    ),
    Forgery(
        "a job that was asked for something else",
        _run("UPDATE job SET call = replace(call, 'a', 'b') WHERE instance_id = :instance"),
    ),
    Forgery(
        "an incident that never was",
        _run(
            "INSERT INTO incident SELECT 'x', instance_id, element, occurrence, 'job', key,"
            " 'Lewati saja.', created_at, NULL, NULL FROM job WHERE instance_id = :instance"
            " ORDER BY key LIMIT 1"
        ),
    ),
    Forgery(
        "a process that begins with a message nobody drew",
        _run(
            "INSERT INTO message_start (name, process_id, definition_id, element)"
            " SELECT 'mulai', process_id, id, 'begin' FROM definition ORDER BY id LIMIT 1"
        ),
    ),
    Forgery(
        "a signature taken out of the ledger",
        _run("UPDATE signing_ledger SET state = 'failed' WHERE letter_id = :letter"),
    ),
    Forgery("a letter signed on another day", _sign_on_another_day),
    Forgery(
        "a letter signed in another capacity",
        _run("UPDATE letter SET signed_as = 'Bupati' WHERE id = :letter"),
    ),
    Forgery(
        "a number settled by another",
        _run("UPDATE letter_number SET settled_by = 'orang_lain' WHERE letter_id = :letter"),
    ),
    Forgery(
        "the code of one paper that leads to another letter",
        _run("UPDATE letter SET token = id || token WHERE id = :letter"),
    ),
    Forgery(
        "a letter taken away whole, its history left",
        _take_letter_away,
        ("letter_version", "approval"),
    ),
)


@pytest.fixture(scope="module")
def one_letter_office(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("forgery") / "office"
    shutil.copytree(prepared_demo / "authority", home / "authority")
    with stage_on(home, f"sqlite:///{home / 'alur.db'}", lambda _line: None) as stage:
        stage.perform(PLAYS["S01"])
        performance = stage.perform(PLAYS["S03"])
        (home / "letter").write_text(f"{performance.letter_id} {performance.instance_id}")
    return home


@pytest.mark.slow
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_planted_forgery_is_found(
    one_letter_office: Path, tmp_path: Path, forgery: Forgery
) -> None:
    home = tmp_path / "office"
    shutil.copytree(one_letter_office, home)
    letter_id, instance_id = (home / "letter").read_text().split()
    performance = Performance(PLAYS["S03"], letter_id, instance_id)
    office = _office(home)
    assert prove(office) == []

    with office.database.transaction() as session:
        for table in forgery.append_only:
            for change in ("update", "delete"):
                session.execute(text(f'DROP TRIGGER "{table}_refuses_{change}"'))
        forgery.plant(session, office, performance)
    found = prove(office)

    assert found, f"Expected a flaw after {forgery.name}."
    office.database.close()


def _office(home: Path) -> Office:
    return build_office(
        Settings(home=home, database_url=f"sqlite:///{home / 'alur.db'}", secret_key="k" * 32)
    )


def _signed_sha256(session: Session, letter_id: str) -> str:
    found = session.execute(
        text("SELECT sha256 FROM letter_document WHERE letter_id = :id AND role = 'signed'"),
        {"id": letter_id},
    ).scalar_one()
    return str(found)
