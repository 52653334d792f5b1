"""The calendar of the story: day 0 is 12 February 2007, or the day it is loaded on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from partnernet.core import localtime

ZONE = "America/New_York"
FIRST_DAY = date(2007, 2, 12)
DEADLINE = 27


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story stands: `now` is the instant it is loaded at, `first_day` its day 0 in New York."""

    first_day: date
    now: datetime

    @classmethod
    def today(cls, now: datetime) -> Stage:
        return cls(localtime.day_in(now, ZONE), now)

    @classmethod
    def in_2007(cls) -> Stage:
        """The real dates: the story stands at 10 in the morning of 12 February 2007."""
        return cls(FIRST_DAY, datetime(2007, 2, 12, 15, tzinfo=UTC))

    def local(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return the wall time of a day, counted from day 0."""
        return datetime.combine(self.first_day + timedelta(days=day), time(hour, minute))

    def at(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return the instant of a wall time in New York; never later than the story stands."""
        return min(localtime.resolve_lenient(self.local(day, hour, minute), ZONE), self.now)

    def business(self, day: int) -> int:
        """Return the same day, or the next one that is neither Saturday nor Sunday."""
        while (self.first_day + timedelta(days=day)).weekday() >= localtime.SATURDAY:
            day += 1
        return day

    def on(self, day: int) -> date:
        return self.first_day + timedelta(days=day)
