"""Will we make the date? Units times measured minutes against the hours our own people have.

Pure: frozen values in, a frozen forecast out. Minutes are real minutes, units are whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from engagements.crew_hours import DAY_MINUTES, Hours, Person, local_instant, minutes_between, reached_at

PRIOR_UNITS = 5
"""The weight of the estimate, in units: k of the formula."""

LOOK_BACK = 60
"""Days of the past that the burn-up shows."""

SUB_DAY = (8 * 60, 18 * 60)
"""The local hours in which a subcontractor is taken to work, in minutes after midnight."""


@dataclass(frozen=True)
class Line:
    """What one line of a job asks for, and what has been done about it.

    `measured_units` and `measured_minutes` are our own reports; `subcontracted` counts units on orders assigned to approved,
    `sub_done` those of them that were reported done, `offered` those on orders that nobody has accepted yet.
    """

    key: str
    units: int
    estimate: float
    own_done: int = 0
    measured_units: int = 0
    measured_minutes: float = 0
    subcontracted: int = 0
    sub_done: int = 0
    offered: int = 0

    @property
    def own(self) -> int:
        return max(0, self.units - self.own_done - self.subcontracted)


@dataclass(frozen=True)
class SubOrder:
    """Units that another firm has accepted: its pace, and the dates it has for them."""

    key: str
    firm: str
    units: int
    done: int
    measured_minutes: float
    starts_at: datetime
    ends_at: datetime | None
    zone: str

    @property
    def left(self) -> int:
        return max(0, self.units - self.done)


@dataclass(frozen=True)
class Job:
    """Everything the arithmetic looks at."""

    lines: tuple[Line, ...]
    crew: tuple[Person, ...]
    deadline_at: datetime
    zone: str
    holidays: frozenset[date] = field(default_factory=frozenset)
    sub_orders: tuple[SubOrder, ...] = ()


@dataclass(frozen=True)
class LineForecast:
    key: str
    own: int
    minutes_each: float
    can: int
    at_risk: int
    offered: int


@dataclass(frozen=True)
class LateFirm:
    key: str
    firm: str
    units: int


@dataclass(frozen=True)
class Bar:
    """The whole job in units; the segments add up to it."""

    done: int
    ours: int
    accepted: int
    offered: int
    not_placed: int

    @property
    def total(self) -> int:
        return self.done + self.ours + self.accepted + self.offered + self.not_placed


@dataclass(frozen=True)
class Forecast:
    """The answer. `ratio` is measured over estimated time, `need` and `have` are minutes, `finish` is None when not in sight."""

    ratio: float
    minutes_each: float
    need: float
    have: int
    own: int
    can: int
    at_risk: int
    finish: datetime | None
    extra_hours: int
    lines: tuple[LineForecast, ...]
    late_firms: tuple[LateFirm, ...]
    bar: Bar
    units: int
    done: int

    @property
    def left(self) -> int:
        return self.units - self.done

    @property
    def crew_hours(self) -> int:
        return self.have // 60

    @property
    def pace(self) -> str:
        """Return measured over estimated time as a percentage in words."""
        return f"{100 * self.ratio:.0f} %"


def ratio(lines: Iterable[Line]) -> float:
    """Return measured over estimated time across the job, drawn to 1 while little is measured.

    ρ = (k + Σ measured/estimate) / (k + N), with k = 5 and N own units measured.
    """
    counted = [line for line in lines if line.measured_units]
    measured = sum(line.measured_minutes / line.estimate for line in counted)
    return (PRIOR_UNITS + measured) / (PRIOR_UNITS + sum(line.measured_units for line in counted))


def minutes_each(line: Line, job_ratio: float) -> float:
    """Return the minutes to plan for one unit of a line: m̂ = (k·ρ·estimate + Σ measured on the line) / (k + n)."""
    planned = PRIOR_UNITS * job_ratio * line.estimate
    return (planned + line.measured_minutes) / (PRIOR_UNITS + line.measured_units)


def forecast(job: Job, *, now: datetime) -> Forecast:
    """Work out what our own crew can still do before the deadline, and what will miss it."""
    rho = ratio(job.lines)
    have = minutes_between(job.crew, start=now, end=job.deadline_at, holidays=job.holidays)
    lines = _share_out(job.lines, rho, have)
    need = sum(line.own * line.minutes_each for line in lines)
    own, can = sum(line.own for line in lines), sum(line.can for line in lines)
    late = tuple(_late_firms(job, now=now))
    units = sum(line.units for line in job.lines)
    done = sum(line.own_done + line.sub_done for line in job.lines)
    return Forecast(
        ratio=rho,
        minutes_each=need / own if own else _mean_minutes(job.lines, rho),
        need=need,
        have=have,
        own=own,
        can=can,
        at_risk=own - can + sum(firm.units for firm in late),
        finish=reached_at(job.crew, need, start=now, holidays=job.holidays),
        extra_hours=max(0, ceil((need - have) / 60)) if own > can else 0,
        lines=lines,
        late_firms=late,
        bar=_bar(job.lines, own=own, can=can, units=units, done=done),
        units=units,
        done=done,
    )


def _share_out(lines: Iterable[Line], rho: float, have: float) -> tuple[LineForecast, ...]:
    """Give the crew's minutes to the lines in their order."""
    shared = []
    for line in lines:
        each = minutes_each(line, rho)
        can = min(line.own, floor(have / each)) if each else line.own
        have -= can * each
        shared.append(LineForecast(line.key, line.own, each, can, line.own - can, line.offered))
    return tuple(shared)


