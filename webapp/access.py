"""Access: which role may do what, and the mark every route must carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from handlers.organisation import Person, Reader
from webapp.office import office

#: The table of the house: role -> what it may do. Whatever is not written here is refused.
PERMISSIONS: Mapping[str, frozenset[str]] = {
    "staff": frozenset(
        {
            "tasks.work",
            "letters.read",
            "letters.write",
            "register.read",
            "notices.read",
            "processes.read",
        }
    ),
    "owner": frozenset({"processes.read", "processes.publish", "letters.move", "notices.read"}),
    "auditor": frozenset(
        {"audit.read", "processes.read", "letters.read", "register.read", "notices.read"}
    ),
    "admin": frozenset(
        {
            "incidents.resolve",
            "messages.settle",
            "letters.move",
            "audit.read",
            "processes.read",
            "notices.read",
        }
    ),
}
# A mail officer is staff with a duty; the duty routes tasks to the position and grants no page.

#: What everybody who is signed in may do, whatever the role.
EVERYBODY = frozenset({"session.end"})

View = TypeVar("View", bound=Callable[..., Any])


class NobodySignedIn(Exception):
    """Nobody is signed in, and the route wants somebody."""


@dataclass(frozen=True)
class Visitor:
    """The person behind the request."""

    person: Person
    reader: Reader  #: the person with today's positions and roles, as the books know readers

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def roles(self) -> frozenset[str]:
        """The roles in every office together."""
        return frozenset[str]().union(*self.reader.roles.values())

    def may(self, permission: str, office: str | None = None) -> bool:
        """Whether a role grants the permission, in any office or in the given one."""
        roles = self.roles if office is None else self.reader.roles.get(office, frozenset())
        return permission in permissions_of(roles)

    def offices_where(self, permission: str) -> tuple[str, ...]:
        """The offices in which a role grants the permission, the person's own first."""
        found = [each for each in sorted(self.reader.roles) if self.may(permission, each)]
        return tuple(sorted(found, key=lambda each: each != self.person.office))


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything these roles may do together."""
    granted = (PERMISSIONS.get(role, frozenset()) for role in roles)
    return EVERYBODY.union(*granted)


def allowed(permission: str) -> Callable[[View], View]:
    """
    Mark a route with the permission it demands, and enforce it.

    Nobody signed in: ``NobodySignedIn``, answered by the sign-in page, and
    back afterwards. Signed in without the permission: 403.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            visitor = visitor_or_none()
            if visitor is None:
                raise NobodySignedIn
            if not visitor.may(permission):
                abort(403)
            return view(*arguments, **named)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def public(view: View) -> View:
    """Mark a route that everybody may call, signed in or not."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def visitor_or_none() -> Visitor | None:
    """The person signed in, or nobody."""
    found = g.get("visitor")
    return found if isinstance(found, Visitor) else None


def visitor() -> Visitor:
    """The person signed in; only for routes that are ``allowed``, where there is one."""
    found = visitor_or_none()
    if found is None:
        abort(403)
    return found


def recognise() -> None:
    """Find out who is asking; a session whose account changed meanwhile has ended."""
    person, version = session.get("person"), session.get("version")
    if not isinstance(person, str) or not isinstance(version, int):
        return
    at_home = office()
    if not at_home.accounts.standing(person, version):
        session.clear()
        return
    g.visitor = Visitor(
        at_home.organisation.person(person),
        at_home.organisation.reader(person, at_home.clock.now()),
    )


def asks_for_a_part() -> bool:
    """Whether the answer becomes a part of a page that stands."""
    return "HX-Request" in request.headers


def from_our_page() -> bool:
    """Whether a page of this application sent the request, as far as browsers tell."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def page_before() -> str:
    """Return the path of the page that sent the request, when it is one of ours."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.host:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def to_sign_in() -> Response:
    """Send the reader to the sign-in page, and afterwards to the page that was open."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else page_before()
    return redirect(url_for("sign_in.show", next=wanted or None), 303)
