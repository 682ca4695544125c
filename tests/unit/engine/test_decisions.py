"""Decision tables: what each hit policy gives, and when there is no result."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.decision_board import column, decision, dmn, literal, one_table, result, table

from engine.decisions import Decision, DecisionFailed

SIFAT = column("sifat")
HOURS = [column("n", "number"), result("hours", "number")]


def decided(source: bytes, **data: object) -> Any:
    return Decision.compile(source, "d").decide(data)


@pytest.mark.parametrize(
    ("cell", "taken", "left"),
    [
        ('"biasa"', ["biasa"], ["segera", None]),
        ('"biasa","segera"', ["biasa", "segera"], ["rahasia"]),
        ('not("biasa","segera")', ["rahasia", None], ["biasa", "segera"]),
        ("-", ["biasa", None], []),
        ("null", [None], ["biasa"]),
        ('> "m"', ["z"], ["a", None]),
        ("other", ["same"], ["another"]),
    ],
)
def test_a_cell_takes_the_texts_it_names(
    cell: str, taken: list[object], left: list[object]
) -> None:
    source = one_table([SIFAT, result("out")], [f'{cell} -> "yes"'])

    assert [decided(source, sifat=value, other="same") for value in taken] == ["yes"] * len(taken)
    assert [decided(source, sifat=value, other="same") for value in left] == [None] * len(left)


@pytest.mark.parametrize(
    ("cell", "taken", "left"),
    [
        ("5", [5, 5.0], [4, None]),
        ("-5", [-5], [5]),
        ("< 5", [4.99], [5, None]),
        ("<= 5, >= 10", [5, 10], [7]),
        ("[1..3]", [1, 2, 3], [0, 4]),
        ("(1..3)", [2], [1, 3]),
        ("]1..3[", [2], [1, 3]),
        ("[1..3)", [1, 2], [3]),
        ("not([1..3])", [0, 4], [1, 3, None]),
        ("[limit - 1..limit]", [9, 10], [8, 11]),
    ],
)
def test_a_cell_takes_the_numbers_it_describes(
    cell: str, taken: list[object], left: list[object]
) -> None:
    source = one_table([column("n", "number"), result("out")], [f'{cell} -> "yes"'])

    assert [decided(source, n=value, limit=10) for value in taken] == ["yes"] * len(taken)
    assert [decided(source, n=value, limit=10) for value in left] == [None] * len(left)


def test_a_row_applies_when_all_its_cells_take_their_input() -> None:
    source = one_table(
        [SIFAT, column("n", "number"), result("out")],
        ['"biasa" ; < 5 -> "a"', '"biasa" ; >= 5 -> "b"', '"segera" ; - -> "c"'],
    )

    assert decided(source, sifat="biasa", n=4) == "a"
    assert decided(source, sifat="biasa", n=5) == "b"
    assert decided(source, sifat="segera", n=None) == "c"
    assert decided(source, sifat="rahasia", n=5) is None


def test_several_outputs_make_a_context() -> None:
    source = one_table(
        [SIFAT, result("route"), result("hours", "number")], ['"segera" -> "kurir" ; 2 * factor']
    )

    assert decided(source, sifat="segera", factor=2) == {"route": "kurir", "hours": 4}


def test_two_rules_of_a_unique_table_that_apply_together_are_an_error() -> None:
    source = one_table([*HOURS], ["a -> 1", "b -> 2", "c -> 3"])

    assert decided(source, n=2, a=1, b=2, c=3) == 2
    with pytest.raises(DecisionFailed, match=r"rules 1, 3 apply together") as failed:
        decided(source, n=1, a=1, b=2, c=1)
    assert "aturan 1, 3 berlaku bersamaan" in failed.value.sentence


def test_the_first_rule_that_applies_decides() -> None:
    source = one_table([*HOURS], ["> 10 -> 1", "> 5 -> 2", "- -> 3"], "FIRST")

    assert [decided(source, n=n) for n in (11, 6, 1)] == [1, 2, 3]


def test_any_wants_rules_that_agree() -> None:
    source = one_table([*HOURS], ["a -> 1", "b -> 1", "c -> 2"], "ANY")

    assert decided(source, n=1, a=1, b=1, c=3) == 1
    with pytest.raises(DecisionFailed, match="disagree"):
        decided(source, n=1, a=1, b=2, c=1)


RANKS = '"rahasia","terbatas","biasa"'
RANKED = ['> 0 -> "biasa"', '> 10 -> "terbatas"', '> 20 -> "rahasia"']


def test_the_order_of_the_output_values_is_their_priority() -> None:
    source = one_table([column("n", "number"), result("c", allowed=RANKS)], RANKED, "PRIORITY")

    assert [decided(source, n=n) for n in (5, 15, 25, -1)] == ["biasa", "terbatas", "rahasia", None]


def test_priority_looks_at_the_second_output_where_the_first_is_equal() -> None:
    source = one_table(
        [SIFAT, result("a", allowed='"x","y"'), result("b", "number", allowed="3,2,1")],
        ['- -> "y" ; 3', '- -> "x" ; 1', '- -> "x" ; 2'],
        "PRIORITY",
    )

    assert decided(source) == {"a": "x", "b": 2}


def test_output_order_sorts_and_rule_order_does_not() -> None:
    columns = [column("n", "number"), result("c", allowed=RANKS)]

    assert decided(one_table(columns, RANKED, "OUTPUT ORDER"), n=25) == [
        "rahasia",
        "terbatas",
        "biasa",
    ]
    assert decided(one_table(columns, RANKED, "RULE ORDER"), n=25) == [
        "biasa",
        "terbatas",
        "rahasia",
    ]


@pytest.mark.parametrize(
    ("aggregation", "hit", "missed"),
    [
        ("", [1, 4, 4], []),
        ("SUM", 9, None),
        ("MIN", 1, None),
        ("MAX", 4, None),
        ("COUNT", 3, 0),
    ],
)
def test_collect_lists_or_aggregates(aggregation: str, hit: object, missed: object) -> None:
    source = one_table(
        [*HOURS], ["> 0 -> 1", "> 1 -> 4", "> 2 -> 4", "> 9 -> 9"], "COLLECT", aggregation
    )

    assert decided(source, n=5) == hit
    assert decided(source, n=-5) == missed


def test_collect_of_several_outputs_lists_contexts() -> None:
    source = one_table(
        [SIFAT, result("a"), result("b")], ['- -> "x" ; "y"', '- -> "z" ; null'], "COLLECT"
    )

    assert decided(source) == [{"a": "x", "b": "y"}, {"a": "z", "b": None}]


def test_a_sum_of_nothing_but_null_is_an_error() -> None:
    source = one_table([*HOURS], ["- -> missing"], "COLLECT", "SUM")

    with pytest.raises(DecisionFailed, match="SUM"):
        decided(source, n=1)


def test_the_default_stands_in_when_no_rule_applies() -> None:
    source = one_table([SIFAT, result("out", default='"biasa"')], ['"segera" -> "kilat"'])

    assert (decided(source, sifat="segera"), decided(source)) == ("kilat", "biasa")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"n": "5"}, "input 'n'"),
        ({"n": True}, "input 'n'"),
        ({"n": [1]}, "input 'n'"),
        ({"n": 1, "out": "text"}, "output 'hours'"),
    ],
)
def test_a_value_of_another_type_is_an_error(data: dict[str, object], word: str) -> None:
    source = one_table([*HOURS], ["- -> out"])

    with pytest.raises(DecisionFailed, match=word):
        decided(source, **data)


def test_a_whole_number_has_no_fraction() -> None:
    source = one_table([column("n", "integer"), result("out")], ['- -> "yes"'])

    assert decided(source, n=3) == "yes"
    with pytest.raises(DecisionFailed):
        decided(source, n=3.5)


def test_a_value_outside_the_allowed_ones_is_an_error() -> None:
    source = one_table(
        [column("sifat", allowed='"biasa","segera"'), result("out", allowed='"a","b"')],
        ["- -> chosen"],
    )

    assert decided(source, sifat="biasa", chosen="a") == "a"
    with pytest.raises(DecisionFailed, match="sifat"):
        decided(source, sifat="rahasia", chosen="a")
    with pytest.raises(DecisionFailed, match="out"):
        decided(source, sifat="biasa", chosen="c")


def test_a_decision_builds_on_the_decisions_it_requires() -> None:
    base = decision(table([*HOURS], ["> 5 -> 8", "<= 5 -> 4"]), "base", "jam")
    twice = decision(literal("jam * 2"), "twice", "ganda", ("base",))
    top = decision(
        table([column("ganda", "number"), result("out")], ['> 10 -> "lama"', '<= 10 -> "cepat"']),
        "d",
        "",
        ("twice", "base"),
    )

    assert decided(dmn(top, twice, base), n=6) == "lama"
    assert decided(dmn(top, twice, base), n=5) == "cepat"


def test_a_chain_of_decisions_cannot_blow_a_result_up() -> None:
    links = [decision(literal('"0123456789"'), "v0")]
    links += [
        decision(literal("[" + ",".join([f"v{n - 1}"] * 300) + "]"), f"v{n}", "", (f"v{n - 1}",))
        for n in range(1, 5)
    ]

    with pytest.raises(DecisionFailed, match="v2"):
        Decision.compile(dmn(*links), "v4").decide({})


@pytest.mark.parametrize(
    ("mapping", "value"),
    [
        ("singleEntry", 4),
        ("singleResult", {"hours": 4}),
        ("collectEntries", [4]),
        ("resultList", [{"hours": 4}]),
    ],
)
def test_a_result_is_mapped_as_the_diagram_asks(mapping: str, value: object) -> None:
    one = Decision.compile(one_table([*HOURS], ["> 0 -> 4"]), "d")
    many = Decision.compile(one_table([*HOURS], ["> 0 -> 4", "> 0 -> 5"], "COLLECT"), "d")

    assert one.outputs({"n": 1}, mapping) == value
    assert one.outputs({"n": 0}, mapping) == ([] if isinstance(value, list) else None)
    if mapping.startswith("single"):
        with pytest.raises(DecisionFailed, match="2 results"):
            many.outputs({"n": 1}, mapping)
    else:
        assert len(many.outputs({"n": 1}, mapping)) == 2
