"""The examination: everything wrong with a diagram, each with its place and what to draw instead."""

from __future__ import annotations

from collections.abc import Collection

from engine.catalog import HandlerCatalog
from engine.diagrams.drawing import Drawing, draw
from engine.diagrams.model import Finding
from engine.diagrams.reading import open_xml


def examine(
    source: bytes, forms: Collection[str] | None, catalog: HandlerCatalog | None
) -> list[Finding]:
    """Return every finding, errors first. Never raises: hostile input is a finding too.

    ``forms`` are the keys of the forms deployed with the diagram, ``catalog`` the topics of the
    house; with ``None`` the rules that need them are left out.
    """
    return inspect(source, forms, catalog)[1]


def inspect(
    source: bytes,
    forms: Collection[str] | None = None,
    catalog: HandlerCatalog | None = None,
) -> tuple[Drawing | None, list[Finding]]:
    """Return the drawing, if the file could be read, and every finding."""
    opened = open_xml(source)
    if opened.root is None:
        return None, list(opened.findings)
    drawing = draw(opened.root)
    return drawing, []
