"""The difference of two versions of a decision table, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from unit.engine.decision_board import column, decision, dmn, literal, one_table, result, table

from webapp.decision_changes import decision_differences
from webapp.diagram_changes import Detail, Difference
from webapp.languages import speak

HEAD = [column("sifat"), column("tujuan", "number"), result("way")]
ROWS = ['"segera" ; - -> "kurir"', '"biasa" ; > 3 -> "pos"', '- ; - -> "surel"']


def compared(before: bytes, after: bytes) -> list[Difference]:
    return list(decision_differences({"way": before.decode()}, {"way": after.decode()}))


def rows_compared(before: list[str], after: list[str]) -> tuple[Detail, ...]:
    (found,) = compared(one_table(HEAD, before, "FIRST"), one_table(HEAD, after, "FIRST"))
    assert (found.title, found.change) == ("Tabel keputusan d", "changed")
    return found.details


def test_the_same_table_has_no_difference() -> None:
    assert compared(one_table(HEAD, ROWS), one_table(HEAD, ROWS)) == []


def test_a_changed_rule_is_told_with_both_values() -> None:
    found = rows_compared(ROWS, [ROWS[0], '"biasa" ; > 5 -> "pos"', ROWS[2]])

    assert found == (
        Detail(
            "Aturan 2",
            'sifat: "biasa"; tujuan: > 3 → way: "pos"',
            'sifat: "biasa"; tujuan: > 5 → way: "pos"',
        ),
    )


def test_a_rule_in_between_is_told_alone() -> None:
    found = rows_compared(ROWS, [ROWS[0], '"rahasia" ; - -> "kurir"', *ROWS[1:]])

    assert found == (Detail("Aturan 2", "", 'sifat: "rahasia" → way: "kurir"'),)


def test_a_rule_that_is_gone_is_told_alone() -> None:
    assert rows_compared(ROWS, ROWS[:2]) == (Detail("Aturan 3", '– → way: "surel"', ""),)


def test_the_order_of_rules_is_a_change() -> None:
    found = rows_compared(ROWS, [ROWS[1], ROWS[0], ROWS[2]])

    assert [(each.label, bool(each.before), bool(each.after)) for each in found] == [
        ("Aturan 1", False, True),
        ("Aturan 2", True, False),
    ]


def test_a_rule_that_changed_its_place_and_a_cell_has_both_numbers() -> None:
    found = rows_compared(ROWS, ['"rahasia" ; - -> "kurir"', *ROWS[:2], '- ; - -> "pos"'])

    assert [each.label for each in found] == ["Aturan 1", "Aturan 3 → 4"]


def test_policy_and_columns_are_compared() -> None:
    wider = [
        column("sifat", allowed='"segera","biasa"'),
        *HEAD[1:2],
        result("way", default='"pos"'),
    ]

    (found,) = compared(one_table(HEAD, ROWS, "FIRST"), one_table(wider, ROWS, "COLLECT"))

    assert found.details == (
        Detail("Kebijakan", "FIRST", "COLLECT"),
        Detail("Masukan sifat", "sifat: string", 'sifat: string ∈ "segera","biasa"'),
        Detail("Keluaran way", "way: string", 'way: string = "pos"'),
    )


def test_two_columns_of_one_name_are_both_compared() -> None:
    twice = [column("sifat"), column("sifat"), result("way")]
    typed = [column("sifat"), column("sifat", "Any"), result("way")]

    (found,) = compared(one_table(twice, ROWS[2:]), one_table(typed, ROWS[2:]))

    assert found.details == (
        Detail("Masukan sifat", "sifat: string; sifat: string", "sifat: string; sifat"),
    )


def test_an_expression_and_what_it_requires_are_compared() -> None:
    chosen = decision(literal("base + 1"), "d", requires=("base",))
    other = decision(literal("base + 2"), "d", requires=("base",))
    base = decision(literal("1"), "base")

    (found,) = compared(dmn(chosen, base), dmn(other, base))

    assert found.details == (Detail("Ungkapan", "base + 1", "base + 2"),)


def test_added_and_removed_decisions_are_told_with_their_rules() -> None:
    one = decision(table(HEAD, ROWS), "d")
    two = decision(table(HEAD, ROWS[:1]), "e")

    (come,) = compared(dmn(one), dmn(one, two))
    (gone,) = compared(dmn(one, two), dmn(one))

    assert (come.title, come.change) == ("Tabel keputusan e", "added")
    assert come.details[-1] == Detail("Aturan 1", "", 'sifat: "segera" → way: "kurir"')
    assert (gone.title, gone.change) == ("Tabel keputusan e", "removed")
    assert gone.details[-1] == Detail("Aturan 1", 'sifat: "segera" → way: "kurir"', "")


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        yield
