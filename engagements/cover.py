"""Cover: a firm stands by between two dates, at the same hours of each day, for hours of work that are called off. Pure.

The hours of the day are those of the first and the last moment: 10 March 17:00 to 10 April 08:00 is every night between.
Equal hours are the whole day. Weeks are counted from the first day. Hours are hours, money is nowhere here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from partnernet.core.localtime import resolve_lenient

DAY, WEEK = timedelta(days=1), timedelta(days=7)
LONGEST_PROMISE = 24 * 60
HOURS_OF_A_WEEK = Decimal(168)
MOST_WEEKS = 60
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Promise:
    """What a firm promises: to answer within so many minutes of cover, and hours a week that are at least and at most paid."""

    response_minutes: int | None = None
    weekly_minimum: Decimal | None = None
    weekly_maximum: Decimal | None = None

    def problems(self) -> dict[str, str]:
        """Return what is wrong, a sentence by field."""
        least, most, minutes = self.weekly_minimum, self.weekly_maximum, self.response_minutes
        wrong = {}
        if minutes is None or not 1 <= minutes <= LONGEST_PROMISE:
            wrong["response_minutes"] = "Say within how many minutes they answer, up to a day."
        if most is None or not 0 < most <= HOURS_OF_A_WEEK:
            wrong["weekly_maximum"] = "Say the most hours a week, up to 168."
        if least is None or least < 0:
            wrong["weekly_minimum"] = "Say the hours a week that you pay at least, or 0."
        elif most is not None and least > most:
            wrong["weekly_minimum"] = "At least cannot be more than at most."
        return wrong


@dataclass(frozen=True)
class Span:
    """From when to when, on the clock of the place."""

    starts: datetime
    ends: datetime
    zone: str

    @property
    def days(self) -> int:
        """Return on how many days cover begins."""
        whole = (self.ends.date() - self.starts.date()).days
        return whole + 1 if self.ends.time() > self.starts.time() else max(1, whole)

    @property
    def weeks(self) -> int:
        return -(-self.days // 7)

    def week_of(self, day: date) -> int:
        """Return the week, from 0, to which work of a day belongs; the end of the last night belongs to its week."""
        return min(max(0, (day - self.starts.date()).days // 7), self.weeks - 1)

    def days_of_week(self, week: int) -> int:
        return min(7, self.days - 7 * week)

    def week_ends_at(self, week: int) -> datetime:
        """Return the instant at which a week of cover is over."""
        if week >= self.weeks - 1:
            return resolve_lenient(self.ends, self.zone)
        return resolve_lenient(self.starts + WEEK * (week + 1), self.zone)

    def turns(self) -> Iterator[tuple[datetime, datetime]]:
        """Return from when to when somebody stands by, day by day, as instants."""
        for number in range(self.days):
            opens = self.starts + DAY * number
            closes = datetime.combine(opens.date(), self.ends.time())
            closes += DAY if closes <= opens else timedelta()
            yield resolve_lenient(opens, self.zone), resolve_lenient(min(closes, self.ends), self.zone)


def part_run(span: Span, *, until: datetime) -> Fraction:
    """Return the part of the days of cover that had begun by `until`: what somebody stood by for, of the whole."""
    return Fraction(sum(opens < until for opens, _ in span.turns()), span.days)


def answer_by(span: Span, called_at: datetime, *, minutes: int) -> datetime:
    """Return by when a call is answered: so many minutes of cover later, at latest when cover ends."""
    left, last = timedelta(minutes=minutes), called_at
    for opens, closes in span.turns():
        if closes <= called_at:
            continue
        stands_by = max(opens, called_at)
        if closes - stands_by >= left:
            return stands_by + left
        left, last = left - (closes - stands_by), closes
    return last


def half_way(called_at: datetime, answer_by: datetime) -> datetime:
    """Return when to remind: at half of the time."""
    return called_at + (answer_by - called_at) / 2


def paid_hours(span: Span, promise: Promise, minutes: Mapping[date, int], *, until: datetime) -> Decimal:
    """Return the hours that are paid: of each week what was worked, at most the most; at least the least once it is over.

    `minutes` are those worked, by day. A last week of fewer days holds the same part of the least hours. Never falls while
    `until` grows or more is worked, so that parts sum up to the whole.
    """
    worked = [Decimal(0)] * span.weeks
    for day, count in minutes.items():
        worked[span.week_of(day)] += Decimal(count) / 60
    total = Decimal(0)
    for week, hours in enumerate(worked):
        paid = min(hours, promise.weekly_maximum) if promise.weekly_maximum is not None else hours
        if span.week_ends_at(week) <= until:
            paid = max(paid, (promise.weekly_minimum or Decimal(0)) * span.days_of_week(week) / 7)
        total += paid
    return total.quantize(CENT, rounding=ROUND_HALF_UP)


def most_hours(span: Span, promise: Promise) -> Decimal:
    """Return the most hours that all weeks together can come to."""
    return (promise.weekly_maximum or Decimal(0)) * span.weeks
