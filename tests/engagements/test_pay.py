"""Four ways to reckon pay, and the most it can come to."""

from decimal import Decimal

import pytest

from engagements.pay import BLENDED, FIXED, HOURLY, PER_UNIT, PayTerms, Worked, not_to_exceed, pay, problems


def amount(text: str) -> Decimal:
    return Decimal(text)


def test_fixed_pays_its_price_whatever_was_done():
    terms = PayTerms(FIXED, amount("1350"))

    assert pay(terms, Worked(hours=amount("30")), units=18).total == amount("1350.00")


def test_per_unit_pays_the_units_done():
    terms = PayTerms(PER_UNIT, amount("75"))

    assert not_to_exceed(terms, units=18) == amount("1350.00")
    assert pay(terms, Worked(units=16), units=18).total == amount("1200.00")


def test_hourly_pays_at_least_the_minimum_and_at_most_the_cap():
    terms = PayTerms(HOURLY, amount("85"), cap_hours=amount("8"), minimum_hours=amount("2"))

    assert pay(terms, Worked(hours=amount("0.5")), units=1).total == amount("170.00")
    assert pay(terms, Worked(hours=amount("5.25")), units=1).total == amount("446.25")
    assert pay(terms, Worked(hours=amount("11")), units=1).total == amount("680.00")


def test_after_hours_are_paid_by_the_factor():
    terms = PayTerms(HOURLY, amount("80"), cap_hours=amount("8"), after_hours_factor=amount("1.5"))

    assert pay(terms, Worked(hours=amount("4"), after_hours=amount("1")), units=1).total == amount("360.00")
    assert not_to_exceed(terms, units=1) == amount("960.00")


def test_blended_pays_flat_first_and_the_rate_after():
    terms = PayTerms(
        BLENDED, amount("300"), flat_hours=amount("4"), extra_rate=amount("60"), cap_hours=amount("10")
    )

    assert pay(terms, Worked(hours=amount("3")), units=1).total == amount("300.00")
    assert pay(terms, Worked(hours=amount("6.5")), units=1).total == amount("450.00")
    assert pay(terms, Worked(hours=amount("12")), units=1).total == amount("660.00")


def test_the_trip_is_paid_once_and_counts_towards_the_maximum():
    terms = PayTerms(PER_UNIT, amount("75"), trip_charge=amount("45"))

    assert pay(terms, Worked(units=2), units=2).total == not_to_exceed(terms, units=2) == amount("195.00")


def test_approved_expenses_are_paid_up_to_their_cap():
    terms = PayTerms(FIXED, amount("500"), expenses_cap=amount("40"))

    assert pay(terms, Worked(expenses=amount("25.50")), units=1).total == amount("525.50")
    assert pay(terms, Worked(expenses=amount("90")), units=1).total == amount("540.00")


def test_nothing_is_paid_over_the_not_to_exceed():
    terms = PayTerms(HOURLY, amount("85"), not_to_exceed=amount("400"))
    paid = pay(terms, Worked(hours=amount("6")), units=1)

    assert (paid.base, paid.cut, paid.total) == (amount("510.00"), amount("110.00"), amount("400.00"))


def test_a_sum_is_rounded_once_half_up():
    terms = PayTerms(HOURLY, amount("33.33"), cap_hours=amount("8"))

    assert pay(terms, Worked(hours=amount("2.5")), units=1).total == amount("83.33")
    assert pay(terms, Worked(hours=amount("1.50")), units=1).total == amount("50.00")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (PayTerms("barter", amount("5")), "pay_kind"),
        (PayTerms(FIXED, amount("-1")), "amount"),
        (PayTerms(FIXED, amount("0")), "amount"),
        (PayTerms(HOURLY, amount("85")), "cap_hours"),
        (PayTerms(FIXED, amount("5"), trip_charge=amount("-1")), "trip_charge"),
        (PayTerms(FIXED, amount("5"), after_hours_factor=amount("0.5")), "after_hours_factor"),
        (PayTerms(FIXED, amount("5"), not_to_exceed=amount("0")), "not_to_exceed"),
    ],
)
def test_terms_that_cannot_be_offered(terms, field):
    assert list(problems(terms, units=1)) == [field]


def test_pay_per_unit_needs_a_unit():
    assert list(problems(PayTerms(PER_UNIT, amount("75")), units=0)) == ["units"]


def test_good_terms_have_no_problems():
    assert problems(PayTerms(HOURLY, amount("85"), cap_hours=amount("8")), units=1) == {}
