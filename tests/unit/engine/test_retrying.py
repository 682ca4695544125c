"""Retrying as a value: it grows, it is capped, it is scattered, and it repeats itself exactly."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Delay, Failure, GiveUp, RetryPolicy
from engine.retrying import LONGEST_WAIT, MOST_RETRIES

ASLEEP = Failure("tidak menjawab", temporary=True)

seeds = st.text(max_size=40)
policies = st.builds(
    RetryPolicy,
    retries=st.integers(0, 20),
    first=st.timedeltas(timedelta(seconds=1), timedelta(hours=2)),
    growth=st.floats(1.5, 10),
    longest=st.timedeltas(timedelta(hours=2), timedelta(days=1)),
    spread=st.floats(0, 0.3),
)


def waits(policy: RetryPolicy, seed: str) -> list[timedelta]:
    """Every wait of a job that never succeeds."""
    found: list[timedelta] = []
    while isinstance(verdict := policy.next(len(found) + 1, ASLEEP, seed), Delay):
        found.append(verdict.wait)
    return found


@given(policies, seeds)
def test_as_often_as_allowed_and_then_no_more(policy: RetryPolicy, seed: str) -> None:
    assert len(waits(policy, seed)) == policy.retries


@given(policies, seeds)
def test_every_wait_is_longer_than_the_one_before_until_the_longest(
    policy: RetryPolicy, seed: str
) -> None:
    found = waits(policy, seed)

    nearly = policy.longest * (1 - policy.spread)
    for before, after in pairwise(found):
        assert after > before or after >= nearly - timedelta(microseconds=1)


@given(policies, seeds)
def test_no_wait_is_outside_its_bounds(policy: RetryPolicy, seed: str) -> None:
    for number, wait in enumerate(waits(policy, seed)):
        unscattered = min(policy.first.total_seconds() * policy.growth**number, 86400 * 2)
        most = min(unscattered, policy.longest.total_seconds())

        assert most * (1 - policy.spread) - 1e-5 <= wait.total_seconds() <= most + 1e-5


@given(policies, seeds, st.integers(1, 20))
def test_the_same_job_and_attempt_give_the_same_wait(
    policy: RetryPolicy, seed: str, attempt: int
) -> None:
    assert policy.next(attempt, ASLEEP, seed) == policy.next(attempt, ASLEEP, seed)


def test_jobs_that_failed_together_do_not_come_back_together() -> None:
    policy = RetryPolicy()

    found = {policy.next(1, ASLEEP, f"letter{number}:send:1") for number in range(100)}

    seconds = [verdict.seconds for verdict in found if isinstance(verdict, Delay)]
    assert len(seconds) == 100
    assert max(seconds) - min(seconds) > 0.3  # of the 0.4 seconds that they may differ


@given(policies, seeds, st.integers(1, 20))
def test_a_defect_is_never_tried_again(policy: RetryPolicy, seed: str, attempt: int) -> None:
    assert policy.next(attempt, Failure("ValueError: x"), seed) == GiveUp()


@pytest.mark.parametrize(
    ("properties", "retries", "first"),
    [
        ({}, 5, timedelta(seconds=2)),
        ({"retries": "0"}, 0, timedelta(seconds=2)),
        ({"retries": "3", "retryAfter": "PT30S"}, 3, timedelta(seconds=30)),
        ({"retryAfter": "PT4H"}, 5, timedelta(hours=4)),
        ({"retries": "9" * 5000}, MOST_RETRIES, timedelta(seconds=2)),
        ({"retryAfter": "P300W"}, 5, LONGEST_WAIT),
        ({"retryAfter": "PT0S"}, 5, timedelta(seconds=1)),
        ({"retries": "-1", "retryAfter": "soon"}, 5, timedelta(seconds=2)),
        ({"retries": "often", "retryAfter": f"P{'9' * 400}W"}, 5, timedelta(seconds=2)),
        ({"retries": "²"}, 5, timedelta(seconds=2)),
    ],
)
def test_a_diagram_says_how_often_and_after_how_long(
    properties: dict[str, str], retries: int, first: timedelta
) -> None:
    policy = RetryPolicy(spread=0).drawn(properties)

    found = waits(policy, "job")

    assert len(found) == retries
    assert policy.first == first
    assert found[:1] == [first][:retries]
    assert max(found, default=first) <= max(first, timedelta(hours=1))
