"""The auditor's list: which letters went their way, found by process, status, year and text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine import InstanceView
from handlers.errors import UnknownLetter
from handlers.letters import LetterQuery
from handlers.organisation import Reader
from webapp.bootstrap import Office
from webapp.languages import ZONE

A_PAGE = 50
#: More than an office writes in years; beyond it the filters must narrow the search.
MOST = 20_000


@dataclass(frozen=True)
class Filters:
    """What the auditor asked for."""

    process: str = ""
    status: str = ""
    year: str = ""
    text: str = ""
    page: int = 1

    @classmethod
    def from_request(cls, values: Mapping[str, Any]) -> Filters:
        """Read the filters of an address; nonsense is no filter."""
        page = str(values.get("page", "1"))
        return cls(
            process=str(values.get("process", "")),
            status=str(values.get("status", "")),
            year=str(values.get("year", "")),
            text=str(values.get("text", "")).strip(),
            page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
        )

    def on_page(self, page: int) -> dict[str, Any]:
        """The address of another page of the same list."""
        return {name: value for name, value in asdict(replace(self, page=page)).items() if value}


@dataclass(frozen=True)
class Row:
    """One letter in the list; what a confidential letter is about is not in it."""

    instance: InstanceView
    number: str
    subject: str
    hidden: bool


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    rows: list[Row]
    total: int
    pages: int
    years: list[str]


def find(office: Office, filters: Filters, reader: Reader, offices: Iterable[str]) -> Listing:
    """Return the page of the list that was asked for, of the offices this reader audits."""
    asked = {"process_id": filters.process, "status": filters.status, "limit": MOST}
    engine = office.engine
    found = [each for scope in offices for each in engine.instances(scope=scope, **asked)]
    found.sort(key=lambda each: each.started_at, reverse=True)
    readable = _readable(office, filters, reader)
    fitting = [each for each in found if _fits(each, filters, readable)]
    shown = fitting[(filters.page - 1) * A_PAGE : filters.page * A_PAGE]
    return Listing(
        rows=[_row(office, each, reader) for each in shown],
        total=len(fitting),
        pages=max((len(fitting) + A_PAGE - 1) // A_PAGE, 1),
        years=sorted({_year(each) for each in found}, reverse=True),
    )


def _readable(office: Office, filters: Filters, reader: Reader) -> frozenset[str]:
    """The letters in which the words stand, among those this reader may read.

    A confidential subject is not searched: a hit would tell what it says.
    """
    if not filters.text:
        return frozenset()
    query = LetterQuery(text=filters.text, limit=MOST)
    return frozenset(each.id for each in office.letters.find(query, reader))


def _fits(instance: InstanceView, filters: Filters, readable: frozenset[str]) -> bool:
    if filters.year and _year(instance) != filters.year:
        return False
    if not filters.text or instance.business_key in readable:
        return True
    known = (instance.data.get("number") or "", instance.id, instance.business_key)
    return any(filters.text.lower() in str(each).lower() for each in known)


def _row(office: Office, instance: InstanceView, reader: Reader) -> Row:
    subject, visible = subject_of(office, instance, reader)
    return Row(
        instance=instance,
        number=str(instance.data.get("number") or ""),
        subject=subject,
        hidden=not visible,
    )


def subject_of(office: Office, instance: InstanceView, reader: Reader) -> tuple[str, bool]:
    """Return the subject and whether the reader may read the letter; "" when not."""
    try:
        letter = office.letters.letter(instance.business_key, reader)
    except UnknownLetter:
        return "", False
    return (letter.subject, True) if letter.content_visible else ("", False)


def _year(instance: InstanceView) -> str:
    return str(instance.started_at.astimezone(ZONE).year)
