"""S-FEEL: what conditions mean, and that nothing but S-FEEL is ever understood."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import LONGEST, FeelError, parse

DATA: dict[str, Any] = {
    "decision": "approve",
    "version": 3,
    "share": 0.5,
    "nothing": None,
    "numbered": True,
    "error": {"code": "SIGNING_FAILED", "inner": {"n": 1}},
    "copies": [1, "b"],
    "order": 2,
    "Surat_1": "ya",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('decision = "approve"', True),
        ('decision != "approve"', False),
        ('= decision = "approve"', True),
        ("version > 2 and version <= 3", True),
        ("version < 3 or numbered", True),
        ("numbered = true", True),
        ("numbered", True),
        ("not(numbered)", False),
        ('error.code = "SIGNING_FAILED"', True),
        ("error.inner.n", 1),
        ("version in [1..3]", True),
        ("version in [1..3)", False),
        ("version in ]2..4[", True),
        ("version in (3..4]", False),
        ("version in (1, 3)", True),
        ("version in (<1, >=3)", True),
        ("version in > 2", True),
        ("version in [1, 3]", True),
        ("version in copies", False),
        ("[1] in [[1], 2]", True),
        ("copies in copies", False),
        ("count(version)", 1),
        ("list contains(version, 3)", True),
        ('decision in ("return", "approve")', True),
        ("version between 1 and 3", True),
        ('if version = 3 then "a" else "b"', "a"),
        ('if nothing then "a" else "b"', "b"),
        ("version + 2 * 3", 9),
        ("(version + 2) * 3", 15),
        ("version - 1 - 1", 1),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3 * 3", 1.0),
        ("share * 2", 1),
        ("-version", -3),
        ('"a" + "b"', "ab"),
        ('contains(decision, "pro")', True),
        ('starts with(decision, "app")', True),
        ('starts   with (decision, "x")', False),
        ('ends with(decision, "ve")', True),
        ("string length(decision)", 7),
        ("upper case(decision)", "APPROVE"),
        ('lower case("YA")', "ya"),
        ("list contains(copies, 1)", True),
        ("count(copies)", 2),
        ("is defined(missing)", False),
        ("is defined(version)", True),
        ("min(3, 1, 2)", 1),
        ("max([3, 1])", 3),
        ("sum([1, 2.5])", 3.5),
        ("order = 2 or order = 3", True),
        ('Surat_1 = "ya"', True),
        (r'"a\"b\n"', 'a"b\n'),
        ("[1, version]", [1, 3]),
        ("[]", []),
    ],
)
def test_an_expression_has_its_value(text: str, value: object) -> None:
    assert parse(text).evaluate(DATA) == value


@pytest.mark.parametrize(
    "text",
    [
        'version = "3"',
        'version != "3"',
        'version < "3"',
        "numbered < true",
        "nothing > 1",
        "missing.code.deeper",
        'version + "a"',
        "1 / 0",
        "-decision",
        "not(version)",
        "contains(version, decision)",
        "count(nothing)",
        "list contains(nothing, 1)",
        "min([1, 2], 0)",
        "sum(copies, copies)",
        "sum(copies)",
        "min(1, decision)",
        'version in ["a".."b"]',
        "nothing and true",
        "nothing or false",
    ],
)
def test_a_value_of_a_wrong_kind_gives_null(text: str) -> None:
    assert parse(text).evaluate(DATA) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nothing = null", True),
        ("missing = null", True),
        ("version = null", False),
        ("version != null", True),
        ("nothing and false", False),
        ("nothing or true", True),
        ("false and nothing", False),
        ("version in (1, nothing, 3)", True),
    ],
)
def test_the_logic_has_three_values(text: str, value: bool) -> None:
    assert parse(text).evaluate(DATA) is value


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("   ", 1),
        ("=", 1),
        ("version >", 10),
        ("decision == 'x'", 11),
        ("version = 1 order = 2", 13),
        ('__import__("os").system("id")', 11),
        ("().__class__", 2),
        ("lambda: 1", 7),
        ("version && numbered", 9),
        ("${decision}", 1),
        ("a.b.c()", 6),
        ("a; b", 2),
        ("some x in copies satisfies x = 1", 1),
        ('"not closed', 1),
        ("version in", 11),
        ("decision = and", 12),
        ("function(x) x", 1),
        ("{a: 1}", 1),
        ("copies[1]", 7),
        ("2 ** 9", 4),
    ],
)
def test_anything_else_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(FeelError) as refused:
        parse(text)

    assert refused.value.position == position
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 40 + "1" + "]" * 40,
        "-" * 60 + "1",
        "(1 + " * 40 + "1" + ")" * 40,
        "not(" * 40 + "numbered" + ")" * 40,
        "if true then " * 40 + "1" + " else 1" * 40,
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(FeelError, match="too deeply"):
        parse(text)


def test_a_long_expression_is_refused() -> None:
    with pytest.raises(FeelError, match="longer than"):
        parse("1" * (LONGEST + 1))


def test_a_function_with_wrong_arguments_is_refused() -> None:
    with pytest.raises(FeelError, match=r"contains\(\)") as refused:
        parse('numbered and contains("a")')

    assert refused.value.position == 14


def test_huge_numbers_end_as_null_not_as_an_error() -> None:
    product = parse("a * b * a * b")

    assert product.evaluate({"a": 1e308, "b": 10**4000}) is None
    assert parse("n + 1").evaluate({"n": float("inf")}) is None
    assert parse("n > 1").evaluate({"n": float("nan")}) is None


def test_a_result_is_json() -> None:
    assert type(parse("1 + 1").evaluate({})) is int
    assert type(parse("0.5 + 1").evaluate({})) is float
    assert parse("n").evaluate({"n": Decimal("1.5")}) == 1.5
    assert parse("n").evaluate({"n": object()}) is None


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    position = 1
    try:
        parse(text).evaluate(DATA)
    except FeelError as refused:
        position = refused.position

    assert 1 <= position <= len(text) + 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)
WORDS = st.sampled_from(
    ["a", "b", "1", '"x"', "null", "true", "=", "<", "in", "and", "or", "(", ")", "[", "]", "..",
     ",", "+", "-", "*", "/", "not", "count", "if", "then", "else", "between", "."]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14), VALUES, VALUES)
def test_evaluation_never_raises(words: list[str], a: object, b: object) -> None:
    try:
        expression = parse(" ".join(words))
    except FeelError:
        return

    expression.evaluate({"a": a, "b": b})