def _mean_minutes(lines: tuple[Line, ...], rho: float) -> float:
    units = sum(line.units for line in lines)
    return sum(line.units * minutes_each(line, rho) for line in lines) / units if units else 0


def _bar(lines: tuple[Line, ...], *, own: int, can: int, units: int, done: int) -> Bar:
    """Split the job; offered units come off the units at risk first, because they are on their way to a firm."""
    offered = min(own, sum(line.offered for line in lines))
    not_placed = max(0, own - can - offered)
    accepted = units - done - own
    return Bar(done, own - offered - not_placed, accepted, offered, not_placed)


def _late_firms(job: Job, *, now: datetime) -> Iterable[LateFirm]:
    for order in job.sub_orders:
        late = units_late(order, deadline_at=job.deadline_at, now=now)
        if late:
            yield LateFirm(order.key, order.firm, late)


def units_late(order: SubOrder, *, deadline_at: datetime, now: datetime) -> int:
    """Return how many units of an accepted order its firm will not finish.

    One technician of theirs is taken to work from 8 to 18 on each day of the order's dates, at the pace measured so far. Before
    the first report the firm is trusted until its dates, or our deadline, have passed.
    """
    until = min(deadline_at, order.ends_at) if order.ends_at else deadline_at
    if now >= until:
        return order.left
    if not order.done or not order.measured_minutes:
        return 0
    person = Person(order.zone, tuple(Hours(weekday, *SUB_DAY) for weekday in range(7)))
    minutes = minutes_between([person], start=max(now, order.starts_at), end=until)
    return max(0, order.left - floor(minutes * order.done / order.measured_minutes))


@dataclass(frozen=True)
class DayPoint:
    """One day of the burn-up: done by its end, or expected by its end."""

    day: date
    done: int | None
    expected: int | None


def burn_up(
    job: Job, outlook: Forecast, *, reports: Iterable[tuple[datetime, int]], now: datetime
) -> tuple[DayPoint, ...]:
    """Return one point a day from the first report to the later of deadline and finish, at most 60 days back and ahead."""
    zone = ZoneInfo(job.zone)
    today = now.astimezone(zone).date()
    by_day: dict[date, int] = {}
    for reported_at, units in reports:
        day = reported_at.astimezone(zone).date()
        by_day[day] = by_day.get(day, 0) + units
    first = max(min([*by_day, today]), today - timedelta(days=LOOK_BACK))
    points, total = [], sum(units for day, units in by_day.items() if day < first)
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        total += by_day.get(day, 0)
        points.append(DayPoint(day, total, total if day == today else None))
    return (*points, *_expected(job, outlook, today=today, now=now))


