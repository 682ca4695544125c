"""Ten thousand random steps through the real engine, each reloaded from its database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from engine_for_tests import SmallOffice
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from oracle.variations import versions
from oracle.walking import random_walk
from oracle.world import hasty_database, office_on, publish

#: The least number of steps that are walked whenever the tests run.
STEPS = 10_000
STEPS_ON_POSTGRESQL = 300

_SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.slow
@pytest.mark.no_cover  # counting lines takes longer than walking; other tests reach them too
def test_ten_thousand_steps_agree_with_the_reference(office: SmallOffice) -> None:
    assert _walk(office, STEPS, diagrams=15) >= STEPS


@pytest.mark.slow
@pytest.mark.no_cover
def test_steps_on_postgresql_agree_with_the_reference(postgresql_office: SmallOffice) -> None:
    assert _walk(postgresql_office, STEPS_ON_POSTGRESQL, diagrams=3) >= STEPS_ON_POSTGRESQL


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallOffice]:
    folder: Path = tmp_path_factory.mktemp("walks")
    with closing(hasty_database(f"sqlite:///{folder / 'alur.db'}")) as database:
        yield office_on(database)


@pytest.fixture(scope="module")
def postgresql_office(empty_postgresql_url: str) -> Iterator[SmallOffice]:
    with closing(hasty_database(empty_postgresql_url)) as database:
        yield office_on(database)


def _walk(office: SmallOffice, steps: int, diagrams: int) -> int:
    """Walk through so many diagrams at a time until there are enough steps; return how many."""
    walked: Counter[str] = Counter()

    @settings(max_examples=diagrams, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(depth=st.integers(2, 4), diagram=_SEEDS, walk=_SEEDS)
    def walk_through(depth: int, diagram: int, walk: int) -> None:
        published = publish(office, *versions(diagram, depth, forks=2))
        assume(published is not None)
        for seed in range(walk, walk + 12):
            walked["steps"] += random_walk(office, published, seed, longest=40)

    while walked["steps"] < steps:
        walk_through()
    return walked["steps"]
