"""The schema of a form: the part of form-js that the house understands, checked before use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import EngineError
from webapp.forms.conditions import unsound
from webapp.forms.patterns import runs_away

#: Components that carry an answer.
ANSWERING = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "select",
        "radio",
        "checkbox",
        "checklist",
        "taglist",
        "datetime",
        "filepicker",
    }
)

#: Components that only arrange or explain. A button is drawn by the page, not by the form.
ARRANGING = frozenset({"text", "group", "separator", "spacer", "button"})

#: Answers chosen from a list.
CHOOSING = frozenset({"select", "radio", "checklist", "taglist"})

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class FormUnsound(EngineError):
    """The form is not one that the house can show."""


@dataclass(frozen=True)
class Component:
    """One component of a form."""

    type: str
    key: str
    raw: Mapping[str, Any]
    parts: tuple[Component, ...] = ()

    @property
    def rules(self) -> Mapping[str, Any]:
        found = self.raw.get("validate")
        return found if isinstance(found, dict) else {}

    @property
    def hide(self) -> str:
        """The expression that hides the component, or nothing."""
        condition = self.raw.get("conditional")
        found = condition.get("hide") if isinstance(condition, dict) else None
        return str(found) if found else ""

    @property
    def values_key(self) -> str:
        """The name of the list that the page supplies, or nothing when the form has its own."""
        return str(self.raw.get("valuesKey") or "")

    def property(self, name: str) -> str:
        found = self.raw.get("properties")
        return str(found.get(name, "")) if isinstance(found, dict) else ""

    def said(self, name: str, language: str) -> str:
        """Return the label or description in the language, else in Indonesian."""
        other = self.property(f"{name}_{language}") if language != "id" else ""
        own = self.raw.get(name) or (self.raw.get("dateLabel") if name == "label" else "")
        return other or str(own or "")


@dataclass(frozen=True)
class Form:
    """A form of a user task."""

    components: tuple[Component, ...]

    @classmethod
    def parse(cls, text: str) -> Form:
        """Read a schema. Raises ``FormUnsound`` with every finding."""
        try:
            schema = json.loads(text)
            components = tuple(_component(raw) for raw in schema["components"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FormUnsound(findings=("Berkas formulir tidak terbaca.",)) from error
        form = cls(components)
        if found := tuple(_findings(form)):
            raise FormUnsound(" ".join(found), findings=found)
        return form

    def everything(self) -> Iterator[Component]:
        """Every component, groups before their parts."""
        yield from _walk(self.components)

    def answering(self) -> Iterator[Component]:
        """Every component that carries an answer."""
        return (one for one in self.everything() if one.type in ANSWERING)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(one.key for one in self.answering())


def _component(raw: Mapping[str, Any]) -> Component:
    parts = tuple(_component(part) for part in raw.get("components", ()))
    return Component(str(raw["type"]), str(raw.get("key") or ""), raw, parts)


def _walk(components: tuple[Component, ...]) -> Iterator[Component]:
    for one in components:
        yield one
        yield from _walk(one.parts)


def _findings(form: Form) -> Iterator[str]:
    seen: set[str] = set()
    for one in form.everything():
        name = one.key or str(one.raw.get("id") or one.type)
        if one.type not in ANSWERING | ARRANGING:
            yield f"{name}: komponen {one.type} tidak didukung."
        if one.type in ANSWERING:
            if not _KEY.fullmatch(one.key):
                yield f"{name}: kunci harus nama sederhana tanpa spasi dan titik."
            if one.key in seen:
                yield f"{name}: kunci dipakai dua kali."
            seen.add(one.key)
        yield from (f"{name}: {what}" for what in _unsound_parts(one))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _unsound_parts(one: Component) -> Iterator[str]:
    for expression in (one.hide, *(str(rule) for rule in one.rules.values())):
        if expression.startswith("=") and (what := unsound(expression)):
            yield f"syarat {expression} tidak dipahami: {what}"
    pattern = one.rules.get("pattern")
    if isinstance(pattern, str) and pattern:
        # What runs away is not even compiled: nesting or a huge count can break the compiler.
        if runs_away(pattern):
            yield (
                f"pola {pattern:.80} dapat dibaca dengan terlalu banyak cara; awali dengan ^ dan"
                " batasi pengulangannya."
            )
        elif not _compiles(pattern):
            yield f"pola {pattern} tidak sah."
