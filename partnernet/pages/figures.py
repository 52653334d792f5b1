"""The four numbers of the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from billing import margins
from billing.models import Invoice
from engagements.models import Engagement
from engagements.outlook import look_ahead
from engagements.shortfall import plural
from partnernet.core import money
from partnernet.core.localtime import day_in
from partners.models import Member


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name, what stands under it, and where it leads."""

    name: str
    value: str
    below: str
    href: str
    bad: bool = False


def figures_of(member: Member, *, now: datetime) -> list[Figure]:
    """Return units at risk, owed to us, owed by us this week, margin this month."""
    return [_at_risk(member, now), _owed_to_us(member, now), _owed_by_us(member, now), _margin(member, now)]


def _at_risk(member: Member, now: datetime) -> Figure:
    name = "At risk for the next deadline"
    job = (
        Engagement.objects.visible_to(member.firm_id)
        .filter(status="active", deadline_at__gt=now)
        .select_related("firm")
        .order_by("deadline_at", "pk")
        .first()
    )
    outlook = look_ahead(job, now=now) if job else None
    if job is None or outlook is None or job.deadline_local is None:
        page = "reports" if member.role == Member.Role.FINANCE else "jobs"
        return Figure(name, "0", "No job with a date is running", reverse(page, args=[member.firm_id]))
    risk = outlook.forecast.at_risk
    # Finance does not open jobs; their margin is what it may see of them.
    page = "job-margin" if member.role == Member.Role.FINANCE else "job"
    href = reverse(page, args=[member.firm_id, job.pk])
    below = f"{plural(job.unit_noun, risk)}, {job.title}, {_day(job.deadline_local.date())}"
    return Figure(name, f"{risk}", below, href, bad=risk > 0)


def _owed_to_us(member: Member, now: datetime) -> Figure:
    rows = list(Invoice.objects.to_receive(member.firm_id).unpaid().with_something_due().by_due_day())
    today = day_in(now, member.firm.timezone)
    late = [row for row in rows if row.due_on < today]
    coming = [row for row in rows if row.due_on >= today]
    below = "Nothing is open"
    if late:
        below = f"{_sum(late, member.firm.currency)} of it late"
    elif coming:
        below = f"Next on {_day(coming[0].due_on)}"
    href = reverse("to-receive", args=[member.firm_id])
    return Figure("Owed to us", _sum(rows, member.firm.currency), below, href, bad=bool(late))


def _owed_by_us(member: Member, now: datetime) -> Figure:
    today = day_in(now, member.firm.timezone)
    due = Invoice.objects.to_pay(member.firm_id).unpaid().filter(due_on__lte=today + timedelta(days=7))
    rows = list(due.with_something_due().by_due_day())
    late = [row for row in rows if row.due_on < today]
    below = f"{len(late)} late" if late else (f"Next on {_day(rows[0].due_on)}" if rows else "Nothing is due")
    return Figure(
        "We owe this week",
        _sum(rows, member.firm.currency),
        below,
        reverse("to-pay", args=[member.firm_id]),
        bad=bool(late),
    )


def _margin(member: Member, now: datetime) -> Figure:
    rows = margins.of_month(member.firm, now)
    href = reverse("reports", args=[member.firm_id])
    if not rows:
        return Figure(
            "Margin this month", money.show(Decimal(0), member.firm.currency), "Nothing approved yet", href
        )
    first = rows[0]
    part = f"{round(first.fraction * 100)} % of " if first.fraction is not None else "of "
    orders = f"{first.orders} work order{'' if first.orders == 1 else 's'}"
    below = f"{part}{money.show(first.revenue, first.currency)}, {orders}"
    return Figure(
        "Margin this month", money.show(first.kept, first.currency), below, href, bad=first.kept < 0
    )


def _sum(rows: list[Invoice], currency: str) -> str:
    """Sum what is open in the firm's own currency; other currencies are named beside it, never added."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.open_amount  # type: ignore[attr-defined] # with_paid()
    own = money.show(sums.pop(currency, Decimal(0)), currency)
    return " + ".join([own, *(money.show(amount, other) for other, amount in sorted(sums.items()))])


def _day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%B}"
