"""What a client is worth when a firm is told that it is protected: sealed with the notice, for a claim that nobody hopes for."""

from django.db.models import F, Sum

from clients.models import Client, PriceBasis
from contracts.damages import Worth
from engagements.models import EngagementLine, WorkOrder


def worth_of(order: WorkOrder, client: Client) -> Worth:
    """Return the monthly fee as entered; and what the whole job brings where the client pays job by job, in the same currency."""
    currency = order.prime.currency
    if client.price_basis != PriceBasis.PRICED or order.currency != currency:
        return Worth(currency, client.monthly_fee)
    lines = EngagementLine.objects.filter(engagement=order.engagement_id, site__client=client)
    price = lines.aggregate(price=Sum(F("units") * F("unit_price")))["price"]
    return Worth(currency, client.monthly_fee, price)
