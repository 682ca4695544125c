"""The state of a walk: small, flat in revisions, and made of JSON only."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.engine.drawing_board import (
    choice,
    diagram,
    end,
    flow,
    fork,
    notice,
    path,
    start,
    timer,
    user,
)

from engine.diagrams import LATER, Diagram, Element, Later, Walk
from engine.errors import EngineError

SOURCE = diagram(
    start(), choice("again"), user("draft"), user("review"), user("sign"),
    choice("approved", "to_done"), end(),
    path("begin", "again", "draft", "review", "sign", "approved"),
    flow("approved", "again", 'decision = "return"'), flow("approved", "done", flow_id="to_done"),
    *(timer(f"{task}_late", task) + notice(f"{task}_remind") + end(f"{task}_over")
      + path(f"{task}_late", f"{task}_remind", f"{task}_over") for task in ("draft", "review")),
)  # fmt: skip
COMPILED = Diagram.compile(SOURCE)


class Host:
    def perform(self, element: Element, occurrence: int, data: Any) -> dict[str, Any] | Later:
        return {} if element.topic.startswith("notice.") else LATER

    def due(self, element: Element, data: Any) -> datetime:
        return datetime(2026, 3, 2, 9, tzinfo=UTC)

    def publish(self, element: Element, occurrence: int, data: Any) -> None:
        raise AssertionError("Nothing is sent here.")

    def decide(self, element: Element, data: Any) -> dict[str, Any]:
        raise AssertionError("Nothing is decided here.")


def test_bytes_and_depth_do_not_grow_with_five_hundred_revisions() -> None:
    sizes, seconds = [], []
    walk = _begun({"subject": "Undangan"})

    for revision in range(1, 501):
        started = time.perf_counter()
        for task in ("draft", "review", "sign"):
            walk = COMPILED.resume(walk.freeze())
            if task != "sign":
                walk.fire_timer(f"{task}_late#{revision}")
            walk.complete(f"{task}#{revision}", {"decision": "return"})
            walk.advance(Host())
        seconds.append(time.perf_counter() - started)
        sizes.append(len(walk.freeze()))
        assert _depth(walk) <= 3

    # A counter above 127 needs a second byte, one above 255 a third.
    assert max(sizes) - sizes[0] <= 2 * len(COMPILED.elements)
    assert max(sizes) < 200
    assert median(seconds[400:]) < 3 * median(seconds[10:110])


def test_a_walk_that_is_never_reloaded_stays_flat_too() -> None:
    walk = _begun({})

    for revision in range(1, 501):
        for task in ("draft", "review", "sign"):
            walk.complete(f"{task}#{revision}", {"decision": "return"})
            walk.advance(Host())

    assert _depth(walk) <= 3
    assert len(walk._workflow.tasks) <= 5


def test_a_state_needs_its_own_diagram() -> None:
    other = Diagram.compile(diagram(start(), user("other"), end(), path("begin", "other", "done")))

    with pytest.raises(EngineError, match="another diagram"):
        other.resume(_begun({}).freeze())


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"[]", b"\x95\x01\x02", msgpack.packb([1, 2])])
def test_garbage_is_refused_with_a_sentence(garbage: bytes) -> None:
    with pytest.raises(EngineError, match="state"):
        COMPILED.resume(garbage)


def test_a_state_of_the_first_format_is_still_read() -> None:
    walk = COMPILED.begin({"subject": "Undangan"})
    walk.advance(Host())
    walk.complete("draft#1", {})
    walk.advance(Host())
    now = walk.freeze()
    _, mark, counts, data, [[element, occurrence, state, armed]] = msgpack.unpackb(now)

    first_format = msgpack.packb(
        [1, mark, counts, data, [(element, occurrence, state, armed, None)]]
    )

    assert COMPILED.resume(first_format).freeze() == now
    assert COMPILED.resume(first_format).waiting() == walk.waiting()


def test_a_join_of_the_first_format_is_still_read() -> None:
    joined = Diagram.compile(
        diagram(
            start(), fork("g"), user("a"), user("b"), fork("j"), end(),
            path("begin", "g", "a", "j", "done"), path("g", "b", "j"),
        )
    )  # fmt: skip
    walk = joined.begin({})
    walk.advance(Host())
    walk.complete("a#1", {})
    walk.advance(Host())
    _, mark, counts, data, rows = msgpack.unpackb(walk.freeze())
    plain = [(*row[:3], None, (row[4] if len(row) > 4 else {}).get("a")) for row in rows]

    again = joined.resume(msgpack.packb([1, mark, counts, data, plain]))
    again.complete("b#1", {})
    again.advance(Host())

    assert again.completed


def test_a_walk_is_frozen_only_when_it_rests() -> None:
    walk = COMPILED.begin({})
    with pytest.raises(RuntimeError):
        walk.freeze()
    walk.advance(Host())
    walk.complete("draft#1", {})

    with pytest.raises(RuntimeError):
        walk.freeze()


def test_user_data_cannot_pose_as_anything_but_data() -> None:
    # With the library's serializer these keys make an instance unloadable.
    data = {"attachment": {"typename": "datetime", "value": "2026-01-01"}, "typename": "x"}

    again = COMPILED.resume(_begun(data).freeze())

    assert again.data == data


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        b"bytes",
        (1, 2),
        {1, 2},
        {1: "a"},
        float("nan"),
        float("inf"),
        2**63,
        object(),
    ],
)
def test_what_is_no_json_is_refused_before_it_is_saved(value: object) -> None:
    walk = _begun({"value": [value]})

    with pytest.raises(TypeError, match="JSON"):
        walk.freeze()


def test_data_nested_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(TypeError, match="nested"):
        _begun({"deep": deep}).freeze()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_every_json_value_comes_back_as_it_was(data: dict[str, Any]) -> None:
    again = COMPILED.resume(_begun(data).freeze())

    assert again.data == data
    assert list(again.data) == sorted(data)
    assert again.waiting() == _begun(data).waiting()


def _begun(data: dict[str, Any]) -> Walk:
    walk = COMPILED.begin(data)
    walk.advance(Host())
    return walk


def _depth(walk: Walk) -> int:
    return max(task.depth for task in walk._workflow.tasks.values()) + 1


def test_equal_data_have_equal_bytes_in_whatever_order_they_were_written() -> None:
    one = _begun({"b": [{"y": 1, "x": 2}], "a": {"d": 3, "c": 4}}).freeze()
    other = _begun({"a": {"c": 4, "d": 3}, "b": [{"x": 2, "y": 1}]}).freeze()

    assert one == other
