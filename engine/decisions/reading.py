"""Reads a DMN 1.3 file: every decision in it, and a finding for what cannot be understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from engine.decisions.model import KINDS, DecisionModel, Input, Output, Rule, Table
from engine.decisions.policies import AGGREGATORS, MULTIPLE, SINGLE
from engine.decisions.vocabulary import DMN, check_vocabulary, place_of
from engine.feel import CellTests, Expression, FeelError, parse, parse_tests
from engine.findings import Finding
from engine.hostile_xml import XmlNode, open_hostile_xml

#: Decisions in one file.
MOST_DECISIONS = 20
#: Rules in one table.
MOST_RULES = 1_000
#: Columns of one table.
MOST_COLUMNS = 20
#: Cells of one table: every two rules are compared in every column.
MOST_CELLS = 5_000
#: Characters in all expressions of a file together, each different one counted once.
MOST_TEXT = 40_000

Models = dict[str, DecisionModel]


@dataclass
class Reading:
    """What was read so far of one file."""

    models: Models = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _texts: dict[tuple[str, str], Any] = field(default_factory=dict)
    _length: int = 0

    def report(self, place: str, rule: str, message: str, message_en: str) -> None:
        """Note what is wrong at this element."""
        self.findings.append(Finding(place, rule, message, message_en))

    def expression(self, node: XmlNode | None, place: str) -> Expression:
        """Return the expression in the node; ``null`` stands for one that cannot be read."""
        text = _text(node)
        found = self._parsed("expression", text, place)
        return found if isinstance(found, Expression) else parse("null")

    def tests(self, node: XmlNode | None, place: str) -> CellTests:
        """Return the tests in the node; an empty cell takes everything, as modelers show it."""
        found = self._parsed("tests", _text(node) or "-", place)
        return found if isinstance(found, CellTests) else parse_tests("-")

    def values(self, node: XmlNode, place: str) -> tuple[Any, ...]:
        """Return the fixed values listed in the node."""
        found = self._parsed("expression", f"[{_text(node)}]", place)
        values = found.evaluate({}) if isinstance(found, Expression) else [""]
        if not values or any(value is None or isinstance(value, list) for value in values):
            self.report(
                place,
                "values",
                'Daftar nilai keluaran hanya memuat nilai tetap: "tinggi","rendah".',
                'The list of output values has nothing but fixed values: "high","low".',
            )
        return tuple(values)

    def _parsed(self, kind: str, text: str, place: str) -> Expression | CellTests | None:
        known: Expression | CellTests | None = self._texts.get((kind, text))
        if known is not None:
            return known
        self._length += len(text)
        if self._length > MOST_TEXT:
            raise TooMuch(
                f"lebih dari {MOST_TEXT:,} karakter ungkapan",
                f"more than {MOST_TEXT:,} characters of expressions",
            )
        try:
            found = parse(text) if kind == "expression" else parse_tests(text)
        except FeelError as error:
            self.report(
                place,
                "expression",
                f"{text!r:.200} tidak dapat dibaca. {error.sentence} Teks ditulis dalam tanda"
                ' petik: "biasa".',
                f"{text!r:.200} cannot be read. {error} Text is written in quotation marks:"
                ' "biasa".',
            )
            return None
        self._texts[(kind, text)] = found
        return found


class TooMuch(ValueError):
    """The file is larger than anybody's table."""

    def __init__(self, sentence: str, english: str) -> None:
        super().__init__(english)
        self.sentence = sentence


def read_decisions(source: bytes) -> tuple[Models, list[Finding]]:
    """Return every decision by its id, and all that cannot be executed as it is written."""
    opened = open_hostile_xml(source)
    if opened.root is None:
        return {}, list(opened.findings)
    reading = Reading()
    if opened.root.tag != f"{DMN}definitions":
        reading.report(
            "",
            "not-dmn",
            "Berkas ini bukan keputusan DMN 1.3. Simpan sebagai DMN 1.3.",
            "The file is not a DMN 1.3 decision. Save it as DMN 1.3.",
        )
        return {}, reading.findings
    reading.findings += check_vocabulary(opened.root)
    try:
        _read(reading, opened.root)
    except TooMuch as error:
        reading.report(
            "",
            "too-large",
            f"Berkas keputusan memuat {error.sentence}. Pisahkan menjadi beberapa berkas.",
            f"The file has {error}. Split it.",
        )
    return reading.models, reading.findings


def _read(reading: Reading, root: XmlNode) -> None:
    nodes = root.findall(f"{DMN}decision")
    _limit(len(nodes), MOST_DECISIONS, "keputusan", "decisions")
    if not nodes:
        reading.report(
            "",
            "no-decision",
            "Berkas ini tidak memuat keputusan. Gambar sedikitnya satu tabel keputusan.",
            "The file contains no decision. Draw at least one decision table.",
        )
    for node in nodes:
        found = _decision(reading, node)
        if not found.id or found.id in reading.models:
            reading.report(
                found.id,
                "id",
                "Setiap keputusan perlu id yang berlainan.",
                "Every decision needs an id of its own.",
            )
        reading.models[found.id] = found


