"""Retrying: whether a job that failed is tried again, and after how long; a value, not an act."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.working_calendar import Duration

#: What a diagram may ask for at most; more is taken as this much.
MOST_RETRIES = 20
LONGEST_WAIT = timedelta(days=1)
_SHORTEST_WAIT = timedelta(seconds=1)


@dataclass(frozen=True)
class Failure:
    """How an attempt at a job failed, as it is told to an operator."""

    sentence: str
    temporary: bool = False  #: whether waiting may help; a defect stays a defect


@dataclass(frozen=True)
class Delay:
    """Try again, not before this much time has passed."""

    wait: timedelta

    @property
    def seconds(self) -> float:
        return self.wait.total_seconds()


@dataclass(frozen=True)
class GiveUp:
    """Do not try again: an operator decides."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a job is tried again, and how the waiting grows.

    The n-th wait is ``first`` times ``growth`` to the power n - 1, at most ``longest``, shortened
    by up to the share ``spread``: jobs that failed together do not come back together.
    """

    retries: int = 5
    first: timedelta = timedelta(seconds=2)
    growth: float = 6.0
    longest: timedelta = timedelta(hours=1)
    spread: float = 0.2

    def next(self, attempt: int, failure: Failure, seed: str) -> Delay | GiveUp:
        """Return what follows the failure of the n-th attempt, counted from 1.

        The same job (``seed``) and attempt give the same answer always: a step that is repeated
        after a crash, or computed on another node, comes to the same moment.
        """
        if not failure.temporary or attempt > self.retries:
            return GiveUp()
        wait, longest = self.first.total_seconds(), self.longest.total_seconds()
        for _ in range(attempt - 1):
            wait = min(wait * self.growth, longest)
        share = 1 - self.spread * _fraction(f"{seed}:{attempt}")
        return Delay(timedelta(seconds=min(wait, longest) * share))

    def drawn(self, properties: Mapping[str, str]) -> RetryPolicy:
        """Return the policy with what an element says: ``retries`` and ``retryAfter``.

        ``retries`` is a number of repetitions up to 20, ``retryAfter`` an ISO 8601 duration up to
        a day. What cannot be read changes nothing: a job must not fail on how it may fail.
        """
        policy = self
        retries = properties.get("retries", "").strip()
        if retries.isdecimal():
            policy = replace(policy, retries=min(int(retries[:9]), MOST_RETRIES))
        first = _duration(properties.get("retryAfter", ""))
        if first is not None:
            first = min(max(first, _SHORTEST_WAIT), LONGEST_WAIT)
            policy = replace(policy, first=first, longest=max(first, policy.longest))
        return policy


def _fraction(text: str) -> float:
    """Return a number from 0 to 1 that looks like chance and is the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 0xFFFFFFFF


def _duration(text: str) -> timedelta | None:
    try:
        return Duration.parse(text.strip()).elapsed()
    except (ValueError, OverflowError):
        return None
