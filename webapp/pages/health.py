"""The health: what a supervisor asks, without a session."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.exc import ProgrammingError
from werkzeug.exceptions import ServiceUnavailable

from webapp.access import public
from webapp.office import office

pages = Blueprint("health", __name__)


@pages.get("/health")
@public
def health() -> dict[str, str]:
    """Say that pages are served and the books can be read; 503 when they cannot."""
    try:
        office().organisation.offices()
    except ProgrammingError as error:  # PostgreSQL's word for a database without tables
        raise ServiceUnavailable from error
    return {"status": "ok"}
