"""What is found in a decision file before anybody relies on it."""

from __future__ import annotations

import time

import pytest
from unit.engine.decision_board import (
    HEAD,
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
from engine.decisions import Decision, decision_ids, examine_decisions

N = column("n", "number")
OUT = result("out")


def found(source: bytes) -> set[tuple[str, str, str]]:
    return {(f.element, f.rule, f.severity) for f in examine_decisions(source)}


def drawn(*rows: str, policy: str = "UNIQUE", columns: list[str] | None = None) -> bytes:
    return one_table(columns or [N, OUT], list(rows), policy)


def test_a_sound_table_has_no_findings() -> None:
    source = drawn('< 5 -> "a"', '[5..9] -> "b"', '> 9 -> "c"', 'null -> "d"')

    assert examine_decisions(source) == []
    assert decision_ids(source) == ("d",)


@pytest.mark.parametrize(
    ("source", "place", "rule"),
    [
        (drawn("< 5 and -> 1"), "r1", "expression"),
        (drawn("biasa sekali -> 1"), "r1", "expression"),
        (drawn("5 -> "), "r1", "expression"),
        (drawn("count(x) -> 1"), "r1", "expression"),
        (drawn('"a" -> "x"'), "r1", "type"),
        (drawn('5 -> "x"', columns=[column("n", "string"), OUT]), "r1", "type"),
        (drawn("5 -> 7"), "r1", "type"),
        (drawn("5.5 -> null", columns=[column("n", "integer"), OUT]), "r1", "type"),
        (drawn("5 ; 6 -> null"), "r1", "row"),
        (drawn('5 -> "x"', columns=[column("n", "date"), OUT]), "in_n", "type"),
        (drawn('5 -> "x"', columns=[N, result("out", "tMoney")]), "out_out", "type"),
        (drawn('5 -> "x"', columns=[column("n +"), OUT]), "in_n +", "expression"),
        (drawn('5 -> "x"', columns=[N, result("two words")]), "d", "name"),
        (drawn('5 -> "x" ; "y"', columns=[N, OUT, OUT]), "d", "name"),
        (drawn(), "d", "empty-table"),
        (drawn('5 -> "x"', policy="WHATEVER"), "d", "hit-policy"),
        (one_table([N, OUT], ['5 -> "x"'], "UNIQUE", "SUM"), "d", "hit-policy"),
        (one_table([N, OUT], ['5 -> "x"'], "COLLECT", "AVG"), "d", "hit-policy"),
        (
            one_table([N, OUT, result("b")], ['5 -> "x" ; "y"'], "COLLECT", "SUM"),
            "d",
            "aggregation",
        ),
        (drawn('5 -> "x"', policy="PRIORITY"), "d", "no-priority"),
        (drawn('5 -> "x"', policy="OUTPUT ORDER"), "d", "no-priority"),
        (drawn('5 -> "x"', columns=[N, result("out", allowed='"a","b"')]), "r1", "not-listed"),
        (drawn('5 -> "a"', columns=[N, result("out", allowed="a,b")]), "out_out", "values"),
        (dmn(decision("")), "d", "no-logic"),
        (dmn(decision(literal("1"), "d", "two words")), "d", "name"),
        (dmn(decision(literal("1")), decision(literal("2"))), "d", "id"),
        (dmn(decision(literal("1"), requires=("other",))), "d", "unknown-decision"),
        (dmn(decision(literal("1"), requires=("d",))), "d", "circle"),
        (dmn(), "", "no-decision"),
        (HEAD.replace("20191111", "20180521").encode() + b"</definitions>", "", "not-dmn"),
        (dmn('<import importType="x" namespace="urn:y"/>'), "file", "not-supported"),
        (dmn('<itemDefinition id="t" name="tMoney"/>'), "t", "not-supported"),
        (dmn('<businessKnowledgeModel id="k" name="k"/>'), "k", "not-supported"),
        (dmn(decision("<invocation/>")), "d", "not-supported"),
        (dmn(decision("<context/>")), "d", "not-supported"),
        (dmn(decision(text("literalExpression", "1", expressionLanguage="groovy"))), "d",
         "language"),
        (dmn(decision(table([column("n").replace("<input ", '<input camunda:inputVariable="x" '),
                             OUT], ['- -> "x"']))), "in_n", "attribute"),
    ],
)  # fmt: skip
def test_an_unsound_file_is_a_finding(source: bytes, place: str, rule: str) -> None:
    findings = examine_decisions(source)

    assert (place, rule, "error") in {(f.element, f.rule, f.severity) for f in findings}
    assert all(f.message.endswith(".") and f.message_en.endswith(".") for f in findings)
    with pytest.raises(DefinitionRejected):
        Decision.compile(source, "d")


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("< 5", "> 5", False),
        ("<= 5", ">= 5", True),
        ("[1..5)", "[5..9]", False),
        ("[1..5]", "(4..9]", True),
        ("not(5)", "5", False),
        ("not(5)", "not(6)", True),
        ("-", "7", True),
        ("null", "not(null)", False),
        ("< 2, > 8", "[3..7]", False),
        ("< 2, > 8", "[3..9]", True),
    ],
)
def test_rules_of_a_unique_table_that_can_meet_are_found(
    first: str, second: str, overlap: bool
) -> None:
    source = drawn(f'{first} -> "a"', f'{second} -> "b"')

    assert (("r2", "overlap", "error") in found(source)) is overlap