def _decision(reading: Reading, node: XmlNode) -> DecisionModel:
    place = node.get("id", "")
    variable = node.find(f"{DMN}variable")
    named = variable.get("name", "") if variable is not None else ""
    table, literal = node.find(f"{DMN}decisionTable"), node.find(f"{DMN}literalExpression")
    logic: Table | Expression
    if table is not None:
        logic = _table(reading, table, place, named or place)
    elif literal is not None:
        logic = reading.expression(literal, place)
    else:
        reading.report(
            place,
            "no-logic",
            "Keputusan ini kosong. Isi dengan tabel keputusan atau satu ungkapan FEEL.",
            "This decision is empty. Give it a decision table or one FEEL expression.",
        )
        logic = parse("null")
    requires = [
        each.get("href", "").removeprefix("#")
        for each in node.findall(f"{DMN}informationRequirement/{DMN}requiredDecision")
    ]
    return DecisionModel(
        id=place,
        name=node.get("name", place),
        variable=named or place,
        kind=_kind(reading, variable, place),
        logic=logic,
        requires=tuple(dict.fromkeys(requires)),
    )


def _table(reading: Reading, node: XmlNode, place: str, only: str) -> Table:
    rows = node.findall(f"{DMN}rule")
    columns = node.findall(f"{DMN}input"), node.findall(f"{DMN}output")
    _limit(len(rows), MOST_RULES, "aturan dalam satu tabel", "rules in one table")
    _limit(max(map(len, columns)), MOST_COLUMNS, "kolom dalam satu tabel", "columns in one table")
    cells = len(rows) * sum(map(len, columns))
    _limit(cells, MOST_CELLS, "sel dalam satu tabel", "cells in one table")
    outputs = tuple(_output(reading, each, place) for each in columns[1])
    if len(outputs) == 1:
        # DMN names the only output after the decision; a modeler's own name is kept.
        outputs = (replace(outputs[0], name=outputs[0].name or only),)
    table = Table(
        policy=node.get("hitPolicy", "UNIQUE"),
        aggregator=node.get("aggregation", ""),
        inputs=tuple(_input(reading, each, place) for each in columns[0]),
        outputs=outputs,
        rules=tuple(_rules(reading, rows, place, (len(columns[0]), len(columns[1])))),
    )
    if table.policy not in SINGLE | MULTIPLE or (
        table.aggregator and (table.aggregator not in AGGREGATORS or table.policy != "COLLECT")
    ):
        reading.report(
            place,
            "hit-policy",
            f"Kebijakan {table.policy!r:.40} {table.aggregator!r:.40} tidak dikenal. Pakai UNIQUE,"
            " FIRST, PRIORITY, ANY, COLLECT, RULE ORDER, atau OUTPUT ORDER.",
            f"Hit policy {table.policy!r:.40} {table.aggregator!r:.40} is unknown. Use UNIQUE,"
            " FIRST, PRIORITY, ANY, COLLECT, RULE ORDER or OUTPUT ORDER.",
        )
    return table


def _rules(
    reading: Reading, rows: list[XmlNode], place: str, columns: tuple[int, int]
) -> list[Rule]:
    rules = []
    for number, row in enumerate(rows, 1):
        here = row.get("id") or place
        tests = row.findall(f"{DMN}inputEntry")
        results = row.findall(f"{DMN}outputEntry")
        if (len(tests), len(results)) != columns:
            reading.report(
                here,
                "row",
                f"Aturan {number} tidak mengisi setiap kolom tepat sekali.",
                f"Rule {number} does not fill every column once.",
            )
            continue
        rules.append(
            Rule(
                id=here,
                number=number,
                tests=tuple(reading.tests(each, here) for each in tests),
                results=tuple(reading.expression(each, here) for each in results),
            )
        )
    return rules


def _input(reading: Reading, node: XmlNode, place: str) -> Input:
    here = node.get("id") or place
    expression, values = node.find(f"{DMN}inputExpression"), node.find(f"{DMN}inputValues")
    return Input(
        id=here,
        label=node.get("label", "") or _text(expression),
        expression=reading.expression(expression, here),
        kind=_kind(reading, expression, here),
        allowed=reading.tests(values, here) if values is not None else None,
    )


def _output(reading: Reading, node: XmlNode, place: str) -> Output:
    here = node.get("id") or place
    values, default = node.find(f"{DMN}outputValues"), node.find(f"{DMN}defaultOutputEntry")
    return Output(
        id=here,
        name=node.get("name", ""),
        kind=_kind(reading, node, here),
        allowed=reading.values(values, here) if values is not None else (),
        default=reading.expression(default, here) if default is not None else None,
    )


def _kind(reading: Reading, node: XmlNode | None, place: str) -> str:
    written = "Any" if node is None else node.get("typeRef", "Any")
    if written not in KINDS:
        reading.report(
            place_of(node) or place,
            "type",
            f"Tipe {written!r:.60} tidak dikenal. Pakai string, number, integer, atau boolean.",
            f"Type {written!r:.60} is unknown. Use string, number, integer or boolean.",
        )
    return KINDS.get(written, "")


def _text(node: XmlNode | None) -> str:
    return "" if node is None else (node.findtext(f"{DMN}text") or "").strip()


def _limit(count: int, most: int, sentence: str, english: str) -> None:
    if count > most:
        raise TooMuch(f"lebih dari {most:,} {sentence}", f"more than {most:,} {english}")
