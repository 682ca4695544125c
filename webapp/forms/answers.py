"""The answers: read what was sent, hide what the conditions hide, check what is visible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from webapp.forms.choices import Choices, offered
from webapp.forms.conditions import holds, value_of
from webapp.forms.patterns import LONGEST_INPUT
from webapp.forms.schema import ANSWERING, CHOOSING, Component, Form
from webapp.languages import gettext, language

#: Written out, a number of a billion digits would fill the memory of the server.
MOST_DIGITS = 15

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{6,20}")


#: What a browser sends: one or several texts a key.
Posted = MultiDict[str, str]


@dataclass(frozen=True)
class NotANumber:
    """What was typed where a number is wanted."""

    typed: str

    def __str__(self) -> str:
        return self.typed


@dataclass(frozen=True)
class Submission:
    """What a person answered."""

    answers: Mapping[str, Any]  #: of visible fields only; what is hidden is not an answer
    values: Mapping[str, Any]  #: everything that was typed, to show it again
    errors: Mapping[str, tuple[str, ...]]  #: key -> sentences
    visible: frozenset[str]

    @property
    def sound(self) -> bool:
        return not self.errors


def read(
    form: Form,
    posted: Posted,
    choices: Choices,
    context: Mapping[str, Any],
    uploads: Mapping[str, Any],
) -> Submission:
    """
    Read the answers in the order of form-js: parse all, hide, then check what is visible.

    ``context`` holds values that conditions may ask for but nobody may answer;
    ``uploads`` what the page has stored for each file field.
    """
    fields = list(form.answering())
    values: dict[str, Any] = {}
    for one in fields:
        values[one.key] = (
            uploads.get(one.key) if one.type == "filepicker" else _parse(one, posted, choices)
        )
    known = {**context, **values}
    shown = visible(form, known)
    errors = {
        one.key: sentences
        for one in fields
        if one.key in shown and (sentences := tuple(_complaints(one, values[one.key], known)))
    }
    answers = {
        one.key: values[one.key]
        for one in fields
        if one.key in shown and not one.raw.get("disabled")
    }
    return Submission(answers, values, errors, shown)


def visible(form: Form, known: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of the fields that no condition hides."""
    return frozenset(_visible(form.components, known, hidden=False))


def _visible(
    components: tuple[Component, ...], known: Mapping[str, Any], *, hidden: bool
) -> Iterator[str]:
    for one in components:
        off = hidden or (bool(one.hide) and holds(one.hide, known))
        if not off and one.type in ANSWERING:
            yield one.key
        yield from _visible(one.parts, known, hidden=off)


def _parse(one: Component, posted: Posted, choices: Choices) -> Any:
    if one.type == "checkbox":
        return posted.get(one.key) in {"on", "true", "1"}
    if one.type in CHOOSING:
        valid = {choice.value for choice in offered(one, choices, language())}
        if one.type in {"checklist", "taglist"}:
            return [each for each in posted.getlist(one.key) if each in valid]
        chosen = posted.get(one.key)
        return chosen if chosen in valid else None
    typed = (posted.get(one.key) or "").replace("\r\n", "\n")
    if one.type == "number":
        return _number(typed)
    if one.type == "datetime":
        return typed.strip() or None
    return typed.strip()


def _number(typed: str) -> int | float | NotANumber | None:
    if not typed.strip():
        return None
    try:
        number = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return NotANumber(typed)
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        return NotANumber(typed)
    return int(number) if number == number.to_integral_value() else float(number)


def _complaints(one: Component, value: Any, known: Mapping[str, Any]) -> list[str]:
    rules = {name: value_of(rule, known) for name, rule in one.rules.items()}
    if isinstance(value, NotANumber):
        return [gettext("Tulis sebuah angka.")]
    if value in (None, "", [], False):
        return [_missing(one)] if rules.get("required") else []
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(one, value, rules)
    if isinstance(value, str):
        return _of_text(one, value, rules)
    return []


def _missing(one: Component) -> str:
    if one.type in {"checklist", "taglist"}:
        return gettext("Pilih sekurang-kurangnya satu.")
    if one.type in {"select", "radio"}:
        return gettext("Pilih salah satu.")
    return gettext("Bagian ini wajib diisi.")


def _of_number(one: Component, value: float, rules: Mapping[str, Any]) -> list[str]:
    found = []
    if rules.get("min") is not None and value < float(rules["min"]):
        found.append(gettext("Paling kecil %(limit)s.", limit=rules["min"]))
    if rules.get("max") is not None and value > float(rules["max"]):
        found.append(gettext("Paling besar %(limit)s.", limit=rules["max"]))
    digits = one.raw.get("decimalDigits")
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    if digits is not None and isinstance(exponent, int) and -exponent > int(digits):
        found.append(gettext("Terlalu banyak angka di belakang koma."))
    return found


def _of_text(one: Component, value: str, rules: Mapping[str, Any]) -> list[str]:
    found = []
    if rules.get("minLength") is not None and len(value) < int(rules["minLength"]):
        found.append(gettext("Paling sedikit %(limit)s huruf.", limit=rules["minLength"]))
    if rules.get("maxLength") is not None and len(value) > int(rules["maxLength"]):
        found.append(gettext("Paling banyak %(limit)s huruf.", limit=rules["maxLength"]))
    if pattern := rules.get("pattern"):
        short = len(value) <= LONGEST_INPUT
        if not short or not re.search(str(pattern), value, re.ASCII):
            found.append(_misshapen(one))
    if rules.get("validationType") == "email" and not _EMAIL.fullmatch(value):
        found.append(gettext("Alamat pos-el tidak sah."))
    if rules.get("validationType") == "phone" and not _PHONE.fullmatch(value):
        found.append(gettext("Nomor telepon tidak sah."))
    if one.type == "datetime":
        found.extend(_of_date(value))
    return found


def _misshapen(one: Component) -> str:
    said = str(one.rules.get("patternErrorMessage") or "")
    other = one.property(f"pattern_{language()}")
    return other or said or gettext("Bentuknya tidak sesuai.")


def _of_date(value: str) -> list[str]:
    try:
        date.fromisoformat(value)
    except ValueError:
        return [gettext("Tanggal tidak sah.")]
    return []
