"""What a job's placed work is worth: the client's price of it, what the other firms get at most, what stays."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, Sum

from engagements import margin
from engagements.models import Engagement, WorkOrder, WorkOrderLine

PRICE = F("units") * F("line__unit_price")


@dataclass(frozen=True)
class Placed:
    """Sums over a job's work orders that are offered or further; absorbed and plan work is left out of the percentage."""

    price: Decimal
    cost: Decimal
    kept: Decimal
    percent: Decimal | None
    currency: str


def placed_so_far(engagement: Engagement) -> Placed | None:
    """Return the sums, or None while nothing is placed. Two queries."""
    orders = WorkOrder.objects.filter(engagement=engagement).exclude(status__in=["draft", "cancelled"])
    cost = orders.aggregate(sum=Sum("not_to_exceed"))["sum"]
    if cost is None:
        return None
    money = DecimalField(max_digits=14, decimal_places=2)
    price = WorkOrderLine.objects.filter(work_order__in=orders).aggregate(sum=Sum(PRICE, output_field=money))[
        "sum"
    ]
    judged = margin.of_offer(
        price=price or Decimal(0), cost=cost, currencies=(engagement.currency, engagement.currency)
    )
    return Placed(judged.price, judged.cost, judged.amount, judged.percent, engagement.currency)
