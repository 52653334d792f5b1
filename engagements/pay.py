"""What a work order pays its sub: four ways to reckon it, never over the not-to-exceed.

Amounts are `Decimal` in one currency and are rounded once, at the end, half up to the cent. Hours are hours, not minutes.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from partnernet.core.money import cents

FIXED, HOURLY, PER_UNIT, BLENDED = "fixed", "hourly", "per_unit", "blended"
KINDS = (FIXED, HOURLY, PER_UNIT, BLENDED)
NOTHING = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class PayTerms:
    """How the work is paid.

    `amount` is the fixed price, the rate per hour, the price of one unit or, when blended, the flat price for the first
    `flat_hours`; `extra_rate` is the blended rate per hour after them, `cap_hours` the most hours that are paid. A missing
    `not_to_exceed` means the default: the base's maximum and the expenses cap.
    """

    kind: str
    amount: Decimal
    cap_hours: Decimal | None = None
    flat_hours: Decimal = NOTHING
    extra_rate: Decimal = NOTHING
    minimum_hours: Decimal = NOTHING
    trip_charge: Decimal = NOTHING
    after_hours_factor: Decimal = ONE
    expenses_cap: Decimal = NOTHING
    not_to_exceed: Decimal | None = None


@dataclass(frozen=True)
class Worked:
    """What was done: hours on site, how many of them after hours, units, expenses that were approved.

    `added` is what both agreed on top of the base while the work ran: bonuses, and more budget for a price of units.
    """

    hours: Decimal = NOTHING
    after_hours: Decimal = NOTHING
    units: int = 0
    expenses: Decimal = NOTHING
    added: Decimal = NOTHING


@dataclass(frozen=True)
class Pay:
    """The sum and how it came about; the base holds what was added to it, `cut` is what the not-to-exceed took off."""

    base: Decimal
    expenses: Decimal
    cut: Decimal
    total: Decimal


def problems(terms: PayTerms, *, units: int) -> dict[str, str]:
    """Return what is wrong with the terms, a sentence by field; empty when they can be offered."""
    amounts = ("amount", "extra_rate", "minimum_hours", "trip_charge", "expenses_cap", "flat_hours")
    unlimited = terms.kind in (HOURLY, BLENDED) and not terms.cap_hours and terms.not_to_exceed is None
    wrong = [
        (terms.kind not in KINDS, "pay_kind", "Choose how this work is paid."),
        (terms.amount == 0, "amount", "Say what you pay."),
        (unlimited, "cap_hours", "Say the most hours you will pay, or a not-to-exceed amount."),
        (
            terms.after_hours_factor < 1,
            "after_hours_factor",
            "After hours cannot pay less than the normal rate.",
        ),
        (
            terms.not_to_exceed is not None and terms.not_to_exceed <= 0,
            "not_to_exceed",
            "The most they can get must be more than nothing.",
        ),
        (terms.kind == PER_UNIT and units < 1, "units", "Pay per unit needs at least one unit."),
        *((getattr(terms, name) < 0, name, "This cannot be negative.") for name in amounts),
    ]
    return {name: sentence for is_wrong, name, sentence in wrong if is_wrong}


def base_maximum(terms: PayTerms, *, units: int) -> Decimal:
    """Return the most the base can come to: every unit done, every capped hour worked after hours."""
    hours = max(terms.cap_hours or NOTHING, terms.minimum_hours)
    return _base(terms, Worked(hours=hours, after_hours=hours, units=units))


def not_to_exceed(terms: PayTerms, *, units: int) -> Decimal:
    """Return the most this work can cost, in cents: as agreed, else the base's maximum and the expenses cap."""
    if terms.not_to_exceed is not None:
        return cents(terms.not_to_exceed)
    return cents(base_maximum(terms, units=units) + terms.expenses_cap)


def pay(terms: PayTerms, worked: Worked, *, units: int) -> Pay:
    """Return what the work done pays: min(not-to-exceed, base + approved expenses).

    `units` are those of the order, from which a default not-to-exceed is reckoned.
    """
    base = cents(_base(terms, worked) + worked.added)
    expenses = cents(min(worked.expenses, terms.expenses_cap) if terms.expenses_cap else worked.expenses)
    total = min(not_to_exceed(terms, units=units), base + expenses)
    return Pay(base, expenses, base + expenses - total, total)


def so_far(terms: PayTerms, worked: Worked, *, units: int) -> Pay:
    """Return what is earned while the work runs: of a fixed price the part that the units done have of all units.

    It never falls while more is done and never passes the not-to-exceed, so what each part adds sums up to the whole.
    """
    most = not_to_exceed(terms, units=units)
    if terms.kind == FIXED:
        share = terms.amount * worked.units / units if units else NOTHING
        terms = replace(terms, amount=share)
    return pay(replace(terms, not_to_exceed=most), worked, units=units)


def _base(terms: PayTerms, worked: Worked) -> Decimal:
    if terms.kind == FIXED:
        return terms.amount + terms.trip_charge
    if terms.kind == PER_UNIT:
        return terms.amount * worked.units + terms.trip_charge
    hours = max(worked.hours, terms.minimum_hours)
    if terms.cap_hours is not None:
        hours = min(hours, terms.cap_hours)
    return _by_the_hour(terms, hours, after_hours=min(worked.after_hours, hours)) + terms.trip_charge


def _by_the_hour(terms: PayTerms, hours: Decimal, *, after_hours: Decimal) -> Decimal:
    """Hours after hours count for the factor; a blended price pays flat for the first hours, whenever they were."""
    if terms.kind == BLENDED:
        beyond = max(NOTHING, hours - terms.flat_hours)
        late = min(after_hours, beyond)
        return terms.amount + terms.extra_rate * (beyond + late * (terms.after_hours_factor - 1))
    return terms.amount * (hours + after_hours * (terms.after_hours_factor - 1))
