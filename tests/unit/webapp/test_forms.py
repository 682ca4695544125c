"""Forms: what is asked, what is hidden, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.forms import Choice, Form, FormUnsound, Submission, read


def test_sound_answers_are_read_with_their_types() -> None:
    submission = submitted(
        subject="Undangan rapat", pages="3", recipients=["dinkes", "dlh"], urgent="on"
    )

    assert submission.sound
    assert submission.answers["pages"] == 3
    assert submission.answers["recipients"] == ["dinkes", "dlh"]
    assert submission.answers["urgent"] is True


def test_every_wrong_field_gets_a_sentence_and_keeps_what_was_typed() -> None:
    submission = submitted(subject="Ab", pages="tiga", date="2026-13-40")

    assert set(submission.errors) == {"subject", "pages", "date", "recipients", "decision"}
    assert str(submission.values["pages"]) == "tiga"


def test_a_hidden_field_is_neither_asked_nor_answered() -> None:
    submission = submitted(reason="tidak perlu", decision="approve")

    assert "reason" not in submission.answers
    assert "reason" not in submission.errors


def test_a_field_that_a_choice_reveals_is_required() -> None:
    submission = submitted(decision="return")

    assert submission.errors["reason"]


def test_a_hidden_group_hides_its_parts() -> None:
    submission = submitted(decision="approve", pages="3")

    assert "note" not in submission.visible


def test_a_value_that_was_not_offered_is_no_answer() -> None:
    submission = submitted(decision="sign", recipients=["dinkes", "not-a-place"])

    assert submission.values["decision"] is None
    assert submission.values["recipients"] == ["dinkes"]


@given(st.dictionaries(st.sampled_from(["subject", "pages", "date", "decision"]), st.text()))
def test_nothing_that_is_typed_breaks_the_form(typed: dict[str, str]) -> None:
    read(FORM, MultiDict(typed), CHOICES, {}, {})


@pytest.mark.parametrize(
    ("component", "word"),
    [
        ({"type": "html", "key": "x"}, "tidak didukung"),
        ({"type": "textfield", "key": "a.b"}, "kunci"),
        ({"type": "textfield", "key": "x", "conditional": {"hide": "=for a in b"}}, "syarat"),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "("}}, "pola"),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "(a+)+$"}}, "terlalu banyak"),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "((a)+)+$"}}, "terlalu banyak"),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "(a|a)*$"}}, "terlalu banyak"),
        (
            {"type": "textfield", "key": "x", "validate": {"pattern": "(?:[)]a*){9,}$"}},
            "terlalu banyak",
        ),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "(a?){30}a"}}, "terlalu banyak"),
    ],
)
def test_an_unsound_form_is_refused_with_a_sentence(component: dict[str, Any], word: str) -> None:
    with pytest.raises(FormUnsound, match=word):
        Form.parse(json.dumps({"components": [component]}))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^([0-9]{1,6}[.])?[0-9]{0,4}$",
        r"(\(\+)+",
        r"([(+*|])+",
        "(ab)+c*",
        "a|b+",
        "(?:[0-9]{2}-)+",
    ],
)
def test_a_pattern_that_ends_is_accepted(pattern: str) -> None:
    component = {"type": "textfield", "key": "x", "validate": {"pattern": pattern}}

    assert Form.parse(json.dumps({"components": [component]})).keys == {"x"}


@pytest.mark.parametrize("typed", ["1e999999999", "-1E+99", "1e-999999999", "nan", "0e99999"])
def test_a_number_without_end_is_no_number(typed: str) -> None:
    assert "pages" in submitted(pages=typed).errors


def test_a_form_without_bottom_is_refused() -> None:
    deep = '{"components": [{"type": "group", "components": [' * 3000

    with pytest.raises(FormUnsound, match="not one"):
        Form.parse(deep + "]}" * 3000)


def test_a_key_used_twice_is_refused() -> None:
    twice = [{"type": "textfield", "key": "a"}, {"type": "number", "key": "a"}]

    with pytest.raises(FormUnsound, match="dua kali"):
        Form.parse(json.dumps({"components": twice}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"components": 3}', '{"components": [3]}'])
def test_what_is_no_form_is_refused(text: str) -> None:
    with pytest.raises(FormUnsound):
        Form.parse(text)


def submitted(**typed: str | list[str]) -> Submission:
    posted: MultiDict[str, str] = MultiDict()
    for key, value in typed.items():
        posted.setlist(key, value if isinstance(value, list) else [value])
    if "subject" not in typed:
        posted["subject"] = "Undangan rapat"
    if "recipients" in typed and "decision" not in typed:
        posted["decision"] = "approve"
    return read(FORM, posted, CHOICES, {}, {})


CHOICES = {"destinations": [Choice("dinkes", "Dinas Kesehatan"), Choice("dlh", "DLH")]}

SCHEMA = {
    "components": [
        {"type": "text", "text": "Isi **semua**."},
        {
            "type": "textfield",
            "key": "subject",
            "label": "Hal",
            "validate": {"required": True, "minLength": 3, "maxLength": 20},
        },
        {"type": "number", "key": "pages", "label": "Lembar", "validate": {"min": 0, "max": 9}},
        {"type": "datetime", "subtype": "date", "key": "date", "dateLabel": "Tanggal"},
        {
            "type": "taglist",
            "key": "recipients",
            "label": "Tujuan",
            "valuesKey": "destinations",
            "validate": {"required": True},
        },
        {"type": "checkbox", "key": "urgent", "label": "Segera"},
        {
            "type": "radio",
            "key": "decision",
            "label": "Putusan",
            "values": [
                {"label": "Setujui", "value": "approve"},
                {"label": "Kembalikan", "value": "return"},
            ],
            "validate": {"required": True},
        },
        {
            "type": "textarea",
            "key": "reason",
            "label": "Alasan",
            "conditional": {"hide": '=decision != "return"'},
            "validate": {"required": True},
        },
        {
            "type": "group",
            "label": "Catatan",
            "conditional": {"hide": "=pages != 7"},
            "components": [
                {"type": "textfield", "key": "note", "validate": {"required": True}},
            ],
        },
    ]
}
FORM = Form.parse(json.dumps(SCHEMA))
