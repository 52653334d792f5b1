"""What stays with the firm that owns the client."""

from decimal import Decimal

import pytest

from engagements import margin
from partnernet.core.errors import RuleBroken

USD = ("USD", "USD")


def judged(price: str, cost: str, **known) -> margin.Margin:
    return margin.of_offer(price=Decimal(price), cost=Decimal(cost), currencies=USD, **known)


def test_the_margin_of_the_story():
    kept = judged("1800", "1350")

    assert (kept.amount, kept.percent, kept.verdict) == (Decimal(450), Decimal("25.0"), margin.FINE)


@pytest.mark.parametrize(
    ("cost", "verdict"),
    [
        ("800", margin.FINE), ("800.01", margin.LOW), ("900", margin.LOW), ("900.01", margin.NEEDS_OWNER),
        ("1100", margin.NEEDS_OWNER),
    ],
)  # fmt: skip
def test_the_floor(cost, verdict):
    assert judged("1000", cost).verdict == verdict


def test_a_job_may_have_its_own_floor():
    assert judged("1000", "800", floor=margin.Floor(warn=Decimal(30), owner=Decimal(25))).needs_owner


@pytest.mark.parametrize("basis", [margin.MONTHLY_PLAN, margin.ABSORBED])
def test_a_client_without_a_price_has_no_percentage(basis):
    kept = judged("0", "1350", basis=basis)

    assert (kept.percent, kept.verdict, kept.amount) == (None, margin.NO_PRICE, Decimal(-1350))


def test_a_priced_client_without_a_price_needs_an_owner():
    assert judged("0", "100").needs_owner


def test_currencies_are_never_mixed():
    with pytest.raises(RuleBroken, match="The client pays in USD and this offer in CAD"):
        margin.of_offer(price=Decimal(5), cost=Decimal(4), currencies=("USD", "CAD"))


def test_added_revenue_is_what_is_no_longer_at_risk():
    assert margin.added_revenue(at_risk_before=31, at_risk_after=13, unit_price=Decimal("100")) == Decimal(
        "1800.00"
    )
    assert margin.added_revenue(at_risk_before=3, at_risk_after=5, unit_price=Decimal("100")) == Decimal(
        "0.00"
    )
