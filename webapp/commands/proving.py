"""Proving: play every sample letter, and check everything that was ever written."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from webapp import Settings, build_office
from webapp.proof import prove


@click.command()
@click.option("--database", default="", help="Address of an EMPTY database; default: a new SQLite.")
@click.option("--only", default="", help="Play only letters whose name begins so, e.g. S03.")
def rehearse(database: str, only: str) -> None:
    """Play the sample letters through both SOPs and compare with what each should show."""
    from handlers.demo import demo_plays  # no other command needs the stage
    from webapp.rehearsal import row_of, stage_on, table_head

    plays = [play for play in demo_plays() if play.name.startswith(only)]
    unexpected = 0
    with tempfile.TemporaryDirectory(prefix="alur-") as name:
        home = Path(name)
        url = database or f"sqlite:///{home / 'alur.db'}"
        with stage_on(home, url, click.echo) as stage:
            click.echo(table_head())
            for place, play in enumerate(plays, 1):
                if sys.stdout.isatty():
                    click.echo(f"[{place}/{len(plays)}] {play.name} ...\r", nl=False)
                row, problems = row_of(stage.office, stage.perform(play))
                click.echo(row)
                for problem in problems:
                    click.echo(f"    ! {problem}")
                unexpected += bool(problems)
            flaws = prove(stage.office)
            for flaw in flaws:
                click.echo(f"    ! {flaw.kind} {flaw.subject}: {flaw.sentence}")
    click.echo(f"{len(plays)} surat, {unexpected} tidak sesuai, {len(flaws)} temuan.")
    if unexpected or flaws:
        sys.exit(1)


@click.command()
@click.option("--letter", default=None, help="Check one letter only.")
def verify(letter: str | None) -> None:
    """Check every chain, document, number series and signature; name what was changed."""
    office = build_office(Settings.from_environment())
    flaws = prove(office, letter)
    for flaw in flaws:
        click.echo(f"{flaw.kind}: {flaw.subject}: {flaw.sentence}")
    checked = len(office.engine.instance_ids()) if letter is None else 1
    office.database.close()
    if flaws:
        click.echo(f"{len(flaws)} temuan.")
        sys.exit(1)
    click.echo(f"{checked} surat diperiksa; tidak ada yang berubah.")
