"""Moments in UTC: written on SQLite as SQLAlchemy writes them, never without a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from engine.columns import UtcDateTime

DIALECT = sqlite.dialect()  # type: ignore[no-untyped-call]
OURS = UtcDateTime().dialect_impl(DIALECT)
PLAIN = DateTime(timezone=True).dialect_impl(DIALECT)
JAKARTA = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(999, 12, 31, 23, 59, 59, 5, tzinfo=UTC),
        datetime(2026, 11, 22, 6, 30, 0, 123456, tzinfo=JAKARTA),
    ],
)
def test_a_moment_is_kept_as_the_library_would(moment: datetime) -> None:
    spell, read = OURS.bind_processor(DIALECT), OURS.result_processor(DIALECT, None)
    plainly = PLAIN.bind_processor(DIALECT)
    assert spell is not None
    assert read is not None
    assert plainly is not None

    assert spell(moment) == plainly(moment.astimezone(UTC))
    assert read(spell(moment)) == moment
    assert read(spell(moment)).tzinfo is UTC
    assert spell(None) is read(None) is None


def test_a_moment_without_a_time_zone_is_refused() -> None:
    spell = OURS.bind_processor(DIALECT)
    assert spell is not None

    with pytest.raises(ValueError, match="time zone"):
        spell(datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None))
