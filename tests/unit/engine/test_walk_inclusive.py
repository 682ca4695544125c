"""Inclusive gateways: every flow whose condition holds, and a join that waits for whoever comes."""

from __future__ import annotations

from unit.engine.drawing_board import choice, diagram, end, flow, node, path, start, timer, user
from unit.engine.walked import Driven


def _split(*, loop: bool = False) -> bytes:
    """begin -> m -> split -> any of a, b, c -> join -> after -> again (-> m) -> done."""
    return diagram(
        start(), choice("m"), node("inclusiveGateway", "split", default="split_to_c"),
        user("a"), user("b"), user("c"), node("inclusiveGateway", "join"), user("after"),
        choice("again", "again_to_done"), end(), path("begin", "m", "split"),
        flow("split", "a", "a = true"), flow("split", "b", "b = true"), flow("split", "c"),
        path("a", "join"), path("b", "join"), path("c", "join"),
        path("join", "after", "again", "done"), flow("again", "m", "loop = true"),
    )  # fmt: skip


def test_every_flow_whose_condition_holds_is_taken_and_the_join_waits_for_all() -> None:
    walk = Driven(_split(), {"a": True, "b": True})
    assert walk.waiting == ["a#1", "b#1"]

    walk.done("b#1")
    assert walk.waiting == ["a#1"]
    assert ("join", 1) in walk.walk.open
    walk.done("a#1")

    assert walk.waiting == ["after#1"]


def test_the_default_flow_is_taken_when_nothing_holds_and_the_join_waits_for_nobody_else() -> None:
    walk = Driven(_split())
    assert walk.waiting == ["c#1"]

    walk.done("c#1")

    assert walk.waiting == ["after#1"]


def test_in_a_loop_the_join_waits_anew_at_every_pass() -> None:
    # With the library alone the second pass counts the tokens of the first.
    walk = Driven(_split(), {"a": True, "b": True})
    for number in range(1, 6):
        walk.done(f"a#{number}")
        assert walk.waiting == [f"b#{number}"]
        walk.done(f"b#{number}")
        walk.done(f"after#{number}", loop=number < 5)

    assert walk.completed


def test_the_join_goes_on_when_the_branch_it_waits_for_is_led_away() -> None:
    source = diagram(
        start(), node("inclusiveGateway", "split", default="split_to_b"), user("a"), user("b"),
        choice("x", "x_to_join"), node("inclusiveGateway", "join"), user("after"), end(),
        end("elsewhere"), path("begin", "split"), flow("split", "a", "a = true"),
        flow("split", "b"), path("a", "join"), path("b", "x", "join", "after", "done"),
        flow("x", "elsewhere", "away = true"),
        timer("late", "a", interrupting=True), path("late", "b"),
    ).replace(b'default="split_to_b"', b'default="split_to_b"')  # fmt: skip
    walk = Driven(source, {"a": True})
    assert walk.waiting == ["a#1", "late#1"]

    walk.done("a#1")

    assert walk.waiting == ["after#1"]


def test_a_token_that_leaves_by_another_way_releases_the_join() -> None:
    source = diagram(
        start(), node("inclusiveGateway", "split", default="split_to_c"), user("a"), user("b"),
        user("c"), choice("x", "x_to_join"), node("inclusiveGateway", "join"), user("after"),
        end(), end("elsewhere"), path("begin", "split"), flow("split", "a", "both = true"),
        flow("split", "b", "both = true or b = true"), flow("split", "c"), path("c", "join"),
        path("a", "join"), path("b", "x", "join", "after", "done"),
        flow("x", "elsewhere", "away = true"),
    )  # fmt: skip
    walk = Driven(source, {"both": True})
    walk.done("a#1")
    assert walk.waiting == ["b#1"]

    walk.done("b#1", away=True)

    assert walk.waiting == ["after#1"]


def test_a_token_that_can_only_come_by_a_flow_already_served_holds_nobody_up() -> None:
    # The standard's second condition: else two tokens on one branch would wait for ever.
    source = diagram(
        start(), node("parallelGateway", "g"), user("a"), user("b"), choice("m"),
        node("inclusiveGateway", "join"), user("other"), user("after"), end(),
        path("begin", "g", "a", "m", "join", "after", "done"), path("g", "b", "m"),
        path("g", "other", "join"),
    )  # fmt: skip
    walk = Driven(source)
    walk.done("a#1")
    assert walk.waiting == ["b#1", "other#1"]

    walk.done("other#1")

    assert walk.waiting == ["after#1", "b#1"]
    walk.done("b#1")
    assert walk.waiting == ["after#1", "after#2"]
