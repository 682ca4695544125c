"""Migrations: the way from each released schema to the present one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine import Database

if TYPE_CHECKING:
    from alembic.config import Config


def upgrade(database: Database) -> None:
    """Bring the tables of the database up to this release; on an empty one create them."""
    from alembic import command  # serving needs no migrations: it starts sooner without them

    with database.connections.begin() as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def _settings() -> Config:
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    return settings
