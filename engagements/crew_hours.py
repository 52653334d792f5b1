"""The minutes that our own people have, day by day.

Working hours are kept as local wall time, so a day on which the clocks change has the minutes it really has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=400)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Hours:
    """A span of one weekday (0 is Monday) in minutes after local midnight, the end not included."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class Person:
    """When one of our technicians works."""

    zone: str
    hours: tuple[Hours, ...]
    days_off: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Span:
    """A stretch of time between two instants."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        return max(0, int((self.end - self.start).total_seconds() // 60))


def local_instant(day: date, minute: int, zone: str) -> datetime:
    """Return the instant of a local wall time; a time in a gap is read as RFC 5545 does, with the offset before it."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def spans(
    person: Person, *, start: datetime, end: datetime, holidays: frozenset[date] = frozenset()
) -> Iterator[Span]:
    """Yield the working spans of one person between two instants, oldest first."""
    day = start.astimezone(ZoneInfo(person.zone)).date()
    last = end.astimezone(ZoneInfo(person.zone)).date()
    by_weekday = sorted(person.hours, key=lambda hours: (hours.weekday, hours.start))
    while day <= last:
        if day not in holidays and day not in person.days_off:
            for hours in by_weekday:
                if hours.weekday == day.weekday():
                    opened = max(start, local_instant(day, hours.start, person.zone))
                    closed = min(end, local_instant(day, hours.end, person.zone))
                    if opened < closed:
                        yield Span(opened, closed)
        day += timedelta(days=1)


def minutes_between(
    crew: Iterable[Person], *, start: datetime, end: datetime, holidays: frozenset[date] = frozenset()
) -> int:
    """Return the minutes that the whole crew works between two instants; none when the end is not later."""
    if end <= start:
        return 0
    return sum(
        span.minutes for person in crew for span in spans(person, start=start, end=end, holidays=holidays)
    )


def reached_at(
    crew: tuple[Person, ...], minutes: float, *, start: datetime, holidays: frozenset[date] = frozenset()
) -> datetime | None:
    """Return the instant at which the crew's minutes add up, or None when that is over 400 days ahead."""
    if minutes <= 0:
        return start
    left, opened = minutes, start
    while opened < start + HORIZON:
        closed = min(opened + timedelta(days=1), start + HORIZON)
        worked = [
            span for person in crew for span in spans(person, start=opened, end=closed, holidays=holidays)
        ]
        today = sum((span.end - span.start).total_seconds() / 60 for span in worked)
        if today >= left:
            return _instant_within(worked, left)
        left, opened = left - today, closed
    return None


def _instant_within(worked: list[Span], minutes: float) -> datetime:
    """Walk from one change of head-count to the next until the minutes are used up."""
    edges = sorted({edge for span in worked for edge in (span.start, span.end)})
    left = minutes
    for opened, closed in pairwise(edges):
        people = sum(1 for span in worked if span.start <= opened and span.end >= closed)
        stretch = (closed - opened).total_seconds() / 60
        if people and people * stretch >= left:
            return opened + timedelta(minutes=left / people)
        left -= people * stretch
    return edges[-1]
