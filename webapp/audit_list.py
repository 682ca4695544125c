"""The auditor's list: which letters went their way, found by process, status, year and text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine import InstanceView
from handlers.letters import SECRET
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
    kind: str
    hidden: bool


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    rows: list[Row]
    total: int
    pages: int
    years: list[str]


def find(office: Office, filters: Filters) -> Listing:
    """Return the page of the list that was asked for."""
    found = office.engine.instances(process_id=filters.process, status=filters.status, limit=MOST)
    years = sorted({_year(each) for each in found}, reverse=True)
    subjects = _subjects(office, found) if filters.text else {}
    fitting = [each for each in found if _fits(each, filters, subjects)]
    shown = fitting[(filters.page - 1) * A_PAGE : filters.page * A_PAGE]
    subjects = subjects or _subjects(office, shown)
    return Listing(
        rows=[_row(each, subjects) for each in shown],
        total=len(fitting),
        pages=max((len(fitting) + A_PAGE - 1) // A_PAGE, 1),
        years=years,
    )


def _fits(instance: InstanceView, filters: Filters, subjects: Mapping[str, str]) -> bool:
    if filters.year and _year(instance) != filters.year:
        return False
    if not filters.text:
        return True
    # A confidential subject is not searched either: a hit would tell what it says.
    subject = "" if _hidden(instance) else subjects.get(instance.business_key, "")
    haystack = (subject, instance.data.get("number", ""), instance.id, instance.business_key)
    return any(filters.text.lower() in str(each).lower() for each in haystack)


def _row(instance: InstanceView, subjects: Mapping[str, str]) -> Row:
    hidden = _hidden(instance)
    return Row(
        instance=instance,
        number=str(instance.data.get("number") or ""),
        subject="" if hidden else subjects.get(instance.business_key, ""),
        kind=str(instance.data.get("kind", "")),
        hidden=hidden,
    )


def _hidden(instance: InstanceView) -> bool:
    return instance.data.get("sifat") in SECRET


def _year(instance: InstanceView) -> str:
    return str(instance.started_at.astimezone(ZONE).year)


def _subjects(office: Office, instances: Iterable[InstanceView]) -> dict[str, str]:
    """Letter id -> subject, of the letters that may be named in a list."""
    return {}
