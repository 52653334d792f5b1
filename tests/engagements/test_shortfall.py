"""Deadline arithmetic from measured actuals."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engagements import shortfall
from engagements.crew_hours import Hours, Person, Span, minutes_between, reached_at, spans

NEW_YORK = "America/New_York"
NINE_TO_FIVE = tuple(Hours(weekday, 9 * 60, 17 * 60) for weekday in range(5))
DEADLINE = datetime(2007, 3, 11, 0, 0, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2007, month, day, hour, minute, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


def line(key: str = "A", units: int = 40, estimate: float = 45, **known: float) -> shortfall.Line:
    return shortfall.Line(key, units, estimate, **known)  # type: ignore[arg-type]


def job(*lines: shortfall.Line, crew: int = 1, **known: object) -> shortfall.Job:
    people = tuple(Person(NEW_YORK, NINE_TO_FIVE) for _ in range(crew))
    return shortfall.Job(lines, people, DEADLINE, NEW_YORK, **known)  # type: ignore[arg-type]


def test_the_worked_check_of_the_formula():
    measured = line("1", own_done=32, measured_units=32, measured_minutes=32 * 62)
    other = line("2")

    rho = shortfall.ratio([measured, other])

    assert round(rho, 4) == 1.3267
    assert round(shortfall.minutes_each(other, rho), 1) == 59.7
    assert round(shortfall.minutes_each(measured, rho), 2) == 61.69


def test_without_measurements_the_estimate_stands():
    assert shortfall.ratio([line()]) == 1
    assert shortfall.minutes_each(line(estimate=45), 1) == 45


def test_own_leaves_out_what_is_done_and_what_others_accepted():
    assert line(units=40, own_done=10, subcontracted=12).own == 18


def test_the_crew_fills_the_lines_in_their_order():
    # One person, Friday 9 March 9 to 17: 480 minutes, 10 units of 45 minutes with 30 minutes to spare.
    outlook = shortfall.forecast(job(line("A", units=8), line("B", units=6)), now=at(9, 9))

    assert [(each.can, each.at_risk) for each in outlook.lines] == [(8, 0), (2, 4)]
    assert (outlook.own, outlook.can, outlook.at_risk, outlook.have) == (14, 10, 4, 480)
    assert outlook.extra_hours == 3  # 14 x 45 = 630 minutes, 150 short


def test_offered_units_count_as_at_risk_until_accepted_and_are_shown_beside():
    outlook = shortfall.forecast(job(line("A", units=14, offered=3)), now=at(9, 9))

    assert outlook.at_risk == 4
    assert outlook.bar == shortfall.Bar(done=0, ours=10, accepted=0, offered=3, not_placed=1)


def test_the_bar_adds_up_to_the_job():
    outlook = shortfall.forecast(
        job(line("A", units=30, own_done=5, subcontracted=8, sub_done=2, offered=4)), now=at(9, 9)
    )

    assert outlook.bar == shortfall.Bar(done=7, ours=10, accepted=6, offered=4, not_placed=3)
    assert outlook.bar.total == outlook.units == 30


def test_the_finish_is_when_the_minutes_add_up():
    outlook = shortfall.forecast(job(line("A", units=14)), now=at(9, 9))

    assert outlook.finish == at(12, 11, 30)  # 480 minutes on Friday, the other 150 on Monday


def test_two_people_finish_in_half_the_time():
    crew = tuple(Person(NEW_YORK, NINE_TO_FIVE) for _ in range(2))

    assert reached_at(crew, 240, start=at(9, 9)) == at(9, 11)


def test_a_finish_over_400_days_ahead_is_not_in_sight():
    assert shortfall.forecast(job(line(units=100_000)), now=at(9, 9)).finish is None


def test_without_crew_everything_is_at_risk():
    work = job(line(units=14), crew=0)
    outlook = shortfall.forecast(work, now=at(9, 9))

    assert (outlook.at_risk, outlook.finish) == (14, None)
    assert shortfall.sentence(work, outlook, noun="computer") == (
        "No crew hours entered, so everything we have not placed counts as at risk. "
        "14 of 14 computers will miss 11 March: place them, or add 11 hours."
    )


def test_a_deadline_in_the_past_leaves_no_minutes():
    outlook = shortfall.forecast(job(line(units=3)), now=at(12, 9))

    assert (outlook.have, outlook.at_risk) == (0, 3)


def test_the_sentence_of_the_story():
    # 192 units to do at 62 minutes: 161 fit before the date, 31 do not.
    work = job(line(units=240, own_done=48, measured_units=100_000, measured_minutes=62 * 100_000))
    outlook = shortfall.Forecast(
        ratio=62 / 45, minutes_each=62, need=192 * 62.0, have=192 * 62 - 32 * 60, own=192, can=161, at_risk=31,
        finish=at(13, 12), extra_hours=32, lines=(), late_firms=(), bar=shortfall.Bar(48, 161, 0, 0, 31), units=240, done=48,
    )  # fmt: skip

    assert shortfall.sentence(work, outlook, noun="computer") == (
        "At 62 minutes each we finish on 13 March, 2 days late. "
        "31 of 240 computers will miss 11 March: place them, or add 32 hours."
    )


def test_the_sentence_when_we_make_it():
    work = job(line(units=10))

    assert shortfall.sentence(work, shortfall.forecast(work, now=at(9, 9)), noun="computer") == (
        "At 45 minutes each we finish on 9 March, 2 days early. All 10 computers make 11 March."
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "Add the first site: how many computers, minutes each, by when."),
        ((line(units=2, own_done=2),), "All 2 computers are done."),
    ],
)
def test_the_sentence_at_both_ends(lines, said):
    work = job(*lines)

    assert shortfall.sentence(work, shortfall.forecast(work, now=at(9, 9)), noun="computer") == said


def sub_order(**known) -> shortfall.SubOrder:
    values = {
        "units": 18, "done": 6, "measured_minutes": 6 * 60, "starts_at": at(8, 9), "ends_at": at(9, 18), "zone": NEW_YORK,
    }  # fmt: skip
    return shortfall.SubOrder("WO-1", "Blue Mesa", **(values | known))


def test_a_sub_that_keeps_its_pace_is_not_late():
    # From 8 March 16:00: 2 hours that day and 10 on the next, one unit an hour, 12 left.
    assert shortfall.units_late(sub_order(), deadline_at=DEADLINE, now=at(8, 16)) == 0


def test_a_sub_too_slow_for_its_dates_is_named():
    work = job(line(units=18, subcontracted=18, sub_done=6), sub_orders=(sub_order(measured_minutes=6 * 90),))
    outlook = shortfall.forecast(work, now=at(8, 16))

    assert outlook.late_firms == (shortfall.LateFirm("WO-1", "Blue Mesa", 4),)
    assert shortfall.sentence(work, outlook, noun="computer") == (
        "4 of 18 computers will miss 11 March. Blue Mesa is 4 computers behind."
    )


def test_a_sub_is_trusted_until_its_first_report_or_its_last_hour():
    silent = sub_order(done=0, measured_minutes=0)

    assert shortfall.units_late(silent, deadline_at=DEADLINE, now=at(9, 17)) == 0
    assert shortfall.units_late(silent, deadline_at=DEADLINE, now=at(9, 18)) == 18


def test_crew_minutes_on_the_day_the_clocks_change():
    night = Person(NEW_YORK, (Hours(6, 0, 6 * 60),))

    assert minutes_between([night], start=at(11), end=at(12)) == 5 * 60
    assert minutes_between([night], start=at(4, month=11), end=at(5, month=11)) == 7 * 60


def test_crew_minutes_leave_out_holidays_and_days_off():
    person = Person(NEW_YORK, NINE_TO_FIVE, frozenset({date(2007, 3, 6)}))

    counted = minutes_between([person], start=at(5), end=at(10), holidays=frozenset({date(2007, 3, 7)}))

    assert counted == 3 * 480


def test_a_span_is_cut_at_both_ends():
    person = Person(NEW_YORK, NINE_TO_FIVE)

    assert list(spans(person, start=at(9, 10), end=at(9, 12))) == [Span(at(9, 10), at(9, 12))]


def test_the_burn_up_counts_what_is_done_and_goes_on_at_the_measured_pace():
    work = job(line(units=30, own_done=7))
    outlook = shortfall.forecast(work, now=at(8, 17))
    reports = [(at(7, 12), 3), (at(8, 12), 4)]

    points = shortfall.burn_up(work, outlook, reports=reports, now=at(8, 17))

    assert [(point.day.day, point.done, point.expected) for point in points] == [
        (7, 3, None), (8, 7, 7), (9, None, 17), (10, None, 17), (11, None, 17), (12, None, 28), (13, None, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("noun", "many"),
    [("computer", "computers"), ("switch", "switches"), ("battery", "batteries"), ("day", "days")],
)
def test_plurals(noun, many):
    assert shortfall.plural(noun, 1) == noun
    assert shortfall.plural(noun, 2) == many


def test_minutes_are_real_minutes_across_zones():
    west = Person("America/Los_Angeles", (Hours(4, 9 * 60, 17 * 60),))

    assert minutes_between([west], start=at(9, 9), end=at(9, 17)) == 5 * 60
    assert minutes_between([west], start=at(9, 17), end=at(9, 17) - timedelta(hours=1)) == 0
