from decimal import Decimal

import pytest

from partnernet.core.errors import RuleBroken
from partnernet.core.money import Money, cents, show


@pytest.mark.parametrize(("raw", "rounded"), [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01")])
def test_cents_are_rounded_half_up(raw, rounded):
    assert cents(Decimal(raw)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("1350", "USD", "$1,350"), ("-12.5", "USD", "−$12.50"), ("80", "CAD", "CAD 80"), ("0", "EUR", "€0")],
)
def test_amounts_read_as_people_write_them(amount, currency, words):
    assert show(Decimal(amount), currency) == words


def test_currencies_are_never_added_up():
    with pytest.raises(RuleBroken, match="USD and CAD cannot be added up"):
        Money(Decimal(1), "USD").plus(Money(Decimal(1), "CAD"))
