"""The examination: all that is wrong with a decision file, each with its rule and what to write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engine.decisions.model import DecisionModel, Output, Rule, Table, fits, place_among
from engine.decisions.overlap import independent, overlaps, sets_of
from engine.decisions.policies import RANKED
from engine.decisions.reading import Models, read_decisions
from engine.feel import Expression, FeelError, Undecidable, nodes, parse
from engine.findings import Finding

#: Overlapping rules that are named; who has more will see the rest next time.
MOST_NAMED = 20


def examine_decisions(source: bytes) -> list[Finding]:
    """Return every finding, errors first. Never raises: hostile input is a finding too."""
    return sorted(inspect(source)[1], key=lambda finding: finding.severity != "error")


def inspect(source: bytes) -> tuple[Models, list[Finding]]:
    """Return the decisions that could be read, and all that was found."""
    models, findings = read_decisions(source)
    # A file that was not understood is not judged by what was understood of it.
    if not findings:
        findings = list(dict.fromkeys(_findings(models)))
    return models, findings


def _findings(models: Models) -> Iterator[Finding]:
    yield from _check_requirements(models)
    for model in models.values():
        yield from _check_names(model)
        if isinstance(model.logic, Table):
            yield from _check_columns(model.id, model.logic)
            yield from _check_results(model.logic)
            yield from _check_ranks(model.id, model.logic)
            yield from _check_rules(model.id, model.logic)


def _check_requirements(models: Models) -> Iterator[Finding]:
    for model in models.values():
        for required in model.requires:
            if required not in models:
                yield Finding(
                    model.id,
                    "unknown-decision",
                    f"Keputusan {required!r:.80} yang diperlukan tidak ada dalam berkas ini.",
                    f"The required decision {required!r:.80} is not in this file.",
                )
        if _requires_itself(models, model):
            yield Finding(
                model.id,
                "circle",
                "Keputusan ini memerlukan dirinya sendiri. Putuskan lingkarannya.",
                "This decision requires itself. Break the circle.",
            )


def _requires_itself(models: Models, model: DecisionModel) -> bool:
    reached: set[str] = set()
    pending = list(model.requires)
    while pending:
        each = pending.pop()
        if each not in reached and each in models:
            reached.add(each)
            pending.extend(models[each].requires)
    return model.id in reached


def _check_names(model: DecisionModel) -> Iterator[Finding]:
    outputs = model.logic.outputs if isinstance(model.logic, Table) else ()
    names = [output.name for output in outputs]
    for name in [model.variable, *names]:
        if not _is_name(name):
            yield Finding(
                model.id,
                "name",
                f"Nama {name!r:.80} tidak dapat dipakai sebagai data. Pakai huruf, angka, dan"
                " garis bawah.",
                f"Name {name!r:.80} cannot be used as data. Use letters, digits and underscores.",
            )
    if len(set(names)) != len(names):
        yield Finding(
            model.id,
            "name",
            "Dua kolom hasil bernama sama. Beri nama yang berlainan.",
            "Two result columns have one name. Give them different names.",
        )


def _is_name(text: str) -> bool:
    try:
        root = parse(text).root
    except FeelError:
        return False
    return isinstance(root, nodes.Path) and root.names == (text,)


def _check_columns(place: str, table: Table) -> Iterator[Finding]:
    if not table.outputs or not table.rules:
        yield Finding(
            place,
            "empty-table",
            "Tabel ini tidak memberi hasil. Isi sedikitnya satu kolom hasil dan satu aturan.",
            "This table gives no result. Give it at least one result column and one rule.",
        )
    if table.aggregator and len(table.outputs) != 1:
        yield Finding(
            place,
            "aggregation",
            f"{table.aggregator} hanya dapat menghitung satu kolom hasil.",
            f"{table.aggregator} works on one result column only.",
        )
    for number, column in enumerate(table.inputs):
        for rule in table.rules:
            for node in rule.tests[number].root.tests:
                for part in node.parts:
                    if isinstance(part, nodes.Literal) and not fits(part.value, column.kind):
                        yield _wrong_kind(rule, part.value, column.label, column.kind)


def _check_results(table: Table) -> Iterator[Finding]:
    for number, output in enumerate(table.outputs):
        for rule in table.rules:
            yield from _check_result(rule, rule.results[number], output)


def _check_result(rule: Rule, result: Expression, output: Output) -> Iterator[Finding]:
    if not isinstance(result.root, nodes.Literal):
        return
    value = result.evaluate({})
    if not fits(value, output.kind):
        yield _wrong_kind(rule, value, output.name, output.kind)
    listed = not output.allowed or value is None
    if not listed and place_among(output.allowed, value) == len(output.allowed):
        yield Finding(
            rule.id,
            "not-listed",
            f"Hasil {value!r:.80} pada aturan {rule.number} tidak ada dalam daftar nilai kolom"
            f" «{output.name}».",
            f"Result {value!r:.80} of rule {rule.number} is not among the values of column"
            f' "{output.name}".',
        )


def _wrong_kind(rule: Rule, value: object, column: str, kind: str) -> Finding:
    return Finding(
        rule.id,
        "type",
        f"{value!r:.80} pada aturan {rule.number} bukan {kind}, tipe kolom «{column}».",
        f'{value!r:.80} in rule {rule.number} is no {kind}, the type of column "{column}".',
    )


def _check_ranks(place: str, table: Table) -> Iterator[Finding]:
    if table.policy in RANKED and not any(output.allowed for output in table.outputs):
        yield Finding(
            place,
            "no-priority",
            f"Tabel {table.policy} perlu daftar nilai hasil, dari yang paling utama.",
            f"A {table.policy} table needs the list of its output values, highest first.",
        )


def _check_rules(place: str, table: Table) -> Iterator[Finding]:
    try:
        sets = sets_of(table)
    except Undecidable:
        if table.policy in ("UNIQUE", "ANY"):
            yield _undecided(place)
        return
    for rule, found in zip(table.rules, sets, strict=True):
        if not all(found):
            yield Finding(
                rule.id,
                "never-true",
                f"Aturan {rule.number} tidak pernah berlaku. Perbaiki atau hapus.",
                f"Rule {rule.number} never applies. Correct or delete it.",
            )
    certain = independent(table)
    pairs = (
        (first, second)
        for first, second in overlaps(table.rules, sets)
        if table.policy == "UNIQUE"
        or (table.policy == "ANY" and _fixed_and_different(first, second))
    )
    for first, second in islice(pairs, MOST_NAMED):
        yield Finding(
            second.id,
            "overlap",
            f"Aturan {first.number} dan {second.number} dapat berlaku bersamaan, padahal tabel ini"
            f" {table.policy}. Tulis syarat yang saling meniadakan.",
            f"Rules {first.number} and {second.number} can apply together, but the table is"
            f" {table.policy}. Write conditions that exclude each other.",
            "error" if certain else "warning",
        )


def _fixed_and_different(first: Rule, second: Rule) -> bool:
    both = [*first.results, *second.results]
    fixed = all(isinstance(each.root, nodes.Literal) for each in both)
    return fixed and [r.evaluate({}) for r in first.results] != [
        r.evaluate({}) for r in second.results
    ]


def _undecided(place: str) -> Finding:
    return Finding(
        place,
        "undecidable",
        "Tidak dapat dipastikan bahwa aturan-aturan ini saling meniadakan. Bandingkan masukan"
        " dengan nilai tetap.",
        "It cannot be decided whether these rules exclude each other. Compare inputs with fixed"
        " values.",
        "warning",
    )
