"""Commands of a process owner: examine a diagram, deploy it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine import SYSTEM, DefinitionRejected, Finding
from webapp import Settings, build_office
from webapp.diagram_files import decisions_beside, forms_beside

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
def lint(file: Path) -> None:
    """Name everything in the diagram that the engine would not run as drawn."""
    office = build_office(Settings.from_environment())
    findings = office.engine.examine(file.read_bytes(), forms_beside(file), decisions_beside(file))
    _print(findings)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)
    click.echo("Diagram dapat dijalankan.")


@click.command()
@click.argument("file", type=_FILE)
def deploy(file: Path) -> None:
    """Publish the diagram as the next version of its process; new letters follow it."""
    office = build_office(Settings.from_environment())
    parts = file.read_bytes(), forms_beside(file)
    decisions = decisions_beside(file)
    try:
        definition = office.engine.deploy(*parts, SYSTEM, decisions)
    except DefinitionRejected:
        _print(office.engine.examine(*parts, decisions))
        raise
    click.echo(f"{definition.process_id} versi {definition.version} berlaku.")


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.element}: {finding.message} [{finding.rule}]")
