"""The delivery list: who gets the letter, and by which channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.destinations import Destination, find_destinations
from handlers.letters.draft import other_recipients
from handlers.letters.tables import letter_release
from handlers.letters.writing import draft_of


@dataclass(frozen=True)
class Delivery:
    """One recipient of a letter. A group is resolved into its members."""

    recipient: str  #: stable id within the letter
    addressee: str  #: as after "Yth."
    place: str
    channel: str  #: "email" or "hand"
    email: str
    group: str = ""  #: addressee line of the group it came by


@dataclass(frozen=True)
class Attachment:
    """A file that goes with the letter."""

    sha256: str
    name: str
    media_type: str


#: Channels of the address book that go by electronic mail; all others are carried.
_BY_EMAIL = {"internal", "email"}


def delivery_list(session: Session, letter_id: str) -> list[Delivery]:
    """Return everybody the letter is sent to, each mailbox once.

    What the sender chose at release overrides the channel of the address book.
    """
    draft = draft_of(session, letter_id)
    found = find_destinations(session, draft.recipients)
    listed: dict[str, Delivery] = {}
    for each in draft.recipients:
        if each not in found:
            continue
        destination = found[each]
        group = destination.addressee if destination.is_group else ""
        for one in destination.members if destination.is_group else (destination,):
            listed.setdefault(one.id, _delivery(one, group))
    for index, other in enumerate(other_recipients(draft.other_recipients), 1):
        channel = "email" if other.email else "hand"
        key = f"other-{index}"
        listed[key] = Delivery(key, other.addressee, other.place, channel, other.email)
    chosen = session.execute(
        select(letter_release.c.channels).where(letter_release.c.letter_id == letter_id)
    ).scalar()
    return [_as_chosen(each, dict(chosen or {})) for each in listed.values()]


def attachments_of(session: Session, letter_id: str) -> list[Attachment]:
    """Return the files attached to the current version."""
    return [
        Attachment(each["sha256"], each["name"], each["media_type"])
        for each in draft_of(session, letter_id).attachments
    ]


def release_note(session: Session, letter_id: str) -> str:
    """Return what the sender noted at release."""
    query = select(letter_release.c.note).where(letter_release.c.letter_id == letter_id)
    return session.execute(query).scalar() or ""


def _delivery(one: Destination, group: str) -> Delivery:
    channel = "email" if one.email and one.channel in _BY_EMAIL else "hand"
    return Delivery(one.id, one.addressee, one.place, channel, one.email, group)


def _as_chosen(delivery: Delivery, chosen: dict[str, str]) -> Delivery:
    channel = chosen.get(delivery.recipient)
    if channel == "hand" or (channel == "email" and delivery.email):
        return replace(delivery, channel=channel)
    return delivery
