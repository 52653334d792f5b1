"""For how many days we pay before we are paid. Pure: dates and sums go in, a gap comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CashGap:
    """What is paid to the other firm on one day and comes from the client on another; both count from the last day of the work."""

    we_pay_on: date
    client_pays_on: date
    amount: Decimal
    currency: str

    @property
    def days(self) -> int:
        """Days between: negative when the client pays first."""
        return (self.client_pays_on - self.we_pay_on).days


def of_work(
    last_day: date | None,
    *,
    net_days: int | None,
    client_days: Iterable[int | None],
    amount: Decimal,
    currency: str,
) -> CashGap | None:
    """Return the gap of work whose clients pay within so many days; of several, the one that pays last counts.

    None where the last day, our terms or those of one client are not known.
    """
    terms = list(client_days)
    known = [days for days in terms if days is not None]
    if last_day is None or net_days is None or not known or len(known) < len(terms):
        return None
    return CashGap(
        last_day + timedelta(days=net_days), last_day + timedelta(days=max(known)), amount, currency
    )
