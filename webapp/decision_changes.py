"""The difference of the decision tables of two versions, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest

from engine import DecisionSheet, WrittenRule, decision_sheets
from webapp.diagram_changes import Detail, Difference, details_between
from webapp.languages import gettext

#: A numbered rule of a table; ``None`` where the other version has one more.
_Numbered = tuple[int, WrittenRule] | None


def decision_differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield what changed between the decisions of two versions (name of the file -> DMN)."""
    old, new = decision_sheets(before), decision_sheets(after)
    for each in [*old, *(added for added in new if added not in old)]:
        title = gettext("Tabel keputusan %(name)s", name=(new.get(each) or old[each]).name)
        nothing = DecisionSheet(each, "")
        if each not in new:
            yield Difference("", title, "removed", _details(old[each], nothing))
        elif each not in old:
            yield Difference("", title, "added", _details(nothing, new[each]))
        elif details := _details(old[each], new[each]):
            yield Difference("", title, "changed", details)


def _details(before: DecisionSheet, after: DecisionSheet) -> tuple[Detail, ...]:
    return (*details_between(_head(before), _head(after)), *_rules(before, after))


def _head(sheet: DecisionSheet) -> dict[str, str]:
    """Everything but the rules, under the names owners know."""
    values = {
        gettext("Nama"): sheet.name,
        gettext("Kebijakan"): sheet.policy,
        gettext("Ungkapan"): sheet.expression,
        gettext("Nama hasil"): sheet.variable,
        gettext("Memerlukan"): ", ".join(sheet.requires),
    }
    sides = ((gettext("Masukan"), sheet.inputs), (gettext("Keluaran"), sheet.outputs))
    for side, columns in sides:
        for column in columns:
            label = f"{side} {column.name}"
            meanings = (values.get(label), column.meaning)  # two columns may have one name
            values[label] = "; ".join(each for each in meanings if each)
    return values


def _rules(before: DecisionSheet, after: DecisionSheet) -> Iterator[Detail]:
    """Rules that were added, removed or changed; one that was moved is removed and added."""
    matcher = SequenceMatcher(a=before.rules, b=after.rules, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            continue
        old = list(enumerate(before.rules[i1:i2], i1 + 1))
        new = list(enumerate(after.rules[j1:j2], j1 + 1))
        for one, other in zip_longest(old, new):
            yield Detail(_numbers(one, other), _written(one, before), _written(other, after))


def _numbers(before: _Numbered, after: _Numbered) -> str:
    numbers = dict.fromkeys(str(each[0]) for each in (before, after) if each)
    return gettext("Aturan %(number)s", number=" → ".join(numbers))


def _written(rule: _Numbered, sheet: DecisionSheet) -> str:
    """The rule as a sentence; cells that take everything are left out."""
    if rule is None:
        return ""
    tests = [
        f"{column.name}: {cell}"
        for column, cell in zip(sheet.inputs, rule[1].tests, strict=True)
        if cell != "-"
    ]
    results = [
        f"{column.name}: {cell}"
        for column, cell in zip(sheet.outputs, rule[1].results, strict=True)
    ]
    return f"{'; '.join(tests) or '–'} → {'; '.join(results)}"
