"""Lines of a job: sites and units join while it runs, and reports count them off."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from clients.models import Site
from engagements.actions.history import record_engagement
from engagements.actions.shared import require_lead
from engagements.models import (
    Engagement,
    EngagementEvent,
    EngagementLine,
    UnitReport,
    WorkOrder,
    WorkOrderLine,
)
from engagements.values import LineFacts
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, Stale, WrongRole
from partners.models import Member, Skill

COUNTS = frozenset({"owner", "dispatcher", "technician"})


@transaction.atomic
def add(
    engagement: Engagement, facts: LineFacts, *, by: Member, now: datetime | None = None
) -> EngagementLine:
    """Add units at a site of one of our clients."""
    require_lead(by)
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    now = now or clock.now()
    columns = facts.columns()
    _require_running(engagement)
    site = Site.objects.filter(pk=facts.site, client__firm=by.firm_id).first()
    if site is None:
        raise Invalid({"site": ["Choose a site of one of your clients."]})

    last = EngagementLine.objects.filter(engagement=engagement).aggregate(last=Max("position"))["last"] or 0
    line = EngagementLine.objects.create(engagement=engagement, site=site, position=last + 1, **columns)
    line.skills.set(Skill.objects.filter(pk__in=facts.skills))
    record_engagement(
        engagement,
        "add_line",
        by=by,
        now=now,
        changes={"line": str(line.pk), "units": line.units, "what": line.what},
    )
    return line


def _require_running(engagement: Engagement) -> None:
    if not engagement.runs:
        raise RuleBroken("This job has ended, so nothing can be added to it.")


@transaction.atomic
def change(
    line: EngagementLine, facts: LineFacts, *, by: Member, version: int | None = None, now: datetime | None = None
) -> EngagementLine:  # fmt: skip
    """Change units, minutes or price of a line; never below what is done or on work orders.

    Raises Stale with the name of whoever changed it when `version` is not the present one.
    """
    require_lead(by)
    engagement = Engagement.objects.locked().order_by("pk").get(pk=line.engagement_id)
    line = EngagementLine.objects.locked().get(pk=line.pk)
    now = now or clock.now()
    columns = facts.columns()
    if version is not None and version != line.version:
        raise Stale(f"{_who_changed(line)} changed this. Nothing of yours was saved.")
    _require_running(engagement)
    taken = line.committed + line.own_done
    if facts.units < taken:
        raise Invalid({"units": [f"{taken} are done or on work orders already."]})

    changes = {name: str(value) for name, value in columns.items() if getattr(line, name) != value}
    for name in changes:
        setattr(line, name, columns[name])
    if changes:
        line.version += 1
        line.save(update_fields=[*changes, "version"])
        record_engagement(
            engagement, "change_line", by=by, now=now, changes={"line": str(line.pk), **changes}
        )
    return line


def _who_changed(line: EngagementLine) -> str:
    told = EngagementEvent.objects.filter(
        engagement=line.engagement_id, step="change_line", changes__line=str(line.pk)
    )
    last = told.select_related("by_user").order_by("-occurred_at", "-pk").first()
    return last.by_user.called if last and last.by_user else "Somebody"


@transaction.atomic
def report_units(
    line: EngagementLine, *, by: Member, units: int, minutes: int | None = None, now: datetime | None = None
) -> UnitReport:
    """Count off units that our own people finished; `minutes` is what they took together."""
    if by.role not in COUNTS:
        raise WrongRole("Your role does not count units. Ask a dispatcher.")
    line = EngagementLine.objects.locked().get(pk=line.pk)
    now = now or clock.now()
    _require_report(units, minutes, left=line.rest)
    if line.engagement.status != Engagement.Status.ACTIVE:
        raise RuleBroken("Start the job before you count units.")

    line.own_done += units
    line.save(update_fields=["own_done"])
    return UnitReport.objects.create(
        line=line, firm_id=by.firm_id, reported_by=by, units=units, minutes=minutes, reported_at=now
    )


@transaction.atomic
def report_order_units(
    order_line: WorkOrderLine,
    *,
    by: Member,
    units: int,
    minutes: int | None = None,
    now: datetime | None = None,
) -> UnitReport:
    """Count off units of a work order, by either firm; the order's line counts each once."""
    order = WorkOrder.objects.locked().get(pk=order_line.work_order_id)
    order_line = (
        WorkOrderLine.objects.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .get(pk=order_line.pk)
    )
    now = now or clock.now()
    _require_report(units, minutes, left=order_line.units - order_line.done)
    if order.status != WorkOrder.Status.IN_PROGRESS:
        raise RuleBroken("Check in before you count units.")

    order_line.done += units
    order_line.save(update_fields=["done"])
    return UnitReport.objects.create(
        line_id=order_line.line_id,
        work_order=order,
        firm_id=by.firm_id,
        reported_by=by,
        units=units,
        minutes=minutes,
        reported_at=now,
    )


def _require_report(units: int, minutes: int | None, *, left: int) -> None:
    if units < 1:
        raise Invalid({"units": ["At least one."]})
    if units > left:
        raise Invalid({"units": [f"Only {left} are left here."]})
    if minutes is not None and minutes < 1:
        raise Invalid({"minutes": ["At least one minute."]})
