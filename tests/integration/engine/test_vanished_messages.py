"""A message that somebody made disappear behind the books is missed."""

from __future__ import annotations

import pytest
from engine_for_tests import MORNING, OFFICER, SmallOffice
from sqlalchemy import select, update

from engine import Database
from engine.tables import message


@pytest.fixture
def office(database: Database) -> SmallOffice:
    """An office that keeps a message, and has discarded another."""
    made = SmallOffice(database)
    for name in ("kept", "thrown away"):
        made.engine.publish_message(name, "letter-1", {}, OFFICER)
    with database.reading() as session:
        away = session.scalar(select(message.c.id).where(message.c.name == "thrown away"))
    made.engine.post.discard(str(away), OFFICER, "Salah kirim.")
    assert made.engine.post.vanished() == []
    return made


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("kept", {"consumed_at": MORNING, "consumed_by": "nobody"}),
        ("kept", {"consumed_at": MORNING}),
        ("kept", {"consumed_by": "nobody"}),
        ("kept", {"discarded_at": MORNING}),
        ("thrown away", {"discarded_at": None}),
        ("thrown away", {"discarded_at": MORNING.replace(year=2020)}),
    ],
)
def test_a_message_that_was_made_to_disappear_is_missed(
    office: SmallOffice, name: str, edit: dict[str, object]
) -> None:
    with office.database.transaction() as session:
        session.execute(update(message).where(message.c.name == name).values(**edit))
        changed = session.scalar(select(message.c.id).where(message.c.name == name))

    assert office.engine.post.vanished() == [changed]
