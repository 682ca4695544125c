"""The drawing of a form: Bootstrap HTML that works without JavaScript and with a screen reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup, escape

from webapp.forms.answers import visible
from webapp.forms.choices import Choice, Choices, offered
from webapp.forms.conditions import holds, value_of
from webapp.forms.schema import ANSWERING, Component, Form
from webapp.languages import language

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")

INPUT_TYPES = {"number": "number", "datetime": "date", "filepicker": "file"}


@dataclass(frozen=True)
class Sheet:
    """What the template needs to draw a form."""

    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[str]]
    choices: Choices
    kept: Mapping[str, Sequence[tuple[str, str]]]  #: file field -> (token, name) stored already
    language: str
    refresh: str  #: address that answers with the form again when an answer changes
    prefix: str = "f"

    def hidden(self, one: Component) -> bool:
        return bool(one.hide) and holds(one.hide, self.values)

    def shown(self, form: Form) -> tuple[Component, ...]:
        """The fields that are drawn with these values."""
        keys = visible(form, self.values)
        return tuple(one for one in form.answering() if one.key in keys)

    def label(self, one: Component) -> str:
        return one.said("label", self.language)

    def description(self, one: Component) -> str:
        return one.said("description", self.language)

    def offered(self, one: Component) -> tuple[Choice, ...]:
        return offered(one, self.choices, self.language)

    def value(self, one: Component) -> Any:
        value = self.values.get(one.key)
        return one.raw.get("defaultValue") if value is None else value

    def chosen(self, one: Component, choice: Choice) -> bool:
        value = self.value(one)
        return choice.value in value if isinstance(value, (list, tuple)) else choice.value == value

    def carried(self, one: Component) -> list[tuple[str, str]]:
        """Name and value of the hidden inputs that keep the answers of a hidden field."""
        if one.type == "filepicker":
            return [(f"{one.key}.kept", token) for token, _ in self.kept.get(one.key, ())]
        value = self.values.get(one.key) if one.type in ANSWERING else None
        if isinstance(value, (list, tuple)):
            return [(one.key, str(each)) for each in value]
        if value is None or value is False or value == "":
            return []
        return [(one.key, "on" if value is True else str(value))]

    def rule(self, one: Component, name: str) -> Any:
        return value_of(one.rules.get(name), self.values)

    def rows(self, one: Component) -> int:
        """How tall a text field is: as its author says, else by how much may be written."""
        longest = one.rules.get("maxLength")
        usual = 14 if isinstance(longest, int) and longest > 10_000 else 4
        return int(one.raw.get("rows") or one.property("rows") or usual)

    def text(self, one: Component) -> Markup:
        """Paragraphs with **bold** and {{values}}; anything else stays text."""
        said = one.said("text", self.language)
        filled = _PLACEHOLDER.sub(lambda m: str(self.values.get(m[1]) or "–"), said)
        paragraphs = (str(escape(each.strip())) for each in filled.split("\n\n") if each.strip())
        drawn = (_BOLD.sub(r"<strong>\1</strong>", each.lstrip("# ")) for each in paragraphs)
        # Escaped above; only the two tags written here are HTML.
        return Markup("".join(f"<p>{each}</p>" for each in drawn))  # noqa: S704

    def refreshes(self, form: Form) -> frozenset[str]:
        """The keys that some condition of the form asks for."""
        asked = " ".join(one.hide for one in form.everything())
        words = set(re.findall(r"[A-Za-z_]\w*", asked))
        return frozenset(words & form.keys)


def render(form: Form, sheet: Sheet) -> Markup:
    """Return the fields of the form as HTML, without the ``form`` element and its buttons."""
    draw = get_template_attribute("forms/fields.html", "fields")
    return Markup(draw(form, sheet, sheet.refreshes(form)))  # noqa: S704  # drawn by our template


def sheet(
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    choices: Choices | None = None,
    kept: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    refresh: str = "",
) -> Sheet:
    """Put together what is needed to draw a form for the reader of this page."""
    return Sheet(values, errors or {}, choices or {}, kept or {}, language(), refresh)
