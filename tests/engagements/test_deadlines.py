"""When an answer is due, what is on time, when a cancellation costs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engagements import deadlines

NEW_YORK = "America/New_York"


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2007, 3, day, hour, minute, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


def respond_by(
    now: datetime, starts_at: datetime | None, holidays: frozenset[date] = frozenset()
) -> datetime:
    return deadlines.respond_by(now, starts_at=starts_at, zone=NEW_YORK, holidays=holidays)


def test_an_answer_is_due_at_five_on_the_next_business_day():
    assert respond_by(at(6, 10), at(12, 9)) == at(7, 17)


def test_a_weekend_and_a_holiday_are_skipped():
    assert respond_by(at(2, 10), at(20, 9), frozenset({date(2007, 3, 5)})) == at(6, 17)


def test_the_clock_change_does_not_move_five_o_clock():
    assert respond_by(at(9, 10), at(20, 9)) == datetime(2007, 3, 12, 21, 0, tzinfo=UTC)


def test_an_answer_is_due_at_latest_four_hours_before_the_start():
    assert respond_by(at(6, 9), at(7, 11)) == at(7, 7)


@pytest.mark.parametrize(("hours", "answer"), [(24, 120), (6, 90), (2, 30), (0.5, 15), (-1, 15)])
def test_work_that_starts_soon_wants_a_quarter_of_the_time_left(hours, answer):
    assert respond_by(at(6, 9), at(6, 9) + timedelta(hours=hours)) == at(6, 9) + timedelta(minutes=answer)


def test_without_a_start_only_the_business_day_counts():
    assert respond_by(at(6, 9), None) == at(7, 17)


def test_four_business_hours_run_over_the_weekend():
    ends = deadlines.after_business_hours(at(9, 15), timedelta(hours=4), zone=NEW_YORK)

    assert ends == at(12, 11)


def test_business_hours_start_counting_in_the_morning():
    assert deadlines.after_business_hours(at(8, 5), timedelta(hours=4), zone=NEW_YORK) == at(8, 13)


def test_an_arrival_is_late_fifteen_minutes_after_its_window():
    window = {"starts_at": at(8, 9), "ends_at": at(8, 11)}

    assert not deadlines.is_late("arrival_window", at=at(8, 11, 15), **window)
    assert deadlines.is_late("arrival_window", at=at(8, 11, 15) + timedelta(seconds=1), **window)


def test_a_hard_start_is_late_fifteen_minutes_after_it():
    assert deadlines.is_late("hard_start", at=at(8, 9, 16), starts_at=at(8, 9), ends_at=None)
    assert not deadlines.is_late("hard_start", at=at(8, 9, 15), starts_at=at(8, 9), ends_at=None)


def test_a_completion_has_no_grace():
    assert deadlines.is_late("complete_by", at=at(8, 17, 1), starts_at=None, ends_at=at(8, 17))


def test_early_by_more_than_half_an_hour_asks():
    assert deadlines.early_needs_ok("hard_start", at=at(8, 8, 29), starts_at=at(8, 9))
    assert not deadlines.early_needs_ok("hard_start", at=at(8, 8, 30), starts_at=at(8, 9))
    assert not deadlines.early_needs_ok("complete_by", at=at(8, 1), starts_at=at(8, 9))


def test_a_cancellation_costs_within_a_day_of_the_start():
    def costs(now: datetime, status: str = "assigned") -> bool:
        return deadlines.cancellation_costs(now, starts_at=at(9, 9), order_status=status)

    assert not costs(at(8, 9))
    assert costs(at(8, 9, 1))
    assert not costs(at(8, 10), status="offered")


def test_a_window_has_at_least_45_minutes():
    assert deadlines.window_is_long_enough(at(8, 9), at(8, 9, 45))
    assert not deadlines.window_is_long_enough(at(8, 9), at(8, 9, 44))
