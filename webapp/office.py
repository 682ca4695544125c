"""The office of the request: what the composition root built, and who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from webapp.bootstrap import Office

_PLACE = "alur_office"


def install(app: object, office: Office) -> None:
    """Put the office where the pages of this application find it."""
    app.extensions[_PLACE] = office  # type: ignore[attr-defined]


def office() -> Office:
    """The office that answers this request."""
    found: Office = current_app.extensions[_PLACE]
    return found
