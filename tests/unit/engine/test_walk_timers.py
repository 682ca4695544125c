"""Timers of a walk: they fire when they are told to, once, and vanish with their task."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from unit.engine.drawing_board import diagram, end, notice, path, service, start, timer, user
from unit.engine.looping import LOOP, NINE, Host, begun, reloaded, said, waiting

from engine.diagrams import Element
from engine.errors import TaskNotOpen


def test_a_reminder_leaves_its_task_open_and_fires_once() -> None:
    walk = begun(LOOP)
    walk.complete("draft#1", {})
    walk.advance(Host())

    walk.fire_timer("late#1")
    passages = said(walk.advance(Host()))

    assert passages[0] == "entered late#1"
    assert waiting(walk) == ["review#1"]
    with pytest.raises(TaskNotOpen):
        walk.fire_timer("late#1")


def test_a_timer_keeps_its_due_time_over_a_reload() -> None:
    walk = begun(LOOP)
    walk.complete("draft#1", {})
    walk.advance(Host())

    again = reloaded(LOOP, reloaded(LOOP, walk))

    assert [w.due for w in again.waiting() if w.kind == "timer"] == [NINE + timedelta(hours=2)]


def test_a_timer_never_fires_by_itself() -> None:
    walk = begun(LOOP)
    walk.complete("draft#1", {})
    walk.advance(Host())

    assert walk.advance(Host()) == []
    assert waiting(walk) == ["review#1", "late#1"]


def test_a_timer_vanishes_with_its_task() -> None:
    walk = begun(LOOP)
    walk.complete("draft#1", {})
    walk.advance(Host())
    walk.complete("review#1", {})
    walk.advance(Host())

    assert waiting(walk) == ["sign#1"]
    with pytest.raises(TaskNotOpen):
        walk.fire_timer("late#1")


def test_a_timer_without_a_time_zone_is_a_defect() -> None:
    class Naive(Host):
        def due(self, element: Element, data: Any) -> datetime:
            return datetime(2026, 3, 2, 9)  # noqa: DTZ001  # the point of the test

    walk = begun(LOOP)
    walk.complete("draft#1", {})

    with pytest.raises(ValueError, match="time zone"):
        walk.advance(Naive())


def test_an_interrupting_timer_withdraws_the_task_and_its_other_timers() -> None:
    source = diagram(
        start(), user("a"), user("b"), end(), timer("soon", "a"), notice("n"), end("e"),
        timer("late", "a", "PT4H", interrupting=True), path("begin", "a", "done"),
        path("late", "b", "done"), path("soon", "n", "e"),
    )  # fmt: skip
    walk = begun(source)
    assert waiting(walk) == ["a#1", "soon#1", "late#1"]

    walk.fire_timer("late#1")
    passages = said(walk.advance(Host()))

    assert passages[:3] == ["cancelled a#1", "entered late#1", "left late#1"]
    assert waiting(walk) == ["b#1"]


def test_a_late_worker_is_refused_after_its_task_was_withdrawn() -> None:
    source = diagram(
        start(), service("a"), user("b"), end(), timer("late", "a", interrupting=True),
        path("begin", "a", "done"), path("late", "b", "done"),
    )  # fmt: skip
    walk = begun(source)
    walk.fire_timer("late#1")
    walk.advance(Host())

    with pytest.raises(TaskNotOpen):
        walk.answer("a#1", {})
