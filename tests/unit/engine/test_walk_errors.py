"""Errors of a walk: each is caught at its own activity by its code, or changes nothing."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import (
    catch_error,
    diagram,
    end,
    fork,
    path,
    service,
    start,
    user,
)
from unit.engine.looping import LOOP, Host, begun, said, to_sign, waiting

from engine import BusinessError


def test_a_business_error_goes_to_the_boundary_of_its_activity() -> None:
    walk = begun(LOOP)
    host = to_sign(walk, Host(sign=BusinessError("SIGNING_FAILED", "Kata sandi salah.")))

    assert waiting(walk) == ["mend#1"]
    assert walk.data["error"] == {"code": "SIGNING_FAILED", "sentence": "Kata sandi salah."}
    assert host.asked == [("sign", 1)]


def test_a_business_error_nobody_catches_is_raised_on_and_nothing_can_be_saved() -> None:
    walk = begun(LOOP)

    with pytest.raises(BusinessError) as raised:
        to_sign(walk, Host(sign=BusinessError("OTHER", "Lain.")))

    assert raised.value.code == "OTHER"
    with pytest.raises(RuntimeError):
        walk.freeze()


def test_a_thrown_error_that_nobody_catches_changes_nothing() -> None:
    walk = begun(LOOP)
    to_sign(walk)
    state = walk.freeze()

    assert walk.throw_error("sign#1", "OTHER", {"error": {"code": "OTHER"}}) is False

    assert walk.freeze() == state
    assert walk.throw_error("sign#1", "SIGNING_FAILED", {"error": {"code": "SIGNING_FAILED"}})
    assert said(walk.advance(Host()))[:2] == ["cancelled sign#1", "entered failed#1"]
    assert walk.data["error"] == {"code": "SIGNING_FAILED"}


def test_an_error_is_thrown_at_one_activity_only() -> None:
    # The library would cancel both: its events are scoped to the whole instance.
    source = diagram(
        start(), fork("g"), service("a"), service("b"), fork("j"), end(), user("mend_a"),
        user("mend_b"), catch_error("a_failed", "a"), catch_error("b_failed", "b"),
        path("begin", "g", "a", "j", "done"), path("g", "b", "j"),
        path("a_failed", "mend_a", "a"), path("b_failed", "mend_b", "b"),
    )  # fmt: skip
    walk = begun(source)

    walk.throw_error("a#1", "SIGNING_FAILED", {})
    walk.advance(Host())

    assert sorted(waiting(walk)) == ["b#1", "mend_a#1"]


def test_an_activity_with_two_errors_catches_each_by_its_code() -> None:
    source = diagram(
        start(), service("a"), end(), user("one"), user("two"),
        catch_error("first", "a", "Error_1"), catch_error("second", "a", "Error_2"),
        path("begin", "a", "done"), path("first", "one", "done"), path("second", "two", "done"),
        errors={"Error_1": "E1", "Error_2": "E2"},
    )  # fmt: skip
    walk = begun(source)

    assert walk.throw_error("a#1", "E2", {})
    walk.advance(Host())

    assert waiting(walk) == ["two#1"]
