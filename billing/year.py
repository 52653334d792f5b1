"""What was paid to each firm in a year, as US payers need it in January."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from billing.models import PaymentAllocation
from partners.models import Firm

# Form 1099-NEC is due from this sum of a calendar year on: 600 USD until 2025, 2,000 USD for payments made in 2026
# (Public Law 119-21, section 70433), from 2027 on adjusted for inflation by the IRS, never downward.
UNTIL_2025, FROM_2026 = Decimal(600), Decimal(2000)


def threshold(year: int) -> Decimal:
    """Return the least sum of a year for which a 1099-NEC may be due, in USD."""
    return UNTIL_2025 if year < 2026 else FROM_2026


@dataclass(frozen=True, slots=True)
class YearTotal:
    """What one firm got in a year; `reaches` says whether the sum alone calls for a 1099-NEC. A W-9 says the rest."""

    firm: UUID
    name: str
    country: str
    currency: str
    paid: Decimal
    payments: int
    reaches: bool


def paid_in(payer: Firm, year: int) -> list[YearTotal]:
    """Return the totals of confirmed payments by the day of payment, by firm and currency, the highest first."""
    parts = PaymentAllocation.objects.filter(
        payment__payer=payer,
        payment__confirmed_at__isnull=False,
        payment__paid_on__gte=date(year, 1, 1),
        payment__paid_on__lte=date(year, 12, 31),
    )
    payee = ("payment__payee", "payment__payee__name", "payment__payee__country", "payment__currency")
    rows = parts.values(*payee).annotate(paid=Sum("amount"), payments=Count("payment", distinct=True))
    return [_total(row, year) for row in rows.order_by("-paid", "payment__payee", "payment__currency")]


def _total(row: Mapping[str, Any], year: int) -> YearTotal:
    """Any: a row of `values()`."""
    american = row["payment__payee__country"] == "US" and row["payment__currency"] == "USD"
    return YearTotal(
        firm=row["payment__payee"],
        name=row["payment__payee__name"],
        country=row["payment__payee__country"],
        currency=row["payment__currency"],
        paid=row["paid"],
        payments=row["payments"],
        reaches=american and row["paid"] >= threshold(year),
    )
