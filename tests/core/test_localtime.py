from datetime import UTC, date, datetime

import pytest

from partnernet.core import localtime

NY = "America/New_York"


def test_a_wall_time_has_one_instant():
    assert localtime.resolve(datetime(2007, 3, 9, 17, 0), NY) == datetime(2007, 3, 9, 22, 0, tzinfo=UTC)


def test_a_skipped_time_is_refused_with_both_readings():
    with pytest.raises(localtime.NonexistentTime) as refused:
        localtime.resolve(datetime(2007, 3, 11, 2, 30), NY)

    assert refused.value.readings == (
        datetime(2007, 3, 11, 6, 30, tzinfo=UTC),
        datetime(2007, 3, 11, 7, 30, tzinfo=UTC),
    )
    assert str(refused.value) == (
        "02:30 on 11 March 2007 does not exist in America/New_York: the clocks go forward."
        " Did you mean 01:30 or 03:30?"
    )


def test_a_repeated_time_is_refused_with_both_readings():
    with pytest.raises(localtime.AmbiguousTime) as refused:
        localtime.resolve(datetime(2007, 11, 4, 1, 30), NY)

    assert refused.value.readings == (
        datetime(2007, 11, 4, 5, 30, tzinfo=UTC),
        datetime(2007, 11, 4, 6, 30, tzinfo=UTC),
    )


def test_half_an_hour_is_skipped_on_lord_howe():
    with pytest.raises(localtime.NonexistentTime):
        localtime.resolve(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe")


def test_arizona_skips_nothing():
    assert localtime.resolve(datetime(2007, 3, 11, 2, 30), "America/Phoenix") == datetime(
        2007, 3, 11, 9, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America/New York"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(localtime.UnknownZone):
        localtime.resolve(datetime(2007, 3, 9, 17, 0), name)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (datetime(2007, 3, 11, 2, 30), datetime(2007, 3, 11, 7, 30, tzinfo=UTC)),
        (datetime(2007, 11, 4, 1, 30), datetime(2007, 11, 4, 5, 30, tzinfo=UTC)),
    ],
)
def test_resolving_by_the_rule_of_calendars(local, instant):
    assert localtime.resolve_lenient(local, NY) == instant


def test_business_days_pass_over_weekends_and_holidays():
    friday, presidents_day = date(2007, 2, 16), date(2007, 2, 19)

    assert localtime.business_days_after(friday, 1) == presidents_day
    assert localtime.business_days_after(friday, 1, {presidents_day}) == date(2007, 2, 20)
    assert localtime.business_days_between(friday, date(2007, 2, 23), {presidents_day}) == 4


def test_a_business_deadline_is_the_end_of_the_local_day():
    friday_evening = datetime(2007, 3, 9, 23, 0, tzinfo=UTC)

    # Monday 12 March ends when the 13th begins, in summer time by then.
    assert localtime.business_deadline(friday_evening, 1, NY) == datetime(2007, 3, 13, 4, 0, tzinfo=UTC)
