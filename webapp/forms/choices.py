"""The choices of a form: lists that stand in the schema, or are supplied by the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.forms.schema import Component


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    value: str
    label: str
    group: str = ""  #: heading under which long lists show it


#: valuesKey of the form -> its entries.
Choices = Mapping[str, Sequence[Choice]]


def offered(component: Component, supplied: Choices, language: str) -> tuple[Choice, ...]:
    """Return what the component offers, in the order of its source."""
    if component.values_key:
        return tuple(supplied.get(component.values_key, ()))
    found = component.raw.get("values") or ()
    return tuple(
        Choice(str(one["value"]), _label(one, component, language))
        for one in found
        if isinstance(one, dict) and "value" in one
    )


def _label(one: Mapping[str, object], component: Component, language: str) -> str:
    value = str(one["value"])
    if language != "id":
        other = one.get(f"label_{language}") or component.property(f"{value}_{language}")
        if other:
            return str(other)
    return str(one.get("label") or value)
