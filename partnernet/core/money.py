"""Money: Decimal, two decimals, always with its currency, rounded once and half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from partnernet.core.errors import RuleBroken

CENT = Decimal("0.01")
# ISO 4217 currencies with two decimals that PartnerNet's firms use; three-decimal ones are refused on purpose.
CURRENCIES = ("USD", "CAD", "EUR", "GBP", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", "MXN", "ZAR")
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def cents(amount: Decimal) -> Decimal:
    """Round to whole cents, half up, as people do on paper."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


class Money(NamedTuple):
    """An amount that knows its currency and refuses to be mixed."""

    amount: Decimal
    currency: str

    def plus(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def minus(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise RuleBroken(f"{self.currency} and {other.currency} cannot be added up.", code="currency_mix")
        return other

    def __str__(self) -> str:
        return show(self.amount, self.currency)


def show(amount: Decimal, currency: str) -> str:
    """Write an amount as people read it: `$1,350`, `−$12.50`, `CAD 80`. Whole amounts drop their cents."""
    rounded = cents(amount)
    sign = "−" if rounded < 0 else ""
    digits = f"{abs(rounded):,.2f}".removesuffix(".00")
    unit = SIGNS.get(currency)
    return f"{sign}{unit}{digits}" if unit else f"{sign}{currency} {digits}"


def amount_field(**options: Any) -> models.DecimalField[Decimal, Decimal]:
    """Return a column for an amount of at most 9,999,999,999.99; not negative unless validators say so."""
    options.setdefault("validators", [MinValueValidator(Decimal(0))])
    return models.DecimalField(max_digits=12, decimal_places=2, **options)


def currency_field(**options: Any) -> models.CharField[str, str]:
    """Return a column for an ISO 4217 code."""
    options.setdefault("default", "USD")
    return models.CharField(max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")], **options)
