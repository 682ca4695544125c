"""Escapes in decision tables: each is refused at deployment, or stopped when it decides."""

from __future__ import annotations

import pytest
from escapes.canary import JUEL, TOUCH, WALK, Canary
from unit.engine.decision_board import (
    column,
    decision,
    dmn,
    literal,
    one_table,
    result,
    table,
    text,
)

from engine import DefinitionRejected
from engine.decisions import Decision, DecisionFailed, examine_decisions

S, OUT = column("s"), result("out")
JAVA = '{java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}}'


def cell(body: str) -> bytes:
    return dmn(decision(table([S, OUT], [f'{body} -> "x"'])))


def scripted(language: str) -> bytes:
    entry = text("inputEntry", TOUCH, expressionLanguage=language)
    rule = f'<rule id="r1">{entry}{text("outputEntry", "1")}</rule>'
    return dmn(decision(f'<decisionTable id="t">{S}{OUT}{rule}</decisionTable>'))


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "Python cell": (cell(TOUCH), "r1", "expression"),
    "Python in a list": (cell(f'"a", {TOUCH}'), "r1", "expression"),
    "Python negated": (cell(f"not({TOUCH})"), "r1", "expression"),
    "JUEL cell": (cell(JUEL), "r1", "expression"),
    "walk in a cell": (cell(WALK), "r1", "expression"),
    "call in a cell": (cell("contains(s, s)"), "r1", "expression"),
    "pattern in a cell": (cell('matches(?, "(a+)+$")'), "r1", "expression"),
    "Python result": (one_table([S, OUT], [f"- -> {TOUCH}"]), "r1", "expression"),
    "Java result": (one_table([S, OUT], [f"- -> function() external {JAVA}"]), "r1", "expression"),
    "Python input": (one_table([column(TOUCH), OUT], ['- -> "x"']), f"in_{TOUCH}", "expression"),
    "Python default": (one_table([S, result("out", default=TOUCH)], ['- -> "x"']),
                       "out_out", "expression"),
    "Python values": (one_table([S, result("out", allowed=TOUCH)], ['- -> "x"']),
                      "out_out", "expression"),
    "expression in Python": (dmn(decision(literal(TOUCH))), "d", "expression"),
    "language of a cell": (scripted("python"), "r1", "language"),
    "language of the file": (dmn(decision(literal("1"))).replace(
        b'id="file"', b'id="file" expressionLanguage="http://www.jcp.org/en/jsr/detail?id=223"'),
        "file", "language"),
    "business knowledge model": (dmn('<businessKnowledgeModel id="k" name="k">'
                                     f"<encapsulatedLogic kind='Java'>{literal(JAVA)}"
                                     "</encapsulatedLogic></businessKnowledgeModel>"),
                                 "k", "not-supported"),
    "invocation": (dmn(decision(f"<invocation id='i'>{literal('k')}</invocation>")),
                   "i", "not-supported"),
    "function": (dmn(decision("<functionDefinition id='f' kind='PMML'/>")), "f", "not-supported"),
    "import": (dmn('<import id="m" locationURI="http://192.0.2.1/evil.dmn" importType="x"'
                   ' namespace="urn:x"/>'), "m", "not-supported"),
    "extension": (dmn("<extensionElements><camunda:script xmlns:camunda='urn:x'>"
                      f"{TOUCH}</camunda:script></extensionElements>".replace('"', "&quot;")),
                  "file", "not-supported"),
    "input variable": (dmn(decision(table(
        [S.replace("<input ", '<input camunda:inputVariable="__class__" '), OUT], ['- -> "x"']))),
        "in_s", "attribute"),
    "Java type": (one_table([column("s", "java.lang.Runtime"), OUT], ['- -> "x"']),
                  "in_s", "type"),
    "name of a class": (one_table([S, result("x.__class__")], ['- -> "x"']), "d", "name"),
    "circle": (dmn(decision(literal("b"), "a", "", ("b",)),
                   decision(literal("a"), "b", "", ("a",))),
               "a", "circle"),
    "too many rules": (one_table([S, OUT], ['"a" -> "x"'] * 1_001), "", "too-large"),
    "too many columns": (one_table([S] * 21 + [OUT], ['- -> "x"']), "", "too-large"),
    "too many cells": (one_table([S] * 5 + [OUT], ['- ; - ; - ; - ; - -> "x"'] * 900),
                       "", "too-large"),
    "too many decisions": (dmn(*(decision(literal("1"), f"d{n}") for n in range(21))),
                           "", "too-large"),
    "too much text": (one_table([S, OUT], [f'"{n:0900}" -> "x"' for n in range(200)]),
                      "", "too-large"),
    "slow to parse": (one_table([S, OUT], [("1+" * 490 + f"{n} -> 1") for n in range(200)]),
                      "", "too-large"),
    "huge number": (cell("9" * 10_000), "r1", "expression"),
    "deep cell": (cell("[" * 400 + "]" * 400), "r1", "expression"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_an_escape_is_refused_where_it_stands(canary: Canary, name: str) -> None:
    source, place, rule = HOSTILE[name]
    source = canary.armed(source)
    place = canary.armed(place).decode()

    with canary.watched():
        findings = examine_decisions(source)

    assert (place, rule, "error") in {(each.element, each.rule, each.severity) for each in findings}
    with canary.watched(), pytest.raises(DefinitionRejected):
        Decision.compile(source, "d")


def chain(first: str, link: str) -> bytes:
    """Twenty decisions, each made of the one before."""
    links = [decision(literal(first), "v0")]
    links += [
        decision(literal(link.replace("x", f"v{n - 1}")), f"v{n}", "", (f"v{n - 1}",))
        for n in range(1, 20)
    ]
    return dmn(*links)


@pytest.mark.parametrize(
    ("first", "link"),
    [('"0123456789"', "[" + ",".join(["x"] * 200) + "]"), ("[]", "[x,x,x]")],
    ids=["wide", "nested"],
)
def test_a_chain_of_lists_is_stopped(canary: Canary, first: str, link: str) -> None:
    bomb = Decision.compile(chain(first, link), "v19")

    with canary.watched(), pytest.raises(DecisionFailed):
        bomb.decide({})


@pytest.mark.parametrize(
    ("first", "link"), [('"0123456789"', "+".join(["x"] * 200)), ("9999999999", "x * x * x")]
)
def test_a_chain_that_grows_ends_as_null(canary: Canary, first: str, link: str) -> None:
    bomb = Decision.compile(chain(first, link), "v19")

    with canary.watched():
        assert bomb.decide({}) is None


def test_a_table_of_the_largest_size_decides_soon(canary: Canary) -> None:
    largest = one_table([S, OUT], [f'"{n}" -> "x"' for n in range(1_000)])
    ready = Decision.compile(largest, "d")

    with canary.watched():
        assert ready.decide({"s": "999"}) == "x"


def test_a_table_made_to_keep_the_examination_busy_is_answered_soon(canary: Canary) -> None:
    columns = [column(f"s{n}") for n in range(4)]
    rows = [f'not("a") ; not("b") ; not("c") ; "{n}" -> "x"' for n in range(1_000)]

    with canary.watched():
        assert examine_decisions(one_table([*columns, OUT], rows)) == []
