"""The commands of an installation: ``alur --help`` lists them."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from engine import Refusal
from webapp.commands.founding import enrol, example, found, password
from webapp.commands.messaging import publish_message
from webapp.commands.owning import deploy, lint
from webapp.commands.proving import rehearse, verify
from webapp.commands.serving import serve, web, work
from webapp.commands.setting_up import demo, migrate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Alur Surat: runs the SOP of outgoing letters."""


_COMMANDS = (
    *(serve, web, work),
    *(migrate, demo, example, found, password, enrol),
    *(deploy, lint, rehearse, verify),
    publish_message,
)
for command in _COMMANDS:
    commands.add_command(command)


def main() -> None:
    """Run one command; a refusal is one sentence and exit code 1, never a traceback."""
    try:
        commands(prog_name="alur")
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as problem:
        found = str(problem.orig).splitlines()[0]
        click.echo(f"Basis data tidak dapat dipakai: {found}", err=True)
        click.echo("Bila tabelnya belum ada, jalankan `alur migrate` dahulu.", err=True)
        sys.exit(1)
