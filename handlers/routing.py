"""The routing: which positions get a task, in the scope of the letter's unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from engine import RouteRequest
from handlers.errors import UnknownPlace
from handlers.letters import add_party
from handlers.organisation import OrganisationBook, review_path


class OrganisationRouting:
    """Finds the positions behind the groups that a diagram names.

    Whoever gets a task of a letter is on its way: the positions found may read it from then on.
    """

    def candidates(self, request: RouteRequest, session: Session) -> tuple[str, ...]:
        """Return the positions of all groups the task names; empty when there are none."""
        book = OrganisationBook(session)
        found: list[str] = []
        for group in request.candidate_groups:
            find = _GROUPS.get(group)
            if find is None:
                continue
            try:
                positions = find(book, request)
            except UnknownPlace:
                positions = ()
            found.extend(each for each in positions if each and each not in found)
        for position in found:
            add_party(session, request.business_key, request.at, position=position)
        return tuple(found)


Find = Callable[[OrganisationBook, RouteRequest], tuple[str, ...]]


def _duty(name: str) -> Find:
    return lambda book, request: book.with_duty(request.scope, name)


def _from_data(key: str) -> Find:
    def find(book: OrganisationBook, request: RouteRequest) -> tuple[str, ...]:
        position = request.data.get(key)
        return (book.position(str(position)).id,) if position else ()

    return find


def _first_reviewer(book: OrganisationBook, request: RouteRequest) -> tuple[str, ...]:
    return (review_path(book, _unit(request), _drafter(request)).first,)


def _second_reviewer(book: OrganisationBook, request: RouteRequest) -> tuple[str, ...]:
    return (review_path(book, _unit(request), _drafter(request)).second,)


def _unit(request: RouteRequest) -> str:
    return str(request.data.get("unit") or "")


def _drafter(request: RouteRequest) -> str:
    return str(request.data.get("drafter_position") or "")


#: The groups a diagram may name (``camunda:candidateGroups``).
_GROUPS: Mapping[str, Find] = {
    "drafter": _from_data("drafter_position"),
    "signer": _from_data("signer_position"),
    "unit_head": _first_reviewer,
    "second_reviewer": _second_reviewer,
    "mail_officer": _duty("mail_officer"),
    "office_admin": _duty("office_admin"),
    "office_secretary": _duty("office_secretary"),
    "office_head": _duty("office_head"),
}

#: Group -> label, for those who draw diagrams.
GROUPS: Mapping[str, str] = {
    "drafter": "Konseptor",
    "unit_head": "Kasubag/Kasi unit surat",
    "second_reviewer": "Sekretaris/Kabid unit surat",
    "mail_officer": "Pengelola Surat",
    "office_admin": "Kasubbag Umum dan Kepegawaian",
    "office_secretary": "Sekretaris",
    "office_head": "Kepala",
    "signer": "Penanda tangan",
}
