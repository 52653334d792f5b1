"""Dates that the terms of an agreement lead to. Pure: no database."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta


def add_months(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or that month's last day where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def term_end(effective_at: datetime, months: int) -> datetime:
    """Return the first instant after the term: the end, by UTC, of the day that lies so many months later (clause 23)."""
    last = add_months(effective_at.astimezone(UTC).date(), months)
    return datetime.combine(last + timedelta(days=1), time.min, UTC)


def notice_end(now: datetime, days: int) -> datetime:
    """Return the instant at which a notice given now takes effect."""
    return now + timedelta(days=days)


def tail_end(last_service_on: date, months: int) -> date:
    """Return the last day on which a client is still protected."""
    return add_months(last_service_on, months)
