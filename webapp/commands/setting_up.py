"""Setting up: the tables of the database, and the demo offices."""

from __future__ import annotations

import click

from engine import Database, migrate_jobs
from webapp import Settings, build_office
from webapp.demo import prepare_demo
from webapp.migrations import upgrade


@click.command()
def migrate() -> None:
    """Create the tables of the database, or bring them up to this release."""
    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    upgrade(database)
    migrate_jobs(database)
    database.close()
    click.echo("Basis data siap.")


@click.command()
@click.option("--letters/--no-letters", default=True, help="Submit the sample letters too.")
def demo(*, letters: bool) -> None:
    """Fill an empty database with two fictional offices; on a filled one change nothing."""
    office = build_office(Settings.from_environment())
    click.echo(prepare_demo(office, letters=letters))
    office.database.close()
