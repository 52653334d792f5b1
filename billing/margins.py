"""What stayed with the prime: by order, job and month, by the day of approval in the firm's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth

from billing.models import Invoice, InvoiceLine
from engagements.models import WorkOrder
from partners.models import Firm

MONEY = DecimalField(max_digits=12, decimal_places=2)
NOTHING = Value(Decimal(0), output_field=MONEY)


@dataclass(frozen=True, slots=True)
class Margin:
    """What clients pay, what subs got, and what of it we could not have delivered ourselves."""

    name: str
    orders: int
    revenue: Decimal
    cost: Decimal
    added_revenue: Decimal
    currency: str
    key: UUID | None = None
    month: date | None = None

    @property
    def kept(self) -> Decimal:
        return self.revenue - self.cost

    @property
    def fraction(self) -> Decimal | None:
        """Return the margin as a part of the revenue; None where nothing is charged by the order."""
        return self.kept / self.revenue if self.revenue else None


def approved_orders(firm: Firm) -> QuerySet[WorkOrder, Any]:
    """Orders that the firm gave and approved, with what each cost (`cost`: what is billed less what was credited); and those that cost a fee for a late end."""
    billed = InvoiceLine.objects.filter(invoice__work_order=OuterRef("pk")).exclude(invoice__status="void")
    sums = billed.order_by().values("invoice__work_order").annotate(sum=Sum(F("amount") - F("credited")))
    cost = Subquery(sums.values("sum"), output_field=MONEY)
    fees = Invoice.objects.filter(work_order=OuterRef("pk"), kind=Invoice.Kind.FEE).exclude(status="void")
    fee = Subquery(
        fees.order_by().values("work_order").annotate(sum=Sum("amount")).values("sum"), output_field=MONEY
    )
    ended = Subquery(fees.order_by("-assignment__ended_at").values("assignment__ended_at")[:1])
    orders = WorkOrder.objects.given_by(firm.pk).annotate(fee=Coalesce(fee, NOTHING))
    approved = Q(status=WorkOrder.Status.APPROVED)
    return orders.filter(approved | Q(fee__gt=0)).annotate(
        settled_at=Coalesce(F("approved_at"), ended),
        cost=Coalesce(cost, NOTHING),
        revenue=Case(When(approved, then=Coalesce(F("client_price"), NOTHING)), default=NOTHING),
        added=Case(When(approved, then=Coalesce(F("added_revenue"), NOTHING)), default=NOTHING),
    )


def _sums() -> dict[str, Any]:
    return {
        "orders": Count("pk"),
        "sum_revenue": Coalesce(Sum("revenue"), NOTHING),
        "sum_cost": Coalesce(Sum("cost"), NOTHING),
        "sum_added": Coalesce(Sum("added"), NOTHING),
    }


def _of(firm: Firm, month: date | None) -> Any:
    """Approved orders with their `month`, or those of one month (its first day). Any: annotated as the stubs cannot say."""
    found = approved_orders(firm).annotate(month=TruncMonth("settled_at", tzinfo=ZoneInfo(firm.timezone)))
    if month is None:
        return found
    return found.filter(month=datetime.combine(month, time(), ZoneInfo(firm.timezone)))


def by_month(firm: Firm, *, month: date | None = None) -> list[Margin]:
    """Return one row a month and currency, the newest first."""
    rows = _of(firm, month).values("month", "currency").annotate(**_sums())
    return [
        _margin(row, name=f"{row['month']:%B %Y}", month=row["month"].date())
        for row in rows.order_by("-month", "currency")
    ]


def by_job(firm: Firm, *, month: date | None = None) -> list[Margin]:
    """Return one row a job and currency, the newest first."""
    rows = _of(firm, month).values("engagement", "engagement__title", "currency").annotate(**_sums())
    return [
        _margin(row, name=row["engagement__title"], key=row["engagement"])
        for row in rows.order_by("-engagement", "currency")
    ]


def by_partner(firm: Firm, *, month: date | None = None) -> list[Margin]:
    """Return one row a firm that did the work and currency, by name."""
    rows = _of(firm, month).exclude(sub=None).values("sub", "sub__name", "currency").annotate(**_sums())
    return [_margin(row, name=row["sub__name"]) for row in rows.order_by("sub__name", "sub", "currency")]


def by_order(firm: Firm, *, engagement: UUID) -> list[Margin]:
    """Return one row for each approved order of a job, by number."""
    rows = approved_orders(firm).filter(engagement=engagement).order_by("number")
    return [
        Margin(
            name=f"{order.reference} {order.title}",
            orders=1,
            revenue=order.revenue,
            cost=order.cost,
            added_revenue=order.added,
            currency=order.currency,
            key=order.pk,
        )
        for order in rows
    ]


def of_month(firm: Firm, now: datetime) -> list[Margin]:
    """Return this month's rows, one a currency."""
    first = now.astimezone(ZoneInfo(firm.timezone)).date().replace(day=1)
    return [row for row in by_month(firm) if row.month == first]


def _margin(
    row: Mapping[str, Any], *, name: str, key: UUID | None = None, month: date | None = None
) -> Margin:
    return Margin(
        name=name,
        orders=row["orders"],
        revenue=row["sum_revenue"],
        cost=row["sum_cost"],
        added_revenue=row["sum_added"],
        currency=row["currency"],
        key=key,
        month=month,
    )
