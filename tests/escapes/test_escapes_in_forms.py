"""Escapes in forms: each is refused before the form is shown, or means nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from escapes.canary import JUEL, TOUCH, Canary
from werkzeug.datastructures import MultiDict

from webapp.forms import Form, FormUnsound, read


def field(**parts: Any) -> str:
    return json.dumps({"components": [{"type": "textfield", "key": "x", **parts}]})


def pattern(text: str) -> str:
    return field(validate={"pattern": text})


REFUSED: dict[str, str] = {
    "script component": field(type="script"),
    "HTML component": field(type="html", content="<img src=x onerror=alert(1)>"),
    "frame": field(type="iframe", url="javascript:alert(1)"),
    "expression field": field(type="expression", expression=f"={TOUCH}"),
    "dynamic list": field(type="dynamiclist", path="__class__"),
    "Python condition": field(conditional={"hide": f"={TOUCH}"}),
    "JUEL condition": field(conditional={"hide": f"={JUEL}"}),
    "iteration": field(conditional={"hide": "=some i in 1..999999999 satisfies i < 0"}),
    "Python in a rule": field(validate={"required": f"={TOUCH}"}),
    "key that walks": field(key="__class__.__base__"),
    "nested repetition": pattern("(a+)+$"),
    "ambiguous repetition": pattern("^(a|aa)+$"),
    "repeated alternatives": pattern("^(a|b|ab)*c$"),
    "empty repetition": pattern("(a*)*b"),
    "optional letters": pattern("a?" * 25 + "a" * 25),
    "repeated stars": pattern("a*a*a*a*b"),
    "counted groups": pattern("(.{1,20}){20}b"),
    "overlapping words": pattern(r"^(\w+\s?)*$"),
    "look-ahead that runs": pattern("^(?=(a+)+$)b"),
    "named group that runs": pattern("^(?P<x>a+)+$"),
    "count for the compiler": pattern("a{99999999999999999999}"),
    "nesting for the compiler": pattern("(" * 400 + ")" * 400),
    "long pattern": pattern("a" * 100_000),
    "broken pattern": pattern("("),
    "no JSON": "{'components': [__import__('os')]}",
    "bottomless": '{"components": [{"type": "group", "components": [' * 5_000,
    "other shape": '{"components": {"__class__": 1}}',
    "number of a million digits": '{"components": ' + "9" * 1_000_000 + "}",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_form_is_refused_unseen(canary: Canary, name: str) -> None:
    text = canary.armed(REFUSED[name]).decode()

    with canary.watched(), pytest.raises(FormUnsound) as refused:
        Form.parse(text)

    assert refused.value.details["findings"]


@pytest.mark.parametrize(
    "text",
    ["^a*a*a*b", "^" + "a?" * 22 + "a" * 22, "^(a{1,9}){1,5}b", ".*.*b", "^(a{1,3}){13}b"],
)
def test_the_worst_pattern_that_is_accepted_is_answered_soon(canary: Canary, text: str) -> None:
    form = Form.parse(pattern(text))

    with canary.watched():
        read(form, MultiDict({"x": "a" * 200}), {}, {}, {})


def test_a_text_too_long_for_its_pattern_is_not_tried(canary: Canary) -> None:
    form = Form.parse(pattern("^a*a*a*b"))

    with canary.watched():
        assert read(form, MultiDict({"x": "a" * 500_000}), {}, {}, {}).errors


@pytest.mark.parametrize(
    "typed", [TOUCH, JUEL, "{{7*7}}", "{0.__class__}", "%s%n", "\0", "\u202ex"]
)
def test_what_is_typed_is_text(canary: Canary, typed: str) -> None:
    form = Form.parse(field())

    with canary.watched():
        kept = read(form, MultiDict({"x": canary.armed(typed).decode()}), {}, {}, {})

    assert kept.errors or isinstance(kept.answers["x"], str)
