"""The health: what a supervisor asks, without a session."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from webapp.access import public
from webapp.office import office

pages = Blueprint("health", __name__)


@pages.get("/health")
@public
def health() -> dict[str, str]:
    """Say that pages are served and the database answers; 503 when it does not."""
    with office().database.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
