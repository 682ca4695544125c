"""Answers: what a person decides chooses the way behind the task."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog import HandlerCatalog
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import SCOPES, Element, Finding, Flow
from engine.feel import FeelError, parse

#: What may read the decision where the flows do not show it.
_MAY_READ = {"businessRuleTask", *SCOPES}


def check_answers(drawing: Drawing, catalog: HandlerCatalog | None) -> Iterator[Finding]:
    """Behind a task whose person decides, a condition reads the decision before the next task.

    Else a letter that was returned would go on like one that was approved.
    """
    topics = catalog.topics if catalog is not None else {}
    for task in drawing.own:
        topic = topics.get(task.properties.get("operation", ""))
        asks = task.type == "userTask" and topic is not None and topic.decides
        if asks and not _repeated(drawing, task) and not _chooses(drawing, task):
            yield Finding(
                task.id,
                "decision-unread",
                f"Keputusan pada «{task.name}» tidak dibaca sesudahnya: surat yang dikembalikan"
                " tetap maju. Gambar gerbang eksklusif di belakangnya dengan aliran bersyarat,"
                ' misalnya decision = "return".',
                f'Nothing behind "{task.name}" reads its decision: a letter that is returned would'
                " go on all the same. Draw an exclusive gateway behind it with a flow under a"
                ' condition such as decision = "return".',
                "warning",
            )


def _repeated(drawing: Drawing, task: Element) -> bool:
    # There the decisions of all are collected in a list of any name.
    return any(drawing.elements[each].repetition for each in drawing.around(task.id))


def _chooses(drawing: Drawing, task: Element) -> bool:
    pending, seen = [task.id], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        flows = drawing.outgoing.get(name, ())
        if any(_reads(flow) for flow in flows):
            return True
        for flow in flows:
            target = drawing.elements.get(flow.target)
            if target is not None and target.type in _MAY_READ:
                return True
            if target is not None and target.type != "userTask":
                pending.append(target.id)
        around = drawing.elements[name].scope
        if not flows and around in drawing.elements:
            pending.append(around)
    return False


def _reads(flow: Flow) -> bool:
    try:
        return bool(flow.condition) and "decision" in parse(flow.condition).names
    except FeelError:  # a finding of its own
        return False
