"""Local wall time, zones and business days.

What people agree to keep in local time is stored as wall time + IANA zone, with the instant derived, because a
zone's rules change (the US did in March 2007) and the wall time is what was promised.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from partnernet.core.errors import RuleBroken

SATURDAY = 5


class UnknownZone(RuleBroken):
    """The name is not an IANA time zone."""

    def __init__(self, zone: str) -> None:
        super().__init__(
            f"“{zone}” is not a time zone we know. Try one like America/New_York.", field="timezone"
        )
        self.code = "unknown_zone"


class NonexistentTime(RuleBroken):
    """The clocks skip this time. `readings` holds both instants that may be meant."""

    def __init__(self, local: datetime, zone: str, readings: tuple[datetime, datetime]) -> None:
        before, after = (to_local(instant, zone) for instant in readings)
        super().__init__(
            f"{local:%H:%M} on {local.day} {local:%B %Y} does not exist in {zone}: the clocks go forward."
            f" Did you mean {before:%H:%M} or {after:%H:%M}?",
            code="nonexistent_time",
        )
        self.readings = readings


class AmbiguousTime(RuleBroken):
    """The clocks show this time twice. `readings` holds both instants."""

    def __init__(self, local: datetime, zone: str, readings: tuple[datetime, datetime]) -> None:
        first, second = (instant.strftime("%H:%M UTC") for instant in readings)
        super().__init__(
            f"{local:%H:%M} on {local.day} {local:%B %Y} happens twice in {zone}: the clocks go back."
            f" The first is {first}, the second {second}. Choose a time outside that hour.",
            code="ambiguous_time",
        )
        self.readings = readings


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the zone, or raise UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


@cache
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def readings(local: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the instants of a wall time with fold 0 and fold 1; equal when there is only one."""
    here = zone_of(zone)
    first = local.replace(tzinfo=here, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=here, fold=1).astimezone(UTC)
    return first, second


def resolve(local: datetime, zone: str) -> datetime:
    """Return the one instant of a wall time.

    Raises UnknownZone, NonexistentTime or AmbiguousTime: what a person types is never guessed.
    """
    first, second = readings(local, zone)
    if first == second:
        return first
    if to_local(first, zone) != local:
        raise NonexistentTime(local, zone, (second, first))
    raise AmbiguousTime(local, zone, (first, second))


def resolve_lenient(local: datetime, zone: str) -> datetime:
    """Resolve as RFC 5545 section 3.3.5 does: a gap by the offset before it, an overlap by the first reading.

    For `reresolve_times` alone, where a zone's rules change under a time that was right when it was typed.
    """
    return readings(local, zone)[0]


def to_local(instant: datetime, zone: str) -> datetime:
    """Return the wall time of an instant, without a zone."""
    return instant.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def day_in(instant: datetime, zone: str) -> date:
    return instant.astimezone(zone_of(zone)).date()


def last_minute_of(day: date, zone: str) -> datetime:
    """Return the beginning of the last minute of a day."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(minutes=1)


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first instant of a day; where midnight is skipped, the day begins at the end of the gap."""
    return resolve_lenient(datetime.combine(day, time.min), zone)


def is_business_day(day: date, holidays: Container[date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def next_business_day(day: date, holidays: Container[date] = ()) -> date:
    """Return the first business day after `day`."""
    day += timedelta(days=1)
    while not is_business_day(day, holidays):
        day += timedelta(days=1)
    return day


def business_days_after(day: date, count: int, holidays: Container[date] = ()) -> date:
    """Return the `count`-th business day after `day`; `day` itself for 0."""
    for _ in range(count):
        day = next_business_day(day, holidays)
    return day


def business_days_between(start: date, end: date, holidays: Container[date] = ()) -> int:
    """Count the business days after `start` up to and including `end`."""
    count = 0
    while start < end:
        start = next_business_day(start, holidays)
        count += start <= end
    return count


def business_deadline(instant: datetime, count: int, zone: str, holidays: Container[date] = ()) -> datetime:
    """Return the instant at which the `count`-th business day after `instant` ends in `zone`."""
    last = business_days_after(day_in(instant, zone), count, holidays)
    return start_of_day(last + timedelta(days=1), zone)
