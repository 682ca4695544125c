"""Escapes in S-FEEL: refused when they are parsed, or null within a moment."""

from __future__ import annotations

from typing import Any

import pytest
from escapes.canary import JUEL, TOUCH, WALK, Canary

from engine.feel import FeelError, parse, parse_tests

#: Texts that are no S-FEEL, as expression and as cell alike.
REFUSED = {
    "Python call": TOUCH,
    "attribute walk": WALK,
    "JUEL": JUEL,
    "hash braces": "#{T(java.lang.Runtime).getRuntime().exec('touch CANARY')}",
    "lambda": "(lambda: 1)()",
    "walrus": "(a := 1)",
    "comprehension": "[x for x in y]",
    "ternary of Python": "1 if a else 2",
    "formatted string": 'f"{open}"',
    "single quotes": "a = 'b'",
    "statement": "import os; os.system('touch CANARY')",
    "method": "a.upper()",
    "index": "a[0]",
    "filter": "a[item > 1]",
    "slice": "a[1:2]",
    "external function": 'function(x) external {java: {class: "java.lang.Runtime"}}',
    "own function": "function(x) x",
    "context": "{a: 1}",
    "iteration": "for i in 1..999999999 return i",
    "quantifier": "some i in 1..999999999 satisfies i < 0",
    "recursion": "for i in 0..99 return partial",
    "exponents": "9 ** 9 ** 9 ** 9",
    "scientific number": "1e999999999",
    "hexadecimal": "0xffffffff",
    "pattern": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    "replacement": 'replace("aaaa", "(a|aa)+", "b")',
    "splitting": 'split("aaaa", "(a*)*")',
    "clock": "now()",
    "file": 'document("file:///etc/passwd")',
    "huge number": "9" * 1_000_000,
    "long text": '"' + "a" * 1_000_000 + '"',
    "long list": "[" + "1," * 100_000 + "1]",
    "deep list": "[" * 400 + "]" * 400,
    "deep negation": "-" * 400 + "1",
    "deep functions": "not(" * 200 + "true" + ")" * 200,
    "null byte": 'a = "b"\0',
    "full-width letters": "ｎｏｔ(a)",
    "typographic quotes": "a = “b”",
    "Cyrillic operator": "a аnd b",
    "Greek question mark": "a = 1\u037e",
    "zero-width space": "a\u200b = 1",
    "right-to-left": "a \u202e= 1",
    "comment": "/* a */ 1",
}

#: Expressions that are S-FEEL, and what they give: null instead of an effect or a huge value.
STOPPED: dict[str, tuple[str, dict[str, Any], object]] = {
    "class of a text": ("a.__class__.__mro__", {"a": "x"}, None),
    "class of a list": ("a.__class__", {"a": []}, None),
    "class of the data": ("__class__.__base__", {}, None),
    "built-ins": ("__builtins__", {}, None),
    "method of the data": ("items", {}, None),
    "format string": ('"{0.__class__}" + "%s%n"', {}, "{0.__class__}%s%n"),
    "template in a text": (f'"{JUEL}"', {}, JUEL),
    "text that grows": ("+".join(["a"] * 400), {"a": "x" * 50_000}, None),
    "number that grows": ("*".join(["a"] * 400), {"a": 10**4000}, None),
    "tower of data": ("a * a * a * a", {"a": 1e308}, None),
    "huge interval": ("a in [0..99999999999999999999999]", {"a": 5}, True),
    "division by nothing": ("1 / (a - a)", {"a": 3}, None),
    "not a number": ("a = a", {"a": float("nan")}, True),
    "object in the data": ("a", {"a": object()}, None),
    "function in the data": ("a = null", {"a": print}, True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_s_feel_is_refused(canary: Canary, name: str) -> None:
    text = canary.armed(REFUSED[name]).decode()

    with canary.watched():
        with pytest.raises(FeelError) as expression:
            parse(text)
        with pytest.raises(FeelError) as cell:
            parse_tests(text)

    for refused in (expression, cell):
        assert refused.value.sentence.endswith(".")
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize("name", STOPPED)
def test_what_is_s_feel_stays_small_and_harmless(canary: Canary, name: str) -> None:
    text, data, value = STOPPED[name]

    with canary.watched():
        found = parse(canary.armed(text).decode()).evaluate(data)

    assert found == (canary.armed(value).decode() if isinstance(value, str) else value)


def test_a_confusable_name_is_another_name() -> None:
    """Letters that only look alike cannot reach the data of another name."""
    data = {"decision": "approve"}

    with pytest.raises(FeelError):
        parse('dеcision = "approve"').evaluate(data)  # the second letter is Cyrillic


def test_a_text_of_the_longest_allowed_expression_is_answered_soon(canary: Canary) -> None:
    longest = ["not(a) or " * 90 + "a", "a+" * 480 + "a", '"' + "\\" * 900 + '"']

    with canary.watched():
        for text in longest:
            parse(text).evaluate({"a": ["x" * 1_000] * 1_000})
