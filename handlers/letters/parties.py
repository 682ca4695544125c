"""The parties of a letter: everyone it passes on its way, and who may therefore read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import Session

from handlers.letters.kinds import SECRET
from handlers.letters.tables import letter, letter_party, letter_version
from handlers.organisation import Reader


def add_party(
    session: Session, letter_id: str, since: datetime, *, person: str = "", position: str = ""
) -> None:
    """Note that the letter passes the person or the position; noting it twice is noting it once."""
    party = f"person:{person}" if person else f"position:{position}"
    table = letter_party
    known = select(table.c.party).where(table.c.letter_id == letter_id, table.c.party == party)
    if session.execute(known).first() is None:
        session.execute(insert(table).values(letter_id=letter_id, party=party, since=since))


def on_its_way(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that the letter passed the reader or a position the reader holds."""
    parties = [f"person:{reader.person}", *(f"position:{each}" for each in reader.positions)]
    return or_(
        letter.c.drafter == reader.person,
        letter.c.signed_by == reader.person,
        letter.c.signer_position.in_(reader.positions),
        letter.c.id.in_(select(letter_party.c.letter_id).where(letter_party.c.party.in_(parties))),
    )


def readable_by(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that the reader may read the letter.

    Letters of sifat rahasia and sangat rahasia: only those on their way. Others: everybody with a
    role in the office. The administrator of the system is no reader of letters by that role.
    """
    readers = ("staff", "mail_officer", "owner", "auditor")
    offices = [office for office in reader.roles if reader.has(office, *readers)]
    return or_(
        on_its_way(reader), letter.c.office.in_(offices) & letter.c.sifat.not_in(tuple(SECRET))
    )


def path_visible_to(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that the reader may follow the letter's path, if not its content."""
    audited = [office for office in reader.roles if reader.has(office, "auditor")]
    return or_(readable_by(reader), letter.c.office.in_(audited))


def may_read(session: Session, letter_id: str, reader: Reader) -> bool:
    """Say whether the reader may read the content of the letter."""
    query = select(letter.c.id).where(letter.c.id == letter_id, readable_by(reader))
    return session.execute(query).first() is not None


def may_follow(session: Session, letter_id: str, reader: Reader) -> bool:
    """Say whether the reader may follow the letter's path."""
    query = select(letter.c.id).where(letter.c.id == letter_id, path_visible_to(reader))
    return session.execute(query).first() is not None


def hidden_versions(session: Session, letter_id: str, reader: Reader) -> frozenset[int]:
    """Return the versions that were secret when they were written, for who is not on the way.

    A letter may be reworded and then made public; what was taken out of it stays a secret.
    """
    passed = select(letter.c.id).where(letter.c.id == letter_id, on_its_way(reader))
    if session.execute(passed).first() is not None:
        return frozenset()
    table = letter_version
    query = select(table.c.version, table.c.content).where(table.c.letter_id == letter_id)
    written = session.execute(query)
    return frozenset(each.version for each in written if each.content.get("sifat") in SECRET)
