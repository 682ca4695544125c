"""Choices: a flow opens whatever the data are, at an exclusive gateway exactly one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import WITHIN, Element, Finding, Flow
from engine.diagrams.reading import BPMN, CAMUNDA
from engine.feel import Expression, FeelError, Undecidable, parse, truth_table


def check_choices(drawing: Drawing) -> Iterator[Finding]:
    """A choosing gateway has a default flow; exclusive conditions exclude each other."""
    for element in drawing.own:
        if element.type in ("exclusiveGateway", "inclusiveGateway"):
            yield from _check_gateway(element, drawing.outgoing.get(element.id, ()))


def check_expressions(drawing: Drawing) -> Iterator[Finding]:
    """Every condition is S-FEEL that can be parsed, and nothing but its text is meant."""
    for flow in drawing.flows.values():
        if flow.condition and WITHIN not in flow.id:
            try:
                parse(flow.condition)
            except FeelError as error:
                yield Finding(
                    flow.id,
                    "condition",
                    f"Syarat {flow.condition!r:.200} tidak dapat dibaca. {error.sentence} Tulis"
                    ' seperti: decision = "approve".',
                    f"Condition {flow.condition!r:.200} cannot be read. {error} Write it like:"
                    ' decision = "approve".',
                )
    for node in drawing.process.iter(f"{BPMN}conditionExpression", f"{BPMN}completionCondition"):
        language = node.get("language", "feel")
        if node.get(f"{CAMUNDA}resource") or "feel" not in language.lower():
            yield Finding(
                next((n.get("id") for n in node.iterancestors() if n.get("id")), ""),
                "condition",
                f"Syarat ditulis dalam bahasa {language!r}. Tulis syaratnya langsung dengan FEEL.",
                f"The condition is written in {language!r}. Write the condition itself in FEEL.",
            )


def _check_gateway(gateway: Element, flows: tuple[Flow, ...]) -> Iterator[Finding]:
    defaults = [flow for flow in flows if flow.default]
    alone = len(flows) == 1 and not flows[0].condition
    if flows and not defaults and not alone:
        yield Finding(
            gateway.id,
            "no-default",
            f"Gerbang «{gateway.name}» tidak punya aliran baku, sehingga surat dapat berhenti di"
            " sini. Tandai satu aliran sebagai aliran baku (default).",
            f'Gateway "{gateway.name}" has no default flow, so that a letter can get stuck here.'
            " Mark one flow as the default.",
        )
    for flow in flows:
        if flow.default and flow.condition:
            yield Finding(
                flow.id,
                "condition-ignored",
                "Aliran baku tidak boleh bersyarat; syaratnya akan diabaikan. Hapus syaratnya.",
                "A default flow has no condition; it would be ignored. Remove the condition.",
            )
        elif not flow.default and not flow.condition and not alone:
            yield Finding(
                flow.id,
                "no-condition",
                f"Aliran dari gerbang «{gateway.name}» ini tanpa syarat. Tulis syaratnya atau"
                " jadikan aliran baku.",
                f'This flow from gateway "{gateway.name}" has no condition. Write one or make it'
                " the default.",
            )
    yield from _check_overlap(gateway, [f for f in flows if f.condition and not f.default])


def _check_overlap(gateway: Element, flows: list[Flow]) -> Iterator[Finding]:
    conditions = _parsed(flows)
    if len(conditions) != len(flows):
        return
    try:
        rows = truth_table(conditions)
    except Undecidable:
        if len(flows) > 1 and gateway.type == "exclusiveGateway":
            yield Finding(
                gateway.id,
                "undecidable",
                f"Syarat pada gerbang «{gateway.name}» tidak dapat dipastikan saling meniadakan;"
                " yang pertama menurut urutan berkas yang dipakai. Bandingkan data langsung dengan"
                " nilai tetap.",
                f'It cannot be decided whether the conditions of gateway "{gateway.name}" exclude'
                " each other; the first in the order of the file is taken. Compare data with fixed"
                " values.",
                "warning",
            )
        return
    for number, flow in enumerate(flows):
        if not any(row[number] for row in rows):
            yield Finding(
                flow.id,
                "never-true",
                f"Syarat {flow.condition!r} tidak pernah terpenuhi. Perbaiki atau hapus alirannya.",
                f"Condition {flow.condition!r} never holds. Correct it or delete the flow.",
            )
    if gateway.type == "inclusiveGateway":
        return
    for (a, first), (b, second) in combinations(enumerate(flows), 2):
        if any(row[a] and row[b] for row in rows):
            yield Finding(
                second.id,
                "overlap",
                f"Syarat {second.condition!r} dan {first.condition!r} dapat terpenuhi bersamaan."
                " Tulis syarat yang saling meniadakan.",
                f"Conditions {second.condition!r} and {first.condition!r} can hold together. Write"
                " conditions that exclude each other.",
            )


def _parsed(flows: list[Flow]) -> list[Expression]:
    found = []
    for flow in flows:
        try:
            found.append(parse(flow.condition))
        except FeelError:
            continue
    return found
