"""Reads a job from the database into the frozen values that the shortfall takes."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from engagements import shortfall
from engagements.models import CrewMember, Engagement, EngagementLine, UnitReport, WorkOrder, WorkOrderLine

TAKEN = ("assigned", "in_progress", "on_hold", "submitted", "approved")
RUNNING = ("assigned", "in_progress", "on_hold")


@dataclass(frozen=True)
class Outlook:
    """A job, its forecast and the sentence about it."""

    job: shortfall.Job
    forecast: shortfall.Forecast
    sentence: str


def look_ahead(engagement: Engagement, *, now: datetime) -> Outlook | None:
    """Return the forecast of a job, or None while it has no deadline."""
    job = job_of(engagement, now=now)
    if job is None:
        return None
    forecast = shortfall.forecast(job, now=now)
    return Outlook(job, forecast, shortfall.sentence(job, forecast, noun=engagement.unit_noun))


def job_of(engagement: Engagement, *, now: datetime) -> shortfall.Job | None:
    """Load everything the arithmetic looks at, in five queries however long the job is."""
    if engagement.deadline_at is None:
        return None
    return shortfall.Job(
        lines=tuple(_lines(engagement)),
        crew=tuple(
            person.person() for person in CrewMember.objects.filter(engagement=engagement).order_by("name")
        ),
        deadline_at=engagement.deadline_at,
        zone=engagement.timezone,
        holidays=frozenset(engagement.firm.holidays),
        sub_orders=tuple(_sub_orders(engagement, now=now)),
    )


def _lines(engagement: Engagement) -> list[shortfall.Line]:
    on_orders = _units_on_orders(engagement)
    measured = {
        row["line"]: row
        for row in UnitReport.objects.filter(
            line__engagement=engagement, work_order=None, minutes__isnull=False
        )
        .values("line")
        .annotate(counted=Sum("units"), took=Sum("minutes"))
        .order_by("line")
    }
    return [
        shortfall.Line(
            key=str(line.pk),
            units=line.units,
            estimate=line.estimated_minutes,
            own_done=line.own_done,
            measured_units=measured[line.pk]["counted"] if line.pk in measured else 0,
            measured_minutes=measured[line.pk]["took"] if line.pk in measured else 0,
            **on_orders.get(line.pk, {}),
        )
        for line in EngagementLine.objects.filter(engagement=engagement).in_order()
    ]


def _units_on_orders(engagement: Engagement) -> dict[UUID, dict[str, int]]:
    taken, offered = Q(work_order__status__in=TAKEN), Q(work_order__status=WorkOrder.Status.OFFERED)
    rows = (
        WorkOrderLine.objects.filter(taken | offered, line__engagement=engagement)
        .values("line")
        .annotate(
            subcontracted=Sum("units", filter=taken, default=0),
            sub_done=Sum("done", filter=taken, default=0),
            offered=Sum("units", filter=offered, default=0),
        )
        .order_by("line")
    )
    return {
        row["line"]: {
            "subcontracted": row["subcontracted"],
            "sub_done": row["sub_done"],
            "offered": row["offered"],
        }
        for row in rows
    }


def _sub_orders(engagement: Engagement, *, now: datetime) -> list[shortfall.SubOrder]:
    """Load the running orders; minutes are brought up to all units done where some reports do not say how long."""
    orders = (
        WorkOrder.objects.filter(engagement=engagement, status__in=RUNNING)
        .select_related("sub")
        .with_units()
        .order_by("number")
    )
    measured = {
        row["work_order"]: row["took"] / row["counted"]
        for row in UnitReport.objects.filter(work_order__in=orders.values("pk"), minutes__isnull=False)
        .values("work_order")
        .annotate(counted=Sum("units"), took=Sum("minutes"))
        .order_by("work_order")
    }
    return [
        shortfall.SubOrder(
            key=order.reference,
            firm=order.sub.name if order.sub else "",
            units=order.all_units,
            done=order.all_done,
            measured_minutes=measured.get(order.pk, 0) * order.all_done,
            starts_at=order.starts_at or order.assigned_at or now,
            ends_at=order.ends_at if order.schedule_kind == WorkOrder.ScheduleKind.COMPLETE_BY else None,
            zone=order.timezone,
        )
        for order in orders
    ]


def with_accepted(job: shortfall.Job, units: dict[UUID, int]) -> shortfall.Job:
    """Return the job as it stands once these offered units, by line, have been accepted."""
    lines = tuple(
        replace(
            line,
            subcontracted=line.subcontracted + units[UUID(line.key)],
            offered=line.offered - units[UUID(line.key)],
        )
        if UUID(line.key) in units
        else line
        for line in job.lines
    )
    return replace(job, lines=lines)


def burn_up(engagement: Engagement, outlook: Outlook, *, now: datetime) -> tuple[shortfall.DayPoint, ...]:
    """Return the days of the burn-up: what both firms reported, then what to expect."""
    reports = (
        UnitReport.objects.filter(line__engagement=engagement)
        .values_list("reported_at", "units")
        .order_by("reported_at", "pk")
    )
    return shortfall.burn_up(outlook.job, outlook.forecast, reports=reports, now=now)
