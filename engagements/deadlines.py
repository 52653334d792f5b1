"""When an answer is due, what counts as on time, when a cancellation costs. Pure; instants are UTC."""

from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partnernet.core.localtime import is_business_day, next_business_day

ARRIVAL_WINDOW, HARD_START, COMPLETE_BY = "arrival_window", "hard_start", "complete_by"
PICK_START, ASAP, COVER = "pick_start", "asap", "cover"
SCHEDULE_KINDS = (ARRIVAL_WINDOW, HARD_START, PICK_START, COMPLETE_BY, ASAP, COVER)
NAMED_WHEN_ACCEPTED = frozenset({PICK_START, ASAP})
"""Whoever accepts says when they will be there; from then on the order has that start."""

SHORTEST_WINDOW = timedelta(minutes=45)
DEFAULT_WINDOW = timedelta(hours=2)
GRACE = timedelta(minutes=15)
EARLY_NEEDS_OK = timedelta(minutes=30)
CANCELLATION_FREE_UNTIL = timedelta(hours=24)
SOON = timedelta(hours=24)
BEFORE_START = timedelta(hours=4)
SHORTEST_ANSWER, LONGEST_SOON_ANSWER = timedelta(minutes=15), timedelta(hours=2)
BOUND = frozenset({"assigned", "in_progress", "on_hold"})
BUSINESS_DAY = (time(9), time(17))

NO_HOLIDAYS: AbstractSet[date] = frozenset()


def begins_by(
    kind: str, *, now: datetime, starts_at: datetime | None, ends_at: datetime | None
) -> datetime | None:
    """Return what an answer has to come before: the start, the end of what has none, or the last start that can be picked.

    As soon as possible is within a day.
    """
    if kind == ASAP:
        return now + SOON
    return ends_at if kind == PICK_START else starts_at or ends_at


def respond_by(
    now: datetime, *, starts_at: datetime | None, zone: str, holidays: AbstractSet[date] = NO_HOLIDAYS
) -> datetime:
    """Return the default time to answer an offer by.

    17:00 of the receiver's next business day, at latest 4 hours before the start; when the work starts within 24 hours, a quarter
    of the time left, between 15 minutes and 2 hours. `zone` is the receiver's.
    """
    if starts_at is not None and starts_at - now <= SOON:
        return now + min(max((starts_at - now) / 4, SHORTEST_ANSWER), LONGEST_SOON_ANSWER)
    day = next_business_day(now.astimezone(ZoneInfo(zone)).date(), holidays)
    close = datetime.combine(day, BUSINESS_DAY[1], ZoneInfo(zone)).astimezone(UTC)
    return close if starts_at is None else min(close, starts_at - BEFORE_START)


def after_business_hours(
    start: datetime, length: timedelta, *, zone: str, holidays: AbstractSet[date] = NO_HOLIDAYS
) -> datetime:
    """Return the instant when this much business time (9 to 17 local, Monday to Friday) has passed."""
    day, left = start.astimezone(ZoneInfo(zone)).date(), length
    while True:
        if is_business_day(day, holidays):
            opened, closed = (
                datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for at in BUSINESS_DAY
            )
            opened = max(opened, start)
            if closed - opened >= left:
                return opened + left
            left -= max(timedelta(), closed - opened)
        day += timedelta(days=1)


def window_is_long_enough(starts_at: datetime, ends_at: datetime) -> bool:
    return ends_at - starts_at >= SHORTEST_WINDOW


def span(starts_at: datetime | None, ends_at: datetime | None) -> tuple[datetime, datetime] | None:
    """Return from when to when an appointment keeps somebody: its window, or two hours of a start; None without a start."""
    if starts_at is None:
        return None
    return starts_at, ends_at or starts_at + DEFAULT_WINDOW


def late_after(kind: str, *, starts_at: datetime | None, ends_at: datetime | None) -> datetime | None:
    """Return the instant after which a start (of a complete-by: the end) is late, or None when nothing was agreed, as of cover.

    An arrival is late 15 minutes after its window closes, a hard start 15 minutes after it, a completion at its time.
    """
    if kind in (COMPLETE_BY, COVER):
        return ends_at if kind == COMPLETE_BY else None
    last = last_arrival(kind, starts_at, ends_at)
    return last + GRACE if last else None


def last_arrival(kind: str, starts_at: datetime | None, ends_at: datetime | None) -> datetime | None:
    """Return the last instant at which somebody may come: when the window closes, or the start that was agreed."""
    if kind in (COMPLETE_BY, COVER):
        return None
    return ends_at if kind == ARRIVAL_WINDOW else starts_at


def is_late(kind: str, *, at: datetime, starts_at: datetime | None, ends_at: datetime | None) -> bool:
    limit = late_after(kind, starts_at=starts_at, ends_at=ends_at)
    return limit is not None and at > limit


def early_needs_ok(kind: str, *, at: datetime, starts_at: datetime | None) -> bool:
    """Tell whether an arrival is more than 30 minutes early; early never scores."""
    return kind != COMPLETE_BY and starts_at is not None and starts_at - at > EARLY_NEEDS_OK


def cancellation_costs(now: datetime, *, starts_at: datetime | None, order_status: str) -> bool:
    """Tell whether ending an order now owes the cancellation fee: from assigned, later than 24 hours before the start."""
    return order_status in BOUND and starts_at is not None and starts_at - now < CANCELLATION_FREE_UNTIL
