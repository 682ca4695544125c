"""The plays: thirteen sample letters, each with the way it takes through its SOP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine import sha256_of
from handlers.demo.source import read_attachment, read_source


@dataclass(frozen=True)
class DemoEvent:
    """Something other than the straight way: at this element, the next time it is open."""

    element: str
    decision: str
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)  #: further answers


@dataclass(frozen=True)
class DemoPlay:
    """One letter on one way. Where no event is left, every task is answered with approval."""

    name: str  #: "S04", "S04-batal"
    office: str
    process_id: str
    unit: str
    drafter: str  #: person
    drafter_position: str
    scenario: str  #: what is shown, in Indonesian
    answers: Mapping[str, Any]  #: of the form draft_letter, as finally meant
    first: Mapping[str, Any]  #: what the first draft has instead
    events: tuple[DemoEvent, ...]
    signer: str  #: person who is to sign
    signing_lines: tuple[str, ...]  #: expected above the name
    ends: str  #: expected status of the letter: archived or cancelled
    recipients: int  #: how many get the letter
    skipped: tuple[str, ...]  #: elements that are not visited
    acting: Mapping[str, str] | None  #: person, position, kind: to be appointed for the day
    wrong_passphrases: int  #: how often the signer mistypes first
    failing: tuple[str, ...]  #: recipients that cannot be reached the first time
    warning: bool  #: the history warns of one person in two stages
    secret: bool

    def draft_answers(self, day: date | None = None) -> dict[str, Any]:
        """Return the answers of the first draft, dated on the day or as in the sample."""
        answers = {**self.answers, **self.first}
        if day is not None:
            answers["letter_date"] = day.isoformat()
        return answers

    @property
    def start_data(self) -> dict[str, str]:
        """Return the process data an instance of this letter starts with."""
        return {
            "unit": self.unit,
            "drafter": self.drafter,
            "drafter_position": self.drafter_position,
        }


def demo_plays() -> list[DemoPlay]:
    """Return all plays in the order of their letter dates, so that numbers follow the days."""
    processes = {each["id"]: each["process_id"] for each in read_source("offices")["offices"]}
    found = [
        _play(letter, play, processes[letter["office"]])
        for letter in read_source("letters")["letters"]
        for play in letter["plays"]
    ]
    return sorted(found, key=lambda each: (each.answers["letter_date"], each.name))


def _play(letter: Mapping[str, Any], play: Mapping[str, Any], process_id: str) -> DemoPlay:
    return DemoPlay(
        name=play.get("name", letter["id"]),
        office=letter["office"],
        process_id=process_id,
        unit=letter["unit"],
        drafter=letter["drafter"],
        drafter_position=f"{letter['office']}:{letter['drafter']}",
        scenario=letter["scenario"],
        answers={**letter["answers"], "attachments": _attachments(letter["answers"])},
        first=play.get("first", {}),
        events=tuple(DemoEvent(**event) for event in play.get("events", ())),
        signer=letter["signer"],
        signing_lines=tuple(letter["signing_lines"]),
        ends=play.get("ends", "archived"),
        recipients=play.get("recipients", 0),
        skipped=tuple(play.get("skipped", ())),
        acting=play.get("acting"),
        wrong_passphrases=play.get("wrong_passphrases", 0),
        failing=tuple(play.get("failing", ())),
        warning=play.get("warning", False),
        secret=play.get("secret", False),
    )


def _attachments(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the attachments by their hash, under which the seeding stores them."""
    return [
        {
            "sha256": sha256_of(read_attachment(each["file"])),
            "name": each["name"],
            "media_type": each["media_type"],
        }
        for each in answers["attachments"]
    ]
