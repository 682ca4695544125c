"""Commands of a process owner: examine a diagram, deploy it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from engine import SYSTEM, DefinitionRejected, Finding
from webapp import Settings, build_office
from webapp.bootstrap import Office
from webapp.diagram_files import decisions_beside, forms_beside
from webapp.forms import Form, FormUnsound

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
def lint(file: Path) -> None:
    """Name everything in the diagram that the engine would not run as drawn."""
    findings = _examined(build_office(Settings.from_environment()), file)
    _print(findings)
    if not _sound(findings):
        sys.exit(1)
    click.echo("Diagram dapat dijalankan.")


@click.command()
@click.argument("file", type=_FILE)
def deploy(file: Path) -> None:
    """Publish the diagram as the next version of its process; new letters follow it."""
    office = build_office(Settings.from_environment())
    findings = _examined(office, file)
    if not _sound(findings):
        _print(findings)
        raise DefinitionRejected(findings=findings)
    definition = office.engine.deploy(
        file.read_bytes(), forms_beside(file), SYSTEM, decisions_beside(file)
    )
    click.echo(f"{definition.process_id} versi {definition.version} berlaku.")


def _examined(office: Office, file: Path) -> list[Finding]:
    """What speaks against the diagram, its forms and its decisions."""
    forms = forms_beside(file)
    findings = office.engine.examine(file.read_bytes(), forms, decisions_beside(file))
    return [*findings, *_unsound_forms(forms)]


def _unsound_forms(forms: Mapping[str, str]) -> list[Finding]:
    findings = []
    for key, text in forms.items():
        try:
            Form.parse(text)
        except FormUnsound as error:
            message, english = "Formulir ini tidak layak", "This form is unsound"
            findings.append(
                Finding(key, "form-unsound", f"{message}. {error}", f"{english}. {error}")
            )
    return findings


def _sound(findings: list[Finding]) -> bool:
    return all(finding.severity != "error" for finding in findings)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.element}: {finding.message} [{finding.rule}]")
