"""What stays with the firm that owns the client, and whether that is enough to send an offer."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from partnernet.core.errors import RuleBroken
from partnernet.core.money import cents

PRICED, MONTHLY_PLAN, ABSORBED = "priced", "monthly_plan", "absorbed"
FINE, LOW, NEEDS_OWNER, NO_PRICE = "fine", "low", "needs_owner", "no_price"

WARN_BELOW = Decimal(20)
OWNER_BELOW = Decimal(10)


@dataclass(frozen=True)
class Floor:
    """Percent of the client's price: warn under the one, ask an owner under the other."""

    warn: Decimal = WARN_BELOW
    owner: Decimal = OWNER_BELOW


@dataclass(frozen=True)
class Margin:
    """`amount` and `percent` of the client's price, one decimal; no percentage where no price belongs to the work."""

    price: Decimal
    cost: Decimal
    amount: Decimal
    percent: Decimal | None
    currency: str
    verdict: str

    @property
    def needs_owner(self) -> bool:
        return self.verdict == NEEDS_OWNER


def of_offer(
    *, price: Decimal, cost: Decimal, currencies: tuple[str, str], basis: str = PRICED, floor: Floor = Floor()
) -> Margin:
    """Judge the client's price of the units against the most the sub can get.

    `currencies` are those of price and cost. A client in a monthly plan, or whose work is absorbed, has no percentage: the cost
    counts against this month's budget.

    Raises RuleBroken when the two currencies differ.
    """
    if currencies[0] != currencies[1]:
        raise RuleBroken(
            f"The client pays in {currencies[0]} and this offer in {currencies[1]}. One job has one currency."
        )
    amount = price - cost
    if basis != PRICED or price <= 0:
        verdict = NO_PRICE if basis != PRICED else NEEDS_OWNER
        return Margin(price, cost, amount, None, currencies[0], verdict)
    share = 100 * amount / price
    percent = share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Margin(price, cost, amount, percent, currencies[0], _verdict(share, floor))


def _verdict(share: Decimal, floor: Floor) -> str:
    """Judge the exact share, not the rounded one: 9.96 % is under a floor of 10 %."""
    if share < floor.owner:
        return NEEDS_OWNER
    return LOW if share < floor.warn else FINE


def added_revenue(*, at_risk_before: int, at_risk_after: int, unit_price: Decimal) -> Decimal:
    """Return the revenue we could not have delivered ourselves: units no longer at risk times the order's mean unit price."""
    saved = max(0, at_risk_before - at_risk_after)
    return cents(saved * unit_price)
