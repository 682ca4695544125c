"""The forms: what each asks, in two languages, with conditions the server understands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.feel import parse

FORMS = {
    "draft_letter",
    "revise_letter",
    "review_letter",
    "review_or_amend_letter",
    "assign_number",
    "sign_letter",
    "sign_or_amend_letter",
    "send_letter",
}
ANSWERING = {
    "textfield",
    "textarea",
    "select",
    "radio",
    "checkbox",
    "taglist",
    "datetime",
    "filepicker",
}
LISTS = {
    "kinds",
    "classifications",
    "sifat_options",
    "urgency_options",
    "signers",
    "capacities",
    "destinations",
    "mail_recipients",
}
LETTER = {
    "kind",
    "classification",
    "subject",
    "sifat",
    "urgency",
    "letter_date",
    "signer",
    "capacity",
    "recipients",
    "other_recipients",
    "copies",
    "source",
    "opening",
    "body",
    "closing",
    "docx",
    "attachments",
    "attachment_note",
}


def test_the_eight_forms_are_there_and_named_as_their_files(forms: dict[str, Any]) -> None:
    assert forms.keys() == FORMS
    assert all(form["id"] == name and form["type"] == "default" for name, form in forms.items())


def test_no_key_is_asked_twice(forms: dict[str, Any]) -> None:
    for name, form in forms.items():
        keys = [each["key"] for each in everything(form) if "key" in each]

        assert len(keys) == len(set(keys)), name


def test_every_component_is_known_and_speaks_both_languages(forms: dict[str, Any]) -> None:
    for name, form in forms.items():
        for each in everything(form):
            where = (name, each["id"])
            assert each["type"] in ANSWERING | {"group", "text"}, where
            if each["type"] == "text":
                assert each["text"], where
                assert each["properties"]["text_en"], where
                continue
            assert each.get("label") or each.get("dateLabel"), where
            assert each["properties"]["label_en"], where
            assert ("description" in each) == ("description_en" in each["properties"]), where
            assert all(option["label_en"] for option in each.get("values", ())), where


def test_lists_are_either_static_or_known_to_the_server(forms: dict[str, Any]) -> None:
    for form in forms.values():
        for each in everything(form):
            if each["type"] in ("select", "taglist", "radio"):
                assert ("values" in each) != ("valuesKey" in each), each["id"]
            assert each.get("valuesKey", "kinds") in LISTS


def test_every_condition_is_sound(forms: dict[str, Any]) -> None:
    for form in forms.values():
        for each in everything(form):
            if hide := each.get("conditional", {}).get("hide"):
                assert hide.startswith("=")
                parse(hide)


def test_every_pattern_says_in_both_languages_what_is_wanted(forms: dict[str, Any]) -> None:
    for form in forms.values():
        for each in everything(form):
            if "pattern" in each.get("validate", {}):
                assert each["validate"]["patternErrorMessage"]
                assert each["properties"]["pattern_en"]


def test_a_draft_asks_for_the_whole_letter(forms: dict[str, Any]) -> None:
    drafted = {each["key"] for each in everything(forms["draft_letter"]) if "key" in each}
    revised = {each["key"] for each in everything(forms["revise_letter"]) if "key" in each}

    assert drafted == LETTER
    assert revised == LETTER | {"decision", "reason"}


@pytest.mark.parametrize(
    ("name", "decision", "stage", "shown"),
    [
        ("review_letter", "approve", "head", {"decision"}),
        ("review_letter", "return", "head", {"decision", "reason"}),
        ("review_or_amend_letter", "approve", "head", {"decision"}),
        ("review_or_amend_letter", "approve", "secretary", {"decision", "consent"}),
        ("review_or_amend_letter", "return", "secretary", {"decision", "reason"}),
        (
            "review_or_amend_letter",
            "amend",
            "head",
            {"decision", "subject", "opening", "body", "closing", "copies"},
        ),
        ("sign_letter", "approve", "head", {"decision", "consent"}),
        ("sign_letter", "return", "head", {"decision", "reason"}),
        ("sign_letter", "cancel", "head", {"decision", "reason"}),
        ("sign_or_amend_letter", "cancel", "head", {"decision", "reason"}),
        ("revise_letter", "cancel", "head", {"decision", "reason"}),
    ],
)
def test_a_decision_shows_what_belongs_to_it(
    forms: dict[str, Any], name: str, decision: str, stage: str, shown: set[str]
) -> None:
    known = {"decision": decision, "signer_stage": stage, "source": "typed"}

    visible = {each["key"]: each for each in seen(forms[name]["components"], known)}

    assert visible.keys() == shown
    if "reason" in visible:
        assert visible["reason"]["validate"]["required"] is True


def test_an_uploaded_letter_is_asked_for_its_file_and_not_for_its_text(
    forms: dict[str, Any],
) -> None:
    visible = {
        each["key"]: each for each in seen(forms["draft_letter"]["components"], {"source": "docx"})
    }

    assert visible["docx"]["validate"]["required"] is True
    assert not visible.keys() & {"opening", "body", "closing"}


def test_a_backdated_number_needs_a_reason(forms: dict[str, Any]) -> None:
    components = forms["assign_number"]["components"]

    assert "insertion_reason" not in {each["key"] for each in seen(components, {"insertion": ""})}
    assert "insertion_reason" not in {each["key"] for each in seen(components, {})}
    assert "insertion_reason" in {each["key"] for each in seen(components, {"insertion": "01"})}


def everything(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every component, groups before their parts."""
    for each in form["components"]:
        yield each
        if "components" in each:
            yield from everything(each)


def seen(components: list[dict[str, Any]], known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answering components that these answers leave visible."""
    for each in components:
        hide = each.get("conditional", {}).get("hide")
        if hide and parse(hide).evaluate(known) is True:
            continue
        if each["type"] == "group":
            yield from seen(each["components"], known)
        elif each["type"] in ANSWERING:
            yield each
