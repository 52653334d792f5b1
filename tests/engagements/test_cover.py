"""Cover in arithmetic: turns, answers, weeks and the hours that are paid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.cover import Promise, Span, answer_by, half_way, most_hours, paid_hours, part_run
from partnernet.core.localtime import resolve_lenient
from tests.engagements.conftest import NEW_YORK, wall

NIGHTS = Span(wall(9, 17), wall(19, 8), NEW_YORK)
DAYS = Span(wall(5, 9), wall(18, 17), NEW_YORK)
ROUND_THE_CLOCK = Span(wall(9, 0), wall(16, 0), NEW_YORK)
FIVE_TO_TWENTY = Promise(30, Decimal(5), Decimal(20))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return resolve_lenient(wall(day, hour, minute), NEW_YORK)


def test_nights_cross_midnight_and_the_clocks():
    assert (NIGHTS.days, NIGHTS.weeks) == (10, 2)
    turns = list(NIGHTS.turns())
    assert turns[0] == (at(9, 17), at(10, 8))
    assert turns[1] == (at(10, 17), at(11, 8))
    assert turns[1][1] - turns[1][0] == timedelta(hours=14)
    assert turns[-1] == (at(18, 17), at(19, 8))


def test_days_and_the_whole_day():
    assert (DAYS.days, DAYS.weeks, list(DAYS.turns())[-1]) == (14, 2, (at(18, 9), at(18, 17)))
    assert (ROUND_THE_CLOCK.days, ROUND_THE_CLOCK.weeks) == (7, 1)
    assert list(ROUND_THE_CLOCK.turns())[2] == (at(11, 0), at(12, 0))


@pytest.mark.parametrize(
    ("called", "answer"),
    [
        (at(12, 20), at(12, 20, 30)),
        (at(13, 7, 50), at(13, 17, 20)),
        (at(13, 12), at(13, 17, 30)),
        (at(19, 7, 50), at(19, 8)),
    ],
)
def test_an_answer_is_due_within_the_hours_of_cover(called, answer):
    assert answer_by(NIGHTS, called, minutes=30) == answer


@pytest.mark.parametrize(
    ("until", "part"),
    [
        (at(9, 17), Fraction(0)),
        (at(9, 18), Fraction(1, 10)),
        (at(13, 12), Fraction(2, 5)),
        (at(30, 0), Fraction(1)),
    ],
)
def test_the_part_of_cover_that_has_run(until, part):
    assert part_run(NIGHTS, until=until) == part


def test_a_reminder_comes_half_way():
    assert half_way(at(12, 20), at(12, 20, 30)) == at(12, 20, 15)


@pytest.mark.parametrize(
    ("minutes", "until", "hours"),
    [
        ({}, at(6, 0), 0),
        ({}, at(12, 8, 59), 0),
        ({}, at(12, 9), 5),
        ({}, at(18, 17), 10),
        ({date(2007, 3, 5): 90}, at(6, 0), "1.5"),
        ({date(2007, 3, 5): 90}, at(12, 9), 5),
        ({date(2007, 3, 5): 25 * 60, date(2007, 3, 11): 60, date(2007, 3, 12): 600}, at(13, 0), 30),
        ({date(2007, 3, 5): 20}, at(6, 0), "0.33"),
    ],
)
def test_hours_are_paid_week_by_week(minutes, until, hours):
    assert paid_hours(DAYS, FIVE_TO_TWENTY, minutes, until=until) == Decimal(hours)


def test_a_short_last_week_holds_its_part_of_the_least_hours():
    assert NIGHTS.days_of_week(1) == 3
    assert paid_hours(NIGHTS, FIVE_TO_TWENTY, {}, until=at(19, 8)) == Decimal("7.14")
    assert NIGHTS.week_of(date(2007, 3, 19)) == 1


def test_the_most_hours_of_all_weeks():
    assert most_hours(NIGHTS, FIVE_TO_TWENTY) == 40


WORK = st.dictionaries(st.dates(date(2007, 3, 5), date(2007, 3, 18)), st.integers(1, 1440), max_size=14)


@given(WORK, WORK, st.integers(0, 400), st.integers(0, 100))
def test_paid_hours_never_fall(first, more, hours, later):
    until = datetime(2007, 3, 5, 14, tzinfo=UTC) + timedelta(hours=hours)
    both = {day: first.get(day, 0) + more.get(day, 0) for day in first.keys() | more.keys()}

    before = paid_hours(DAYS, FIVE_TO_TWENTY, first, until=until)
    after = paid_hours(DAYS, FIVE_TO_TWENTY, both, until=until + timedelta(hours=later))

    assert before <= after <= most_hours(DAYS, FIVE_TO_TWENTY)


@pytest.mark.parametrize(
    ("promise", "fields"),
    [
        (Promise(), {"response_minutes", "weekly_minimum", "weekly_maximum"}),
        (Promise(0, Decimal(0), Decimal(5)), {"response_minutes"}),
        (Promise(1441, Decimal(-1), Decimal(169)), {"response_minutes", "weekly_minimum", "weekly_maximum"}),
        (Promise(30, Decimal(6), Decimal(5)), {"weekly_minimum"}),
        (Promise(30, Decimal(0), Decimal(168)), set()),
    ],
)
def test_a_promise_says_what_is_wrong_with_it(promise, fields):
    assert set(promise.problems()) == fields
