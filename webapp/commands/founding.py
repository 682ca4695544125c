"""Founding: an office starts with its own data instead of the demonstration."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from pathlib import Path

import click

from engine import SYSTEM
from handlers.demo import example_files
from handlers.founding import folder_source, found_offices
from webapp import Office, Settings, build_office
from webapp.diagram_files import decisions_beside, forms_beside, shipped_diagrams

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=_FOLDER)
def example(folder: Path) -> None:
    """Copy the data files of the demonstration into FOLDER, to be filled in with your own."""
    folder.mkdir(parents=True, exist_ok=True)
    copies = {folder / name: data for name, data in example_files().items()}
    if standing := [str(file) for file in copies if file.exists()]:
        raise click.ClickException(f"{', '.join(standing)} sudah ada; tidak ditimpa.")
    for file, data in copies.items():
        file.write_bytes(data)
        click.echo(file)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day from which people hold their positions; default: the first of January.",
)
def found(folder: Path, since: datetime | None) -> None:
    """Fill an empty database with the offices described in FOLDER; print first passwords."""
    office = build_office(Settings.from_environment())
    today = office.clock.now().date()
    first_day = date(today.year, 1, 1) if since is None else since.date()
    if not found_offices(office.database, folder_source(folder), first_day):
        raise click.ClickException("Basis data sudah berisi kantor; tidak ada yang diubah.")
    for diagram in shipped_diagrams():
        decisions = decisions_beside(diagram)
        office.engine.deploy(diagram.read_bytes(), forms_beside(diagram), SYSTEM, decisions)
    click.echo("Kata sandi pertama (tampil sekali ini saja; ganti dengan `alur password`):")
    for person in office.organisation.people():
        if person.active:
            click.echo(f"  {person.username:<24} {_first_password(office, person.id)}")


@click.command()
@click.argument("username")
def password(username: str) -> None:
    """Give somebody a new password; all their sessions end."""
    office = build_office(Settings.from_environment())
    person = office.organisation.person_named(username)
    if person is None:
        raise click.ClickException(f"Tidak ada orang dengan nama pengguna {username}.")
    new = click.prompt("Kata sandi baru", hide_input=True, confirmation_prompt=True)
    office.accounts.open(person.id, person.username, new)
    click.echo("Kata sandi diganti; semua sesi berakhir.")


@click.command()
@click.argument("username")
def enrol(username: str) -> None:
    """Give somebody a SIMULASI key; the passphrase is typed by the person and kept nowhere."""
    office = build_office(Settings.from_environment())
    person = office.organisation.person_named(username)
    if person is None:
        raise click.ClickException(f"Tidak ada orang dengan nama pengguna {username}.")
    passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    office.authority.enrol(person.id, person.name, passphrase)
    click.echo(f"Kunci SIMULASI untuk {person.name} siap.")


def _first_password(office: Office, person_id: str) -> str:
    word = secrets.token_urlsafe(12)
    person = office.organisation.person(person_id)
    office.accounts.open(person.id, person.username, word)
    return word
