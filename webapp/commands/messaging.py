"""Messaging: a message from outside, for a process that waits for it or begins with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from engine import SYSTEM
from webapp import Settings, build_office

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("publish-message")
@click.argument("name")
@click.option("--correlation", required=True, metavar="KEY", help="For whom it is meant.")
@click.option("--data", required=True, type=_FILE, help="File with one JSON object: what it says.")
@click.option("--scope", default="", metavar="OFFICE", help="Office in which a process begins.")
def publish_message(name: str, correlation: str, data: Path, scope: str) -> None:
    """Bring the message NAME to the process that waits for it, or begin one with it."""
    said = _said(data)
    office = build_office(Settings.from_environment())
    offices = {each.id for each in office.organisation.offices()}
    if scope and scope not in offices:
        raise click.ClickException(f"Kantor {scope!r} tidak dikenal.")
    reached = office.engine.publish_message(name, correlation, said, SYSTEM, scope=scope)
    office.database.close()
    if reached:
        click.echo(f"Pesan diterima oleh proses {reached[0]}.")
    else:
        click.echo("Pesan disimpan sampai ada yang menerimanya; lihat halaman /messages.")


def _said(data: Path) -> dict[str, Any]:
    try:
        said = json.loads(data.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{data} bukan JSON: {error}") from error
    except RecursionError as error:
        raise click.ClickException(f"{data} bersarang terlalu dalam.") from error
    if not isinstance(said, dict):
        raise click.ClickException(f"{data} harus berisi satu objek JSON, {{...}}.")
    return said
