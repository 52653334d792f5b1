"""Times that somebody types, in zones that skip, repeat, changed their mind, or do nothing of the kind: every answer written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from partnernet.core import localtime
from tests.zone_rules import NEW, NEW_YORK, OLD, compiled

# One instant; or two, which a refusal names: the gap's by the offset after and before it, the overlap's in their order.
SKIPPED, TWICE = localtime.NonexistentTime, localtime.AmbiguousTime

# The same typed time under the rules of 2006 and under those of 2007.
CHANGE_OF_2007: list[tuple[str, tuple[object, ...], tuple[object, ...]]] = [
    ("2007-03-09T17:00", ("2007-03-09T22:00",), ("2007-03-09T22:00",)),
    ("2007-03-11T01:59", ("2007-03-11T06:59",), ("2007-03-11T06:59",)),
    ("2007-03-11T02:30", ("2007-03-11T07:30",), ("2007-03-11T06:30", "2007-03-11T07:30", SKIPPED)),
    ("2007-03-11T03:00", ("2007-03-11T08:00",), ("2007-03-11T07:00",)),
    ("2007-03-12T09:00", ("2007-03-12T14:00",), ("2007-03-12T13:00",)),
    ("2007-03-15T17:00", ("2007-03-15T22:00",), ("2007-03-15T21:00",)),
    ("2007-03-31T23:59", ("2007-04-01T04:59",), ("2007-04-01T03:59",)),
    ("2007-04-01T02:30", ("2007-04-01T06:30", "2007-04-01T07:30", SKIPPED), ("2007-04-01T06:30",)),
    ("2007-04-01T03:00", ("2007-04-01T07:00",), ("2007-04-01T07:00",)),
    ("2007-07-04T12:00", ("2007-07-04T16:00",), ("2007-07-04T16:00",)),
    ("2007-10-28T00:59", ("2007-10-28T04:59",), ("2007-10-28T04:59",)),
    ("2007-10-28T01:30", ("2007-10-28T05:30", "2007-10-28T06:30", TWICE), ("2007-10-28T05:30",)),
    ("2007-10-28T02:00", ("2007-10-28T07:00",), ("2007-10-28T06:00",)),
    ("2007-11-01T17:00", ("2007-11-01T22:00",), ("2007-11-01T21:00",)),
    ("2007-11-04T01:30", ("2007-11-04T06:30",), ("2007-11-04T05:30", "2007-11-04T06:30", TWICE)),
    ("2007-11-04T02:00", ("2007-11-04T07:00",), ("2007-11-04T07:00",)),
    ("2008-03-09T02:30", ("2008-03-09T07:30",), ("2008-03-09T06:30", "2008-03-09T07:30", SKIPPED)),
]
ELSEWHERE: list[tuple[object, ...]] = [
    # Arizona keeps its clocks; the Navajo Nation inside it goes with Denver. Nor do Hawaii and Puerto Rico move.
    ("America/Phoenix", "2007-03-11T02:30", "2007-03-11T09:30"),
    ("America/Phoenix", "2007-11-04T01:30", "2007-11-04T08:30"),
    ("America/Phoenix", "2026-03-08T02:30", "2026-03-08T09:30"),
    ("America/Denver", "2026-03-08T02:30", "2026-03-08T08:30", "2026-03-08T09:30", SKIPPED),
    ("America/Denver", "2026-11-01T01:30", "2026-11-01T07:30", "2026-11-01T08:30", TWICE),
    ("Pacific/Honolulu", "2026-03-08T02:30", "2026-03-08T12:30"),
    ("America/Puerto_Rico", "2026-03-08T02:30", "2026-03-08T06:30"),
    ("America/Chicago", "2026-03-08T02:30", "2026-03-08T07:30", "2026-03-08T08:30", SKIPPED),
    ("America/Los_Angeles", "2026-03-08T02:30", "2026-03-08T09:30", "2026-03-08T10:30", SKIPPED),
    ("America/Los_Angeles", "2026-11-01T01:30", "2026-11-01T08:30", "2026-11-01T09:30", TWICE),
    ("America/Anchorage", "2026-03-08T02:30", "2026-03-08T10:30", "2026-03-08T11:30", SKIPPED),
    # Indiana began to move its clocks in 2006.
    ("America/Indiana/Indianapolis", "2005-06-01T12:00", "2005-06-01T17:00"),
    ("America/Indiana/Indianapolis", "2006-06-01T12:00", "2006-06-01T16:00"),
    # Halves and quarters of an hour.
    ("America/St_Johns", "2026-03-08T02:30", "2026-03-08T05:00", "2026-03-08T06:00", SKIPPED),
    ("America/St_Johns", "2026-11-01T01:30", "2026-11-01T04:00", "2026-11-01T05:00", TWICE),
    ("Australia/Lord_Howe", "2026-10-04T01:59", "2026-10-03T15:29"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:15", "2026-10-03T15:45", SKIPPED),
    ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15", TWICE),
    ("Australia/Adelaide", "2026-10-04T02:30", "2026-10-03T16:00", "2026-10-03T17:00", SKIPPED),
    ("Australia/Sydney", "2026-04-05T02:30", "2026-04-04T15:30", "2026-04-04T16:30", TWICE),
    ("Pacific/Chatham", "2026-09-27T03:00", "2026-09-26T13:15", "2026-09-26T14:15", SKIPPED),
    ("Pacific/Chatham", "2026-04-05T03:00", "2026-04-04T13:15", "2026-04-04T14:15", TWICE),
    ("Asia/Kathmandu", "1985-12-31T12:00", "1985-12-31T06:30"),
    ("Asia/Kathmandu", "1986-01-01T00:10", "1985-12-31T18:25", "1985-12-31T18:40", SKIPPED),
    ("Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15"),
    ("Asia/Kolkata", "2026-06-01T09:00", "2026-06-01T03:30"),
    # Samoa went over the date line: 30 December 2011 was nowhere on its clocks.
    ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-29T22:00", "2011-12-30T22:00", SKIPPED),
    ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
    # Midnight itself is skipped or, in Dublin, winter is the exception.
    ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T02:30", "2018-11-04T03:30", SKIPPED),
    ("America/Sao_Paulo", "2026-10-18T00:30", "2026-10-18T03:30"),
    ("America/Havana", "2026-03-08T00:30", "2026-03-08T04:30", "2026-03-08T05:30", SKIPPED),
    ("Europe/London", "2026-03-29T01:30", "2026-03-29T00:30", "2026-03-29T01:30", SKIPPED),
    ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30", "2026-10-25T01:30", TWICE),
    ("Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30", "2026-10-25T01:30", TWICE),
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T00:30", "2026-03-29T01:30", SKIPPED),
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30", TWICE),
    ("UTC", "2026-03-08T02:30", "2026-03-08T02:30"),
]
BEGINNINGS = [
    ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),
    ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00"),
    ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00"),
    ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00"),
]


def utc(text: object) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


def holds(zone: str, typed: str, *said: object) -> None:
    """Hold that a typed time is the one instant, or is refused with both readings, which the lenient rule takes apart."""
    local = datetime.fromisoformat(typed)
    if len(said) == 1:
        instant = localtime.resolve(local, zone)
        assert (instant, localtime.to_local(instant, zone)) == (utc(said[0]), local)
        return
    first, second, kind = utc(said[0]), utc(said[1]), said[2]
    with pytest.raises(kind) as refused:  # type: ignore[call-overload] # the class stands in the table
        localtime.resolve(local, zone)
    assert refused.value.readings == (first, second)
    # RFC 5545: a gap by the offset before it, which is the later instant; an overlap by its first.
    assert localtime.resolve_lenient(local, zone) == (second if kind is SKIPPED else first)


@pytest.mark.parametrize(
    ("typed", "old", "new"), CHANGE_OF_2007, ids=lambda part: str(part) if isinstance(part, str) else ""
)
@pytest.mark.parametrize("rules", ["2006", "2007"])
def test_the_change_of_2007_by_the_old_and_the_new_rules(
    tmp_path, monkeypatch, rules, typed, old, new
) -> None:
    table = compiled(OLD if rules == "2006" else NEW, tmp_path) / NEW_YORK
    with table.open("rb") as read:
        zone = ZoneInfo.from_file(read, key=NEW_YORK)
    monkeypatch.setattr(localtime, "zone_of", lambda _: zone)

    holds(NEW_YORK, typed, *(old if rules == "2006" else new))


@pytest.mark.parametrize(("typed", "old", "new"), CHANGE_OF_2007)
def test_this_machines_tables_know_the_rules_of_2007(typed, old, new) -> None:
    holds(NEW_YORK, typed, *new)


@pytest.mark.parametrize("case", ELSEWHERE, ids=lambda case: f"{case[0]} {case[1]}")
def test_elsewhere(case) -> None:
    holds(*case)


@pytest.mark.parametrize(("zone", "day", "begins"), BEGINNINGS)
def test_a_day_begins_when_its_first_hour_does(zone, day, begins) -> None:
    assert localtime.start_of_day(day, zone) == utc(begins)


def test_sixty_cases_and_a_clock_in_utc(capsys) -> None:
    cases = 3 * len(CHANGE_OF_2007) + len(ELSEWHERE) + len(BEGINNINGS)

    with capsys.disabled():
        print(f"\nzones: {cases} typed times in {len({case[0] for case in ELSEWHERE}) + 1} zones")
    assert cases >= 60
    assert (settings.CELERY_TIMEZONE, settings.TIME_ZONE) == ("UTC", "UTC")
