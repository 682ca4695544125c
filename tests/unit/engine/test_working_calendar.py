"""Deadlines in working time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine import WorkingCalendar

ZONE = ZoneInfo("Asia/Jakarta")
_DAY = ((time(7, 30), time(12, 0)), (time(13, 0), time(16, 0)))
OFFICE = WorkingCalendar(
    "Asia/Jakarta",
    {**dict.fromkeys(range(4), _DAY), 4: ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))},
    frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
)


def local(day: int, hour: int, minute: int = 0, month: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        (local(21, 8), "PT2H", local(21, 10)),
        (local(21, 11), "PT2H", local(21, 14)),  # the noon break does not count
        (local(21, 11, 30), "PT30M", local(21, 12)),  # ends with the shift, not after it
        (local(21, 15), "PT2H", local(22, 8, 30)),  # over night
        (local(21, 0), "PT1H", local(21, 8, 30)),  # midnight waits for the morning
        (local(21, 23, 59), "PT1M", local(22, 7, 31)),
        (local(21, 12, 30), "PT1H", local(21, 14)),  # started in the break
        (local(24, 15), "PT4H", local(28, 10, 30)),  # holiday and weekend
        (local(26, 10), "PT1H", local(28, 8, 30)),  # started on a Saturday
        (local(31, 15, 30), "PT1H", local(4, 8, 0, 1, 2027)),  # over New Year
        (local(21, 8), "PT45H", local(30, 8)),  # more than a week of work
        (local(21, 9), "P1D", local(22, 9)),
        (local(18, 9), "P1D", local(21, 9)),  # Friday to Monday
        (local(24, 9), "P1D", local(28, 9)),
        (local(17, 15, 30), "P1D", local(18, 15, 30)),
        (local(18, 16, 30), "P1D", local(22, 7, 30)),  # a start at closing time is next morning's
        (local(18, 16, 15), "P1D", local(21, 16)),  # Monday closes earlier than Friday
        (local(17, 11, 45), "P1D", local(18, 11, 30)),  # Friday's break begins earlier
        (local(19, 10), "P1D", local(22, 7, 30)),  # from Saturday: Monday morning, one day later
        (local(14, 9), "P1W", local(21, 9)),
        (local(21, 9), "P1DT2H", local(22, 11)),
        (local(21, 9), "PT90S", datetime(2026, 12, 21, 9, 1, 30, tzinfo=ZONE)),
    ],
)
def test_a_deadline_counts_working_time_only(start: datetime, duration: str, due: datetime) -> None:
    assert OFFICE.after(start, duration) == due


def test_a_deadline_is_told_in_utc_whatever_the_zone_of_the_start() -> None:
    due = OFFICE.after(datetime(2026, 12, 21, 1, 0, tzinfo=UTC), "PT1H")

    assert due == local(21, 9)
    assert due.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "P", "PT", "4H", "P1M", "P1Y", "PT-1H", "-PT1H", "PT1.5H"])
def test_a_duration_nobody_can_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a duration"):
        OFFICE.after(local(21, 9), text)


def test_an_office_that_never_works_has_no_deadlines() -> None:
    closed = WorkingCalendar("Asia/Jakarta", {})

    with pytest.raises(ValueError, match="no working time"):
        closed.after(local(21, 9), "PT1H")


def test_a_holiday_is_no_working_day() -> None:
    assert OFFICE.works_on(date(2026, 12, 24))
    assert not OFFICE.works_on(date(2026, 12, 25))
    assert not OFFICE.works_on(date(2026, 12, 26))
