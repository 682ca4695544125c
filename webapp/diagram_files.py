"""Diagram files: the shipped diagrams with the forms and decisions beside them."""

from __future__ import annotations

from pathlib import Path


def shipped_diagrams() -> list[Path]:
    """Return the files of the diagrams that come with the product, in the order of their names."""
    return sorted(_shipped().glob("*.bpmn"))


def forms_beside(diagram: Path) -> dict[str, str]:
    """Return the forms in the folder ``forms`` beside a diagram: form key -> schema as text."""
    folder = diagram.parent / "forms"
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.json"))}


def decisions_beside(diagram: Path) -> dict[str, str]:
    """Return the decisions in the folder ``decisions`` beside a diagram: name -> DMN as text."""
    folder = diagram.parent / "decisions"
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.dmn"))}


def element_templates() -> str:
    """Return the element templates that the modeler offers, as JSON text."""
    return (_shipped() / "element-templates" / "surat.json").read_text("utf-8")


def _shipped() -> Path:
    # The folder holds no Python, so importlib knows it only as a namespace without one path.
    return Path(__file__).resolve().parent.parent / "bpmn"
