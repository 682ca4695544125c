"""The examination of choices and branches: one way opens, and every join is served."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    fork,
    lane,
    path,
    start,
    timer,
    user,
)
from unit.engine.examining import found


def _gateway(*conditions: str, default: bool = True) -> bytes:
    """A gateway x with one flow a condition, named f0, f1, …, and a default flow."""
    return diagram(
        lane("task"), start(), user("task"), choice("x", "otherwise" if default else ""), end(),
        path("begin", "task", "x"), flow("x", "done", flow_id="otherwise"),
        *(flow("x", "done", t.replace("<", "&lt;"), f"f{n}") for n, t in enumerate(conditions)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "element", "rule"),
    [
        (["a = 1", "a = 1"], "f1", "overlap"),
        (["a > 1", "a = 2"], "f1", "overlap"),
        (["a > 1", "a < 5"], "f1", "overlap"),
        (["a >= 1", "a <= 1"], "f1", "overlap"),
        (["a in [1..5]", "a in [5..9]"], "f1", "overlap"),
        (['a != "x"', 'a = "y"'], "f1", "overlap"),
        (['a in ("x", "y")', 'a = "y"'], "f1", "overlap"),
        (["a = 1", "b = 1"], "f1", "overlap"),
        (["a = null", "not(is_set = true) and a = null"], "f1", "overlap"),
        (["a", "a = true"], "f1", "overlap"),
        (["true", "a = 1"], "f1", "overlap"),
        (["a = 1 and a = 2", "a = 3"], "f0", "never-true"),
        (["false"], "f0", "never-true"),
        (['starts with(a, "x")', 'a = "y"'], "x", "undecidable"),
        (["a = b", "a = 1"], "x", "undecidable"),
        (["a + 1 = 2", "a = 3"], "x", "undecidable"),
        (["a.b = 1", "a = 2"], "x", "undecidable"),
        (["a == 1"], "f0", "condition"),
        (["decision = 'approve'"], "f0", "condition"),
        (["__import__('os').system('id')"], "f0", "condition"),
        (["${decision}"], "f0", "condition"),
        (["(" * 40 + "a" + ")" * 40 + " ="], "f0", "condition"),
        (["a = 1", ""], "f1", "no-condition"),
    ],
)
def test_what_is_wrong_with_conditions_is_found(
    conditions: list[str], element: str, rule: str
) -> None:
    assert (element, rule) in found(_gateway(*conditions))


@pytest.mark.parametrize(
    "conditions",
    [
        ["a = 1", "a = 2"],
        ['a = "x"', 'a in ("y", "z")'],
        ["a < 1", "a = 1", "a > 1"],
        ["a in [1..5]", "a in ]5..9]"],
        ["a = true", "a = false"],
        ["a", "not(a)"],
        ["a = -1", "a = 1"],
        ['s = "head" and d in ("a", "b")', 's = "sec" and d = "a"', 's = "sec" and d = "b"'],
        ['error.code = "A"', 'error.code = "B"'],
        ["a = 1 and b = 1", "a = 1 and b = 2", "a = 2"],
        ["a between 1 and 2", "a between 3 and 4"],
        ["1 = a", "2 = a"],
        ['starts with(a, "x")'],
    ],
)
def test_conditions_that_exclude_each_other_pass(conditions: list[str]) -> None:
    assert found(_gateway(*conditions)) == set()


def test_a_gateway_needs_a_default_flow() -> None:
    assert ("x", "no-default") in found(_gateway("a = 1", default=False))
    assert ("otherwise", "no-condition") in found(_gateway("a = 1", default=False))


def test_a_default_flow_has_no_condition_and_leaves_its_gateway() -> None:
    conditional = _gateway().replace(
        b'id="otherwise" sourceRef="x" targetRef="done">',
        b'id="otherwise" sourceRef="x" targetRef="done">'
        b"<bpmn:conditionExpression>a = 1</bpmn:conditionExpression>",
    )
    assert ("otherwise", "condition-ignored") in found(conditional)

    elsewhere = _gateway("a = 1").replace(b'default="otherwise"', b'default="begin_to_task"')
    assert ("x", "missing-reference") in found(elsewhere)


def test_a_condition_in_another_language_is_found() -> None:
    source = _gateway("a = 1").replace(
        b"<bpmn:conditionExpression>", b'<bpmn:conditionExpression language="groovy">'
    )
    assert ("f0", "condition") in found(source)


def _parallel(split: str, join: str) -> bytes:
    return diagram(
        lane("a", "b", "c"), start(), split, join, user("a"), user("b"), user("c"), end(),
        path("begin", "split", "a", "join", "c", "done"),
        flow("split", "b", "n = 1" if "exclusive" in split else ""), path("b", "join"),
    )  # fmt: skip


def test_a_parallel_join_of_exclusive_branches_waits_for_ever() -> None:
    source = _parallel(choice("split", "split_to_a"), fork("join"))

    assert ("join", "deadlock") in found(source)


def test_an_exclusive_merge_of_parallel_branches_doubles_the_work() -> None:
    source = _parallel(fork("split"), choice("join"))

    assert ("join_to_c", "doubled") in found(source)


def test_matching_gateways_pass() -> None:
    assert found(_parallel(fork("split"), fork("join"))) == set()
    assert found(_parallel(choice("split", "split_to_a"), choice("join"))) == set()


def test_an_interrupted_branch_starves_its_join() -> None:
    source = diagram(
        lane("a", "b"), start(), fork("split"), user("a"), user("b"), fork("join"), end(),
        timer("late", "a", interrupting=True), flow("late", "done"),
        path("begin", "split", "a", "join", "done"), path("split", "b", "join"),
    )  # fmt: skip

    assert ("join", "deadlock") in found(source)


def test_very_many_parallel_branches_are_too_entangled() -> None:
    names = [f"t{n}_{m}" for n in range(9) for m in range(3)]
    parts = [path("split", *names[n * 3 : n * 3 + 3], "join") for n in range(9)]
    source = diagram(
        lane(*names), start(), fork("split"), fork("join"), end(), *(user(n) for n in names),
        path("begin", "split"), path("join", "done"), *parts,
    )  # fmt: skip

    assert ("p", "too-entangled") in found(source)