def test_one_column_that_keeps_rules_apart_is_enough() -> None:
    columns = [N, column("sifat"), OUT]

    apart = drawn('> 1 ; "a" -> "x"', '> 1 ; not("a") -> "y"', columns=columns)
    together = drawn('> 1 ; "a" -> "x"', '> 2 ; - -> "y"', columns=columns)

    assert found(apart) == set()
    assert found(together) == {("r2", "overlap", "error")}


def test_whole_numbers_do_not_meet_between_two_neighbours() -> None:
    rows = ['< 6 -> "a"', '> 5 -> "b"']

    assert ("r2", "overlap", "error") in found(drawn(*rows))
    assert found(drawn(*rows, columns=[column("n", "integer"), OUT])) == set()


def test_rules_meet_only_at_values_the_column_allows() -> None:
    rows = ['not("a") -> "x"', 'not("b") -> "y"']
    two = [column("s", allowed='"a","b"'), OUT]

    # Null is always allowed, and passes both.
    assert found(drawn(*rows, columns=two)) == {("r2", "overlap", "error")}
    assert found(drawn('"a" -> "x"', '"b" -> "y"', columns=two)) == set()


def test_what_cannot_be_decided_is_a_warning() -> None:
    counted = [column("count(copies)", "number"), column("max(copies)", "number"), OUT]

    assert found(drawn('limit -> "x"', '5 -> "y"')) == {("d", "undecidable", "warning")}
    assert found(drawn('> 1 ; - -> "x"', '- ; > 1 -> "y"', columns=counted)) == {
        ("r2", "overlap", "warning")
    }


def test_a_table_that_may_have_several_hits_is_not_asked_whether_it_has() -> None:
    for policy in ("FIRST", "COLLECT", "RULE ORDER", "ANY"):
        assert found(drawn('> 1 -> "x"', '> 2 -> "x"', policy=policy)) == set()
    assert ("r2", "overlap", "error") in found(drawn('> 1 -> "x"', '> 2 -> "y"', policy="ANY"))


def test_a_rule_that_never_applies_is_found() -> None:
    assert ("r1", "never-true", "error") in found(drawn('[9..3] -> "x"', policy="FIRST"))


def test_a_thousand_rules_are_examined_soon_and_more_are_refused() -> None:
    rows = [f'{n} -> "x"' for n in range(1000)]

    started = time.perf_counter()
    findings = examine_decisions(drawn(*rows))

    assert findings == []
    assert time.perf_counter() - started < 10
    assert ("", "too-large", "error") in found(drawn(*rows, '-1 -> "x"'))


def test_of_a_thousand_overlaps_twenty_are_named() -> None:
    assert len(examine_decisions(drawn(*['- -> "x"'] * 1000))) <= 20
