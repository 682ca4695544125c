"""The working calendar: when an office works, and when a deadline in working time falls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

Shift = tuple[time, time]

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
#: A calendar that finds no working time in ten years has none.
_HORIZON = 3660


@dataclass(frozen=True)
class Duration:
    """An ISO 8601 duration without months and years, whose length nobody can tell."""

    weeks: int
    days: int
    time: timedelta

    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, text: str) -> Duration:
        """Read e.g. "PT90M", "P1D", "P1DT4H" or "P2W". Raises ``ValueError`` otherwise."""
        match = _DURATION.fullmatch(text)
        if match is None or not any(match.groups()):
            raise ValueError(f"Expected a duration such as PT4H or P1D, found {text!r}.")
        weeks, days, hours, minutes, seconds = [int(digits or 0) for digits in match.groups()]
        return cls(weeks, days, timedelta(hours=hours, minutes=minutes, seconds=seconds))

    def elapsed(self) -> timedelta:
        """Return the duration as time on the wall clock, day and night."""
        return timedelta(weeks=self.weeks, days=self.days) + self.time


@dataclass(frozen=True)
class WorkingCalendar:
    """The hours of an office: shifts per weekday (Monday is 0) without its holidays."""

    zone: str  #: e.g. "Asia/Jakarta"
    shifts: Mapping[int, Sequence[Shift]]
    holidays: frozenset[date] = field(default_factory=frozenset)

    def after(self, start: datetime, duration: str) -> datetime:
        """Return the moment, in UTC, at which so much working time has passed since the start.

        Hours and minutes run only inside shifts. A day is a working day: the same clock time on
        the next one, but never outside its shifts. A week has as many working days as the
        calendar has weekdays with shifts. A start outside working time counts from the next shift.
        """
        length = Duration.parse(duration)
        zone = ZoneInfo(self.zone)
        moment = self._into_shift(start.astimezone(zone).replace(tzinfo=None))
        days = length.weeks * len(list(filter(None, self.shifts.values()))) + length.days
        if days:
            moment = self._days_later(moment, days)
        if length.time:
            moment = self._time_later(moment, length.time)
        return moment.replace(tzinfo=zone).astimezone(UTC)

    def works_on(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        return bool(self._shifts_of(day))

    def _into_shift(self, moment: datetime) -> datetime:
        for opening, closing in self._shifts_from(moment.date()):
            if moment < closing:
                return max(moment, opening)
        raise _no_working_time(self)

    def _days_later(self, moment: datetime, days: int) -> datetime:
        working = (day for day in _days_from(moment.date()) if self.works_on(day))
        for passed, day in enumerate(working):
            if passed == days:
                return self._capped(datetime.combine(day, moment.time()))
        raise _no_working_time(self)

    def _capped(self, moment: datetime) -> datetime:
        shifts = list(self._spans(moment.date()))
        inside = [min(moment, closing) for opening, closing in shifts if opening <= moment]
        return inside[-1] if inside else shifts[0][0]

    def _time_later(self, moment: datetime, left: timedelta) -> datetime:
        for opening, closing in self._shifts_from(moment.date()):
            if closing <= moment:
                continue
            begin = max(moment, opening)
            if left <= closing - begin:
                return begin + left
            left -= closing - begin
        raise _no_working_time(self)

    def _shifts_from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for each in _days_from(day):
            yield from self._spans(each)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for opening, closing in self._shifts_of(day):
            yield datetime.combine(day, opening), datetime.combine(day, closing)

    def _shifts_of(self, day: date) -> Sequence[Shift]:
        return () if day in self.holidays else self._week[day.weekday()]

    @cached_property
    def _week(self) -> Sequence[Sequence[Shift]]:
        return [sorted(self.shifts.get(weekday, ())) for weekday in range(7)]


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=passed) for passed in range(_HORIZON))


def _no_working_time(calendar: WorkingCalendar) -> ValueError:
    return ValueError(f"The calendar of {calendar.zone} has no working time.")
