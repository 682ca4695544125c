"""The examination: all that is wrong with a diagram, each with its place and what to draw instead.

One rule, one function, one sentence. The list of rules is the table of contents of this package.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.catalog import HandlerCatalog
from engine.diagrams.drawing import Drawing, draw
from engine.diagrams.examination.answers import check_answers
from engine.diagrams.examination.boundaries import (
    check_boundaries,
    check_declared_errors,
    check_thrown,
)
from engine.diagrams.examination.calls import check_calls
from engine.diagrams.examination.choices import check_choices, check_expressions
from engine.diagrams.examination.decisions import check_decisions
from engine.diagrams.examination.events import check_messages, check_races, check_timers
from engine.diagrams.examination.extensions import check_extensions
from engine.diagrams.examination.flows import check_reach, check_references, check_ways
from engine.diagrams.examination.process import check_ends, check_ids, check_process, check_size
from engine.diagrams.examination.repetitions import check_repetitions
from engine.diagrams.examination.resting import check_circles, check_reminders
from engine.diagrams.examination.retries import check_retries
from engine.diagrams.examination.tasks import (
    check_human_tasks,
    check_parameters,
    check_service_tasks,
)
from engine.diagrams.examination.tokens import check_tokens
from engine.diagrams.examination.vocabulary import check_vocabulary, vocabulary
from engine.diagrams.model import Finding
from engine.diagrams.reading import open_xml

__all__ = ["examine", "vocabulary"]


def examine(
    source: bytes,
    forms: Collection[str] | None,
    catalog: HandlerCatalog | None,
    callees: Mapping[str, bytes] | None = None,
) -> list[Finding]:
    """Return every finding, errors first. Never raises: hostile input is a finding too.

    ``forms`` are the keys of the forms deployed with the diagram, ``catalog`` the topics of the
    house; with ``None`` the rules that need them are left out. ``callees`` are the files of the
    processes it calls, and of those that they call, by id.
    """
    drawing, findings = inspect(source, callees or {})
    if drawing is not None and not _too_large(findings):
        findings += _office_rules(drawing, forms, catalog)
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity != "error")


def inspect(source: bytes, callees: Mapping[str, bytes]) -> tuple[Drawing | None, list[Finding]]:
    """Return the drawing, if the file could be read, and what forbids to walk it as drawn.

    This is all that compiling asks: a version that was deployed once must stay readable when the
    office rules grow.
    """
    opened = open_xml(source)
    if opened.root is None:
        return None, list(opened.findings)
    drawing = draw(opened.root, callees)
    if drawing is None:
        return None, [_no_process()]
    # A file made to keep the rules busy is not examined further.
    return drawing, list(check_size(drawing)) or list(_rules_of_walking(drawing))


def _too_large(findings: list[Finding]) -> bool:
    return any(finding.rule == "too-many-elements" for finding in findings)


def _rules_of_walking(drawing: Drawing) -> Iterator[Finding]:
    yield from check_process(drawing)
    yield from check_ends(drawing)
    yield from check_ids(drawing)
    yield from check_vocabulary(drawing)
    yield from check_extensions(drawing)
    yield from check_references(drawing)
    yield from check_ways(drawing)
    yield from check_reach(drawing)
    yield from check_boundaries(drawing)
    yield from check_thrown(drawing)
    yield from check_timers(drawing)
    yield from check_messages(drawing)
    yield from check_races(drawing)
    yield from check_repetitions(drawing)
    yield from check_decisions(drawing)
    yield from check_calls(drawing)
    yield from check_expressions(drawing)
    yield from check_choices(drawing)
    yield from check_parameters(drawing)


def _office_rules(
    drawing: Drawing, forms: Collection[str] | None, catalog: HandlerCatalog | None
) -> Iterator[Finding]:
    yield from check_human_tasks(drawing, forms, catalog)
    yield from check_answers(drawing, catalog)
    yield from check_service_tasks(drawing, catalog)
    yield from check_retries(drawing)
    yield from check_declared_errors(drawing)
    yield from check_circles(drawing, catalog)
    yield from check_reminders(drawing, catalog)
    yield from check_tokens(drawing)


def _no_process() -> Finding:
    return Finding(
        "",
        "no-process",
        "Berkas ini tidak memuat proses. Gambar satu SOP dalam satu pool.",
        "The file contains no process. Draw one SOP in one pool.",
    )