def _expected(job: Job, outlook: Forecast, *, today: date, now: datetime) -> Iterable[DayPoint]:
    """Go on from today: the crew at its measured pace, the other firms spread evenly over the days they have."""
    zone = ZoneInfo(job.zone)
    deadline_on = job.deadline_at.astimezone(zone).date()
    last = max(deadline_on, outlook.finish.astimezone(zone).date()) if outlook.finish else deadline_on
    minutes, opened = 0, now
    for offset in range(1, min(60, (last - today).days) + 1):
        closed = local_instant(today + timedelta(days=offset), DAY_MINUTES, job.zone)
        minutes += minutes_between(job.crew, start=opened, end=closed, holidays=job.holidays)
        opened = closed
        ours = min(outlook.own, floor(minutes / outlook.minutes_each)) if outlook.minutes_each else 0
        theirs = floor(outlook.bar.accepted * min(1, offset / max(1, (deadline_on - today).days)))
        yield DayPoint(today + timedelta(days=offset), None, outlook.done + ours + theirs)


def plural(noun: str, count: int) -> str:
    """Return the noun for this many: 1 computer, 2 computers, 2 switches, 2 batteries."""
    if count == 1:
        return noun
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def day_and_month(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B}"


def sentence(job: Job, outlook: Forecast, *, noun: str) -> str:
    """Say in one or two sentences whether we make the date."""
    if not outlook.units:
        return f"Add the first site: how many {plural(noun, 2)}, minutes each, by when."
    everything = f"All {outlook.units} {plural(noun, outlook.units)}"
    if not outlook.left:
        return f"{everything} are done."
    return f"{_finish_sentence(job, outlook)} {_risk_sentence(job, outlook, noun=noun)}".strip()


def _finish_sentence(job: Job, outlook: Forecast) -> str:
    if not outlook.own:
        return ""
    if not job.crew:
        return "No crew hours entered, so everything we have not placed counts as at risk."
    pace = f"At {outlook.minutes_each:.0f} minutes each"
    if outlook.finish is None:
        return f"{pace} our finish is not in sight."
    zone = ZoneInfo(job.zone)
    days = (outlook.finish.astimezone(zone).date() - job.deadline_at.astimezone(zone).date()).days
    return f"{pace} we finish on {day_and_month(outlook.finish, job.zone)}{_distance(days, outlook, job)}."


def _distance(days: int, outlook: Forecast, job: Job) -> str:
    if days > 0:
        return f", {days} {plural('day', days)} late"
    if days < 0:
        return f", {-days} {plural('day', -days)} early"
    return ", hours late" if outlook.finish and outlook.finish > job.deadline_at else ", just in time"


def _risk_sentence(job: Job, outlook: Forecast, *, noun: str) -> str:
    deadline = day_and_month(job.deadline_at, job.zone)
    units = f"{outlook.units} {plural(noun, outlook.units)}"
    if not outlook.at_risk:
        return f"All {units} make {deadline}."
    risk = f"{outlook.at_risk} of {units} will miss {deadline}"
    if outlook.own > outlook.can:
        hours = f"{outlook.extra_hours} {plural('hour', outlook.extra_hours)}"
        risk += f": place them, or add {hours}"
    return f"{risk}.{_late_sentence(outlook, noun)}"


def _late_sentence(outlook: Forecast, noun: str) -> str:
    named = [f"{late.firm} is {late.units} {plural(noun, late.units)} behind" for late in outlook.late_firms]
    return f" {'; '.join(named)}." if named else ""
